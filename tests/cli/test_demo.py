from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import requests

from companion.demo.simulator import server
from companion.demo.simulator.faults import FAULTS
from tests.cli.shell import Run


@pytest.mark.slow
def test_from_a_face_to_one_queued_track(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = run("demo")
    assert ended.code == 0
    assert "Face    16 frames, " in ended.out
    queued = re.search(r"received 1 add: (spotify:track:\w{22})\n", ended.out)
    assert queued is not None
    assert re.search(r"^Queued: .+ - .+$", ended.out, re.MULTILINE)
    assert re.search(r"Done in \d+ s\. Nothing was kept\.\n$", ended.out)
    assert "28/28" in ended.err
    assert not home.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent there")
def test_the_simulator_alone_runs_until_ctrl_c(interruptible: None) -> None:
    words = ["simulator", "--port", "0", "--library", "3"]
    program = "from companion.cli.main import main; main()"
    with subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        assert running.stderr
        said = re.match(
            r"The simulator runs at (http://127\.0\.0\.1:\d+) ", running.stdout.readline()
        )
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130
        assert running.stderr.read().startswith("companion: Interrupted.\n")
    assert said is not None
    with pytest.raises(requests.ConnectionError):
        requests.get(said[1], timeout=5)


def test_its_help_names_every_fault(run: Run) -> None:
    said = set(re.findall(r"\w+", run("simulator", "--help").out))
    assert set(FAULTS) <= said
    assert {"GET", "X", "requests", "clock", "listener", "TIMES"} <= said


def test_a_fault_that_is_not_known(run: Run) -> None:
    ended = run("simulator", "--port", "0", "--fault", "bogus")
    assert ended.code == 2
    assert "bogus" in ended.err


def test_a_port_that_is_taken(run: Run) -> None:
    with server.serve(0) as url:
        ended = run("simulator", "--port", url.rpartition(":")[2])
    assert ended.code == 2
    assert "is taken" in ended.err
