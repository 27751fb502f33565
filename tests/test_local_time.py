from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from companion.local_time import zone_problem

NOON_IN_JULY = 1_782_907_200  # 2026-07-01 12:00 UTC
UNKNOWN = ["Nonsense/Zone", "Mars", "2", "/etc/passwd", "/nowhere", "../../etc/passwd"]
KNOWN = [
    ("", "12:00 +0000"),
    ("UTC", "12:00 +0000"),
    (":/etc/localtime", None),
    ("/etc/localtime", None),
    ("Europe/Vienna", "14:00 +0200"),
    (":Europe/Vienna", "14:00 +0200"),
    ("EST5EDT", "08:00 -0400"),
    ("CET-1CEST", "14:00 +0200"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", "14:00 +0200"),
    ("GMT+3", "09:00 -0300"),
    ("<+0330>-3:30", "15:30 +0330"),
]

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows reads TZ in its own way")


def local_noon(zone: str) -> str:
    program = (
        "from datetime import UTC, datetime;"
        f"print(f'{{datetime.fromtimestamp({NOON_IN_JULY}, UTC).astimezone():%H:%M %z}}')"
    )
    ended = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", program],
        env=os.environ | {"TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.strip()


@posix
@pytest.mark.parametrize(("zone", "shown"), KNOWN)
def test_a_known_zone_is_the_users(zone: str, shown: str | None) -> None:
    if zone.endswith("/etc/localtime") and not Path("/etc/localtime").exists():
        pytest.skip("the machine has no zone")
    assert zone_problem({"TZ": zone}) is None
    assert shown is None or local_noon(zone) == shown


@posix
@pytest.mark.parametrize("zone", UNKNOWN)
def test_an_unknown_zone_is_utc_and_told(zone: str) -> None:
    assert local_noon(zone) == "12:00 +0000"
    problem = zone_problem({"TZ": f":{zone}"})
    assert problem == f"TZ is set to {zone!r}, which is no time zone, so times are shown in UTC"


def test_no_variable_is_no_problem() -> None:
    assert zone_problem({}) is None


@posix
@pytest.mark.parametrize("zone", ["CET-1CEST", "GMT+3", ":/etc/localtime", "", "Nonsense/Zone"])
def test_the_agent_starts_whatever_the_zone_is(zone: str, tmp_path: Path) -> None:
    environ = os.environ | {"TZ": zone, "COMPANION_HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    command = [sys.executable, "-m", "companion", "run"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE) as agent:  # noqa: S603
        log = tmp_path / "home" / "state" / "companion.log"
        deadline = time.monotonic() + 60
        while not (tmp_path / "home" / "run" / "agent.sock").exists():
            assert agent.poll() is None, agent.stderr and agent.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(30) == 0
    told = log.exists() and "is no time zone" in log.read_text("utf-8")
    assert told is (zone == "Nonsense/Zone")
