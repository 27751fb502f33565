"""The contract that the service keeps with every platform's manager."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from companion.desktop import programs as programs_module
from companion.desktop.service.definition import MARK
from companion.desktop.service.launchd import Launchd
from companion.desktop.service.scheduled_task import ScheduledTask
from companion.desktop.service.service import (
    Service,
    agent_command,
    find_service,
    install,
    read_own,
    uninstall,
)
from companion.desktop.service.systemd import Systemd
from companion.errors import ServiceError
from tests.desktop import managers
from tests.desktop.managers import Manager
from tests.desktop.programs import Programs

COMMAND = ("/opt/py thon/Zoë's 100%/$HOME/python", "-P", "-m", "companion", "run")
OTHER = ("/somewhere/else/python", *COMMAND[1:])
HOME = {"COMPANION_HOME": "/home/Zoë/a b"}

Make = Callable[..., Service]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, with a blank and a letter beyond ASCII in its name."""
    home = tmp_path / "Zoë's home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "conf ig"))
    monkeypatch.setattr(programs_module, "RETRY_PAUSE_SECONDS", 0)
    return home


@pytest.fixture(params=["systemd", "launchd", "task"])
def platform(request: pytest.FixtureRequest, programs: Programs) -> tuple[Manager, Make]:
    """A platform's manager, and what makes its service of a command."""
    if request.param == "systemd":
        return managers.systemd(programs), lambda command=COMMAND: Systemd(command, HOME)
    if request.param == "launchd":
        return managers.launchd(programs), lambda command=COMMAND: Launchd(command, HOME)
    return managers.task_scheduler(programs), lambda command=COMMAND: ScheduledTask(command, {})


@pytest.fixture
def manager(platform: tuple[Manager, Make]) -> Manager:
    return platform[0]


@pytest.fixture
def make(platform: tuple[Manager, Make]) -> Make:
    return platform[1]


def test_before_anything(make: Make) -> None:
    service = make()
    assert read_own(service) is None
    assert not service.is_running()


def test_install_starts_it(manager: Manager, make: Make) -> None:
    service = make()
    assert install(service, start=True) is True
    assert manager.is_running
    assert service.is_running()
    assert read_own(service) == service.definition


def test_a_second_install_changes_nothing(manager: Manager, make: Make) -> None:
    install(make(), start=True)
    loaded = manager.loaded
    assert install(make(), start=True) is False
    assert (manager.loaded, manager.starts) == (loaded, 1)


def test_install_starts_again_what_has_ended(manager: Manager, make: Make) -> None:
    install(make(), start=True)
    manager.end_service()
    assert install(make(), start=True) is False
    assert manager.is_running


def test_another_command_is_taken_up_and_started_anew(manager: Manager, make: Make) -> None:
    install(make(), start=True)
    service = make(OTHER)
    assert install(service, start=True) is True
    assert read_own(service) == service.definition
    assert OTHER[0] in (manager.loaded or b"").replace(b"\0", b"").decode("utf-8", "replace")
    assert manager.starts == 2


def test_install_without_a_start(manager: Manager, make: Make) -> None:
    service = make()
    assert install(service, start=False) is True
    assert (manager.is_running, manager.starts) == (False, 0)
    assert read_own(service) == service.definition
    assert install(make(), start=True) is False
    assert manager.is_running


def test_uninstall_leaves_nothing(manager: Manager, make: Make) -> None:
    install(make(), start=True)
    assert uninstall(make()) is True
    assert make().read() is None
    assert manager.loaded is None
    assert not manager.is_running
    assert not manager.is_enabled


def test_uninstall_of_what_does_not_run(manager: Manager, make: Make) -> None:
    install(make(), start=False)
    assert uninstall(make()) is True
    assert make().read() is None


def test_a_second_uninstall_does_nothing(manager: Manager, make: Make) -> None:
    install(make(), start=True)
    uninstall(make())
    before = manager.commands()
    assert uninstall(make()) is False
    assert manager.commands() == before


def test_install_after_uninstall(manager: Manager, make: Make) -> None:
    install(make(), start=True)
    uninstall(make())
    assert install(make(), start=True) is True
    assert manager.is_running


