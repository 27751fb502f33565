from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.buses import PrivateBus
from tests.desktop.programs import Programs


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
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Fakes of the platform's programs."""
    programs = Programs(tmp_path / "programs")
    monkeypatch.setenv("PATH", str(programs.folder), prepend=":")
    return programs
