from __future__ import annotations

import ctypes
from typing import Any

import pytest

from companion.desktop.presence.windows import LastInput, WindowsPresence


class User32:
    """Windows' library as ctypes gives it: a desktop to open, the tick of the last input."""

    def __init__(self, *, desktop: int = 7, last: int | None = 0) -> None:
        self.desktop = desktop
        self.last = last
        self.closed: list[int] = []

    def OpenInputDesktop(self, flags: int, inherit: bool, access: int) -> int | None:  # noqa: N802 - Windows'
        assert (flags, inherit, access) == (0, False, 0x0100)
        return self.desktop or None

    def CloseDesktop(self, desktop: int) -> None:  # noqa: N802
        self.closed.append(desktop)

    def GetLastInputInfo(self, reference: Any) -> bool:  # noqa: N802
        info = reference._obj
        assert info.cbSize == ctypes.sizeof(LastInput) == 8
        if self.last is None:
            return False
        info.dwTime = self.last
        return True


class Kernel32:
    def __init__(self, now: int) -> None:
        self.now = now

    def GetTickCount(self) -> int:  # noqa: N802
        return ctypes.c_int(self.now).value  # ctypes takes it for signed


def test_an_open_screen_and_its_desktop_is_closed_again() -> None:
    user32 = User32(desktop=7)
    assert WindowsPresence(user32, Kernel32(0)).is_locked() is False
    assert user32.closed == [7]


def test_a_locked_screen() -> None:
    user32 = User32(desktop=0)
    assert WindowsPresence(user32, Kernel32(0)).is_locked() is True
    assert user32.closed == []


@pytest.mark.parametrize(
    ("last", "now", "seconds"),
    [
        (1000, 1000, 0.0),
        (1000, 3500, 2.5),
        (2**31 - 1, 2**31 + 999, 1.0),  # where a signed number would turn negative
        (2**32 - 500, 500, 1.0),  # after 49.7 days the ticks begin anew
        (None, 500, None),
    ],
)
def test_the_idle_time(last: int | None, now: int, seconds: float | None) -> None:
    assert WindowsPresence(User32(last=last), Kernel32(now)).idle_seconds() == seconds
