from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.buses import PrivateBus


@pytest.fixture
def session_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A bus that stands for the user's session's."""
    yield from _bus(tmp_path / "session", "DBUS_SESSION_BUS_ADDRESS", monkeypatch)


@pytest.fixture
def system_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A bus that stands for the machine's."""
    yield from _bus(tmp_path / "system", "DBUS_SYSTEM_BUS_ADDRESS", monkeypatch)


@pytest.fixture
def no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither bus is there."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")


def _bus(folder: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    if not shutil.which("dbus-daemon"):
        pytest.skip("needs the Debian package dbus")
    bus = PrivateBus(folder)
    bus.start()
    monkeypatch.setenv(variable, bus.address)
    yield bus
    bus.stop()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a shell script of this name first on the path; it notes its calls in the file given."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")

    def make(name: str, script: str) -> Path:
        calls = tmp_path / f"{name}.calls"
        file = folder / name
        file.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\n{script}\n')
        file.chmod(0o755)
        return calls

    return make
