"""The program in a shell whose stdin, stdout or stderr is closed, full or narrow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from companion.cli.output import NARROWEST

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a shell and /dev/full")

FULL = "companion: The output cannot be written: No space left on device."


def shell(line: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a line in which `$C` is the program."""
    sh = shutil.which("sh")
    assert sh
    return subprocess.run(  # noqa: S603 - the lines below
        [sh, "-c", line],
        env=os.environ | {"C": f"{sys.executable} -W ignore -m companion"} | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", ["status", "status --json"])
@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_no_exit_code(streams: str, words: str) -> None:
    ended = shell(f"$C {words} {streams}")
    assert ended.returncode == 3
    assert "Unexpected" not in ended.stderr
    if ">&-" not in streams.split() and words.endswith("--json"):
        assert json.loads(ended.stdout)["agent"] is None


def test_what_is_printed_to_a_closed_stream_goes_into_no_file(home: Path) -> None:
    assert shell("$C config set nosuch.key 1 >&- 2>&-").returncode == 2
    assert shell("$C config init >&- 2>&-").returncode == 0
    assert shell("$C library >&- 2>&-").returncode == 0
    for file in (home / "state" / "companion.log", home / "state" / "companion.db"):
        assert not file.exists() or b"tracks are tagged" not in file.read_bytes()


def test_a_question_with_stdin_closed_is_none() -> None:
    ended = shell("$C forget --readings <&-")
    assert ended.returncode == 2
    assert ended.stderr.startswith("companion: There is no terminal to ask in.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["--help", "status", "status --json", "library", "config show"])
def test_a_full_output_is_said_to_be_full(words: str, unbuffered: str) -> None:
    ended = shell(f"$C {words} >/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [FULL, "Send it to a place that has room."]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_where_the_error_cannot_be_said_its_code_is_kept() -> None:
    assert shell("$C status 2>/dev/full").returncode == 3


@pytest.mark.parametrize("columns", ["0", "1", "39", "x"])
def test_no_terminal_is_too_narrow_for_words(columns: str) -> None:
    printed = shell("$C library", COLUMNS=columns).stdout
    assert "0 of 0 tracks are tagged" in " ".join(printed.split())
    assert max(map(len, printed.splitlines())) <= max(NARROWEST, 80)


@pytest.mark.parametrize("words", ["--help", "status", "doctor", "status --json"])
def test_a_reader_that_leaves_is_no_fault(words: str) -> None:
    ended = shell(f"$C {words} | head -n 1")
    assert ended.stdout.count("\n") == 1
    assert "Traceback" not in ended.stderr
    assert "Unexpected" not in ended.stderr
