from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest

from companion.desktop.presence import presence
from companion.desktop.presence.linux import LinuxPresence
from companion.desktop.presence.macos import MacPresence
from companion.desktop.presence.windows import WindowsPresence
from tests.desktop.buses import PrivateBus
from tests.desktop.programs import Programs
from tests.desktop.sessions import Logind, Mutter


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    presence._find_presence.cache_clear()
    yield
    presence._find_presence.cache_clear()


@pytest.mark.skipif(sys.platform != "linux", reason="the buses are Linux's")
def test_linux_asks_its_buses(session_bus: PrivateBus, system_bus: PrivateBus) -> None:
    with Logind(system_bus) as logind, Mutter(session_bus, 2000):
        assert presence.is_locked() is False
        logind.tell(locked=True)
        assert presence.is_locked() is True
        assert presence.idle_seconds() == 2.0
    assert presence.is_locked() is None
    made = presence._find_presence()
    assert isinstance(made, LinuxPresence)
    made.close()


def test_macos_asks_ioreg(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    programs.put("ioreg", "echo")
    assert presence.is_locked() is None
    assert len(programs.calls("ioreg")) == 1
    assert isinstance(presence._find_presence(), MacPresence)


def test_windows_asks_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    library = SimpleNamespace(OpenInputDesktop=SimpleNamespace(), CloseDesktop=SimpleNamespace())
    monkeypatch.setattr("ctypes.WinDLL", lambda _name: library, raising=False)
    assert isinstance(presence._find_presence(), WindowsPresence)


def test_elsewhere_all_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    assert presence.is_locked() is None
    assert presence.idle_seconds() is None


@pytest.mark.parametrize(
    ("battery", "answer"),
    [
        (None, False),  # a machine without one
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=False), True),
        (SimpleNamespace(power_plugged=None), None),
    ],
)
def test_the_battery(battery: object, answer: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery)
    assert presence.on_battery() is answer


@pytest.mark.parametrize("error", [OSError, RuntimeError, NotImplementedError])
def test_a_battery_that_cannot_be_read(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(psutil, "sensors_battery", fail)
    assert presence.on_battery() is None


def test_where_batteries_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil, "sensors_battery")
    assert presence.on_battery() is None
