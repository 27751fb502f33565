from __future__ import annotations

import os
import plistlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.desktop import programs as programs_module
from companion.desktop.service.definition import is_ours
from companion.desktop.service.launchd import Launchd, write_plist
from companion.desktop.service.service import install, uninstall
from tests.desktop import managers
from tests.desktop.programs import Programs

COMMAND = ("/opt/Zoë & <co>/python", "-P", "-m", "companion", "run")
DOMAIN = f"gui/{os.getuid()}"
TARGET = f"{DOMAIN}/local.companion"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "a home"))
    monkeypatch.setattr(programs_module, "RETRY_PAUSE_SECONDS", 0)
    return tmp_path / "a home"


def test_the_property_list_is_read_back() -> None:
    text = write_plist(COMMAND, {"COMPANION_HOME": "/a & b"})
    assert is_ours(text)
    assert plistlib.loads(text.encode()) == {
        "Label": "local.companion",
        "ProgramArguments": list(COMMAND),
        "EnvironmentVariables": {"COMPANION_HOME": "/a & b"},
        "LimitLoadToSessionType": "Aqua",
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "Umask": 0o077,
    }


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_path_is_read_back(path: str) -> None:
    text = write_plist((path,), {"COMPANION_HOME": path})
    keys = plistlib.loads(text.encode())
    assert keys["ProgramArguments"] == [path]
    assert keys["EnvironmentVariables"] == {"COMPANION_HOME": path}


def test_where_it_lies_and_what_is_ordered(home: Path, programs: Programs) -> None:
    manager = managers.launchd(programs)
    service = Launchd(COMMAND, {})
    install(service, start=True)
    assert service.file == home / "Library/LaunchAgents/local.companion.plist"
    assert manager.commands() == [f"bootout|{TARGET}", f"bootstrap|{DOMAIN}|{service.file}"]
    uninstall(service)
    assert manager.commands()[2:] == [f"bootout|{TARGET}"]


def test_without_a_start_launchd_is_not_asked(programs: Programs) -> None:
    """It reads the folder by itself at the next log-in."""
    manager = managers.launchd(programs)
    install(Launchd(COMMAND, {}), start=False)
    assert manager.commands() == []


def test_an_agent_that_takes_its_time_to_end(programs: Programs) -> None:
    """`bootout` returns before the end; until then, `bootstrap` fails."""
    manager = managers.launchd(programs)
    (manager.state / "slow").write_text("once\ntwice\n")
    service = Launchd(COMMAND, {})
    install(service, start=True)
    assert service.is_running()
    assert [command.split("|")[0] for command in manager.commands()] == [
        "bootout",
        *["bootstrap"] * 3,
    ]


def test_a_loaded_agent_that_does_not_run(programs: Programs) -> None:
    manager = managers.launchd(programs)
    service = Launchd(COMMAND, {})
    install(service, start=True)
    manager.end_service()
    assert not service.is_running()


def test_the_camera_needs_the_users_leave() -> None:
    assert "camera" in (Launchd(COMMAND, {}).advice() or "")
