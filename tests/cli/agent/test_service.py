from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from tests.cli.shell import Run
from tests.desktop import managers
from tests.desktop.managers import Manager
from tests.desktop.programs import Programs

ORDERS = [
    "systemctl --user daemon-reload",
    "systemctl --user enable companion.service",
    "systemctl --user restart companion.service",
]


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "systemd" / "user" / "companion.service"


@pytest.fixture
def manager(unit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manager:
    assert not unit.exists()
    programs = Programs(tmp_path / "programs")
    monkeypatch.setenv("PATH", str(programs.folder), prepend=":")
    return managers.systemd(programs)


def test_install_status_uninstall(run: Run, unit: Path, manager: Manager, tmp_path: Path) -> None:
    ended = run("service", "install")
    assert ended.out == f"Wrote {unit}.\nThe agent has been started.\n"
    assert (ended.code, ended.err, manager.is_running) == (0, "", True)
    entry = tmp_path / "data" / "applications" / "companion.desktop"
    assert "-m companion open" in entry.read_text()
    ended = run("service", "status")
    assert (ended.code, ended.out) == (0, f"{unit} is installed and running.\n")
    ended = run("service", "uninstall")
    assert (ended.code, ended.out) == (0, f"Removed {unit}.\n")
    assert not unit.exists()
    assert not entry.exists()
    assert not manager.is_running


def test_again(run: Run, unit: Path, manager: Manager) -> None:
    run("service", "install")
    ended = run("service", "install")
    assert ended.out == f"Nothing to change in {unit}.\nThe agent has been started.\n"
    assert manager.starts == 1
    run("service", "uninstall")
    ended = run("service", "uninstall")
    assert (ended.code, ended.out) == (0, "No service is installed.\n")


def test_without_a_start(run: Run, unit: Path, manager: Manager) -> None:
    ended = run("service", "install", "--no-start")
    assert ended.out == f"Wrote {unit}.\nThe agent will start at your next login.\n"
    assert (manager.is_enabled, manager.is_running) == (True, False)
    ended = run("service", "status")
    assert (ended.code, ended.out) == (3, f"{unit} is installed but not running.\n")


def test_a_desktop_that_does_not_start_it(run: Run, manager: Manager) -> None:
    (manager.state / "no-session").touch()
    assert "systemctl --user start companion.service" in run("service", "install").out


@pytest.mark.parametrize("words", [(), ("--no-start",)])
def test_a_dry_install_only_says(
    words: tuple[str, ...], run: Run, unit: Path, manager: Manager
) -> None:
    ended = run("service", "install", "--dry-run", *words)
    assert ended.code == 0
    assert ended.out.startswith(f"Would write {unit}:\n\n    # Written by `companion service")
    assert f'    ExecStart=:"{sys.executable}" "-P" "-m" "companion" "run"\n' in ended.out
    said = [line[11:] for line in ended.out.splitlines() if line.startswith("Would run: ")]
    assert said == (ORDERS[:2] if words else ORDERS)
    assert not unit.exists()
    assert manager.commands() == []


def test_a_dry_run_of_what_is_done(run: Run, manager: Manager) -> None:
    run("service", "install")
    ended = run("service", "install", "--dry-run")
    assert "Would write" not in ended.out
    assert "Would run: systemctl --user start companion.service\n" in ended.out
    assert manager.starts == 1


def test_a_dry_uninstall_only_says(run: Run, unit: Path, manager: Manager) -> None:
    assert run("service", "uninstall", "--dry-run").out == "No service is installed.\n"
    run("service", "install")
    ended = run("service", "uninstall", "--dry-run")
    command = "systemctl --user disable --now companion.service"
    assert ended.out == f"Would run: {command}\nWould remove {unit}.\n"
    assert unit.exists()
    assert manager.is_running


def test_what_dry_install_says_is_what_install_does(run: Run, unit: Path, manager: Manager) -> None:
    said = run("service", "install", "--dry-run").out
    run("service", "install")
    assert textwrap.indent(unit.read_text(), "    ") in said
    commands = [f"systemctl {command.replace('|', ' ')}" for command in manager.commands()]
    assert [line[11:] for line in said.splitlines() if line.startswith("Would run: ")] == commands


def test_status_of_nothing(run: Run, unit: Path, manager: Manager) -> None:
    ended = run("service", "status")
    assert ended.code == 3
    assert ended.out == "No service is installed: `companion service install` makes one.\n"
    assert manager.commands() == []
    assert not unit.exists()


@pytest.mark.usefixtures("manager")
def test_status_as_data(run: Run, unit: Path) -> None:
    ended = run("service", "status", "--json")
    assert ended.code == 3
    assert ended.data == {"installed": False, "running": False, "place": str(unit)}
    run("service", "install")
    ended = run("service", "status", "--json")
    assert ended.code == 0
    assert ended.data == {"installed": True, "running": True, "place": str(unit)}


@pytest.mark.parametrize(
    "words",
    [
        ("install",),
        ("install", "--dry-run"),
        ("install", "--no-start"),
        ("uninstall",),
        ("uninstall", "--dry-run"),
        ("status",),
    ],
)
def test_what_is_not_ours_is_refused(
    words: tuple[str, ...], run: Run, unit: Path, manager: Manager
) -> None:
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]\nExecStart=/usr/bin/mine\n")
    ended = run("service", *words)
    assert ended.code == 40
    assert ended.err == (
        f"companion: {unit} was not written by companion.\n"
        "Move it away yourself, then run the command again.\n"
    )
    assert unit.read_text() == "[Service]\nExecStart=/usr/bin/mine\n"
    assert manager.commands() == []


def test_a_session_without_systemd(run: Run, unit: Path, manager: Manager) -> None:
    manager.break_down()
    ended = run("service", "install")
    assert ended.code == 40
    assert ended.err == (
        "companion: `systemctl --user daemon-reload` failed:"
        " Failed to connect to bus: No medium found.\n"
        "Add `companion run` to your desktop's startup programs.\n"
    )
    assert not unit.exists()


def test_an_unknown_platform(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    ended = run("service", "status")
    assert (ended.code, ended.err.splitlines()[0]) == (
        40,
        "companion: No service manager is known for plan9.",
    )