def test_what_is_not_ours_is_left_alone(manager: Manager, make: Make) -> None:
    service = make()
    install(service, start=True)
    foreign = "<Task>written by hand</Task>"
    _put(manager, service, foreign)
    commands, loaded = manager.commands(), manager.loaded
    with pytest.raises(ServiceError, match="was not written by companion") as refused:
        install(make(), start=True)
    assert refused.value.remedy.startswith("Move it away yourself")
    with pytest.raises(ServiceError, match="was not written by companion"):
        uninstall(make())
    assert (manager.commands(), manager.loaded) == (commands, loaded)
    assert manager.is_running
    assert service.read() == foreign


def _put(manager: Manager, service: Service, text: str) -> None:
    """Somebody else's definition under our name."""
    if isinstance(service, ScheduledTask):
        (manager.state / "loaded").write_text(text)
    else:
        Path(service.place).write_text(text)


def test_ours_with_changes_is_written_anew(manager: Manager, make: Make) -> None:
    service = make()
    install(service, start=True)
    _put(manager, service, f"<!-- {MARK} -->")
    assert install(make(), start=True) is True
    assert read_own(service) == service.definition


def test_a_manager_that_refuses(manager: Manager, make: Make) -> None:
    manager.break_down()
    with pytest.raises(ServiceError, match="failed: ") as refused:
        install(make(), start=True)
    assert "`" in str(refused.value)
    assert make().read() is None  # and so it can be tried again, or not


def test_without_the_managers_program(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceError, match="there is no such program"):
        install(make(), start=True)
    assert not make().is_running()


def test_orders_can_be_told_without_being_given(manager: Manager, make: Make) -> None:
    service = make()
    for start in (False, True):
        assert all(command.words for command in service.start_commands(start=start, changed=True))
    assert service.stop_commands()
    assert manager.commands() == []


@pytest.mark.parametrize(
    ("name", "kind"), [("linux", Systemd), ("darwin", Launchd), ("win32", ScheduledTask)]
)
def test_the_platforms_manager(
    name: str, kind: type[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", name)
    service = find_service({})
    assert isinstance(service, kind)
    assert sys.executable in service.definition


def test_a_platform_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    with pytest.raises(ServiceError, match="plan9"):
        find_service({})


@pytest.mark.parametrize("name", ["linux", "darwin"])
def test_only_where_things_lie_is_carried_over(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", name)
    service = find_service(
        {
            "COMPANION_HOME": "/here",
            "XDG_STATE_HOME": "/there",
            "XDG_CACHE_HOME": "",
            "COMPANION_SPOTIFY_CLIENT_ID": "secret",
            "PATH": "/evil",
        }
    )
    assert "/here" in service.definition
    assert "/there" in service.definition
    for word in ("XDG_CACHE_HOME", "secret", "/evil", "PATH="):
        assert word not in service.definition


def test_a_place_in_this_folder_is_carried_over_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.chdir(tmp_path)
    assert (
        f'"COMPANION_HOME={tmp_path}/mine"' in find_service({"COMPANION_HOME": "mine"}).definition
    )


def test_the_command_is_this_python_without_its_folder(tmp_path: Path) -> None:
    python = tmp_path / "python"
    assert agent_command(python) == (str(python), "-P", "-m", "companion", "run")


def test_windows_has_a_python_without_a_window(tmp_path: Path) -> None:
    (tmp_path / "pythonw.exe").touch()
    assert agent_command(tmp_path / "python.exe")[0] == str(tmp_path / "pythonw.exe")


@pytest.mark.parametrize(
    "variable", ["COMPANION_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"]
)
def test_a_folder_whose_name_is_no_utf8_is_named(variable: str) -> None:
    with pytest.raises(ServiceError, match=r"/home/\\xff/mine is not named in UTF-8"):
        find_service({variable: "/home/\udcff/mine"})


def test_a_python_whose_name_is_no_utf8_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/\udce9/python")
    with pytest.raises(ServiceError, match="UTF-8"):
        find_service({})
