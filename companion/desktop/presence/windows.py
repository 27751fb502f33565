"""The user's presence on Windows, from user32 and kernel32."""

import ctypes
import sys
from typing import Any

DESKTOP_SWITCHDESKTOP = 0x0100
TICKS = 1 << 32  # GetTickCount counts milliseconds and begins anew after 49.7 days


class LastInput(ctypes.Structure):
    """LASTINPUTINFO of winuser.h."""

    _fields_ = (("cbSize", ctypes.c_uint), ("dwTime", ctypes.c_uint))


class WindowsPresence:
    """Asks the system's libraries; a locked screen's desktop may not be opened by a user."""

    def __init__(self, user32: Any = None, kernel32: Any = None) -> None:
        if sys.platform == "win32":
            user32 = user32 or ctypes.WinDLL("user32")
            kernel32 = kernel32 or ctypes.WinDLL("kernel32")
            user32.OpenInputDesktop.restype = ctypes.c_void_p
            user32.CloseDesktop.argtypes = [ctypes.c_void_p]
        self._user32, self._kernel32 = user32, kernel32

    def is_locked(self) -> bool:
        desktop = self._user32.OpenInputDesktop(0, False, DESKTOP_SWITCHDESKTOP)  # noqa: FBT003 - C's own
        if not desktop:
            return True
        self._user32.CloseDesktop(desktop)
        return False

    def idle_seconds(self) -> float | None:
        last = LastInput(cbSize=ctypes.sizeof(LastInput))
        if not self._user32.GetLastInputInfo(ctypes.byref(last)):
            return None
        now = self._kernel32.GetTickCount() % TICKS  # ctypes reads it as signed
        return float((now - last.dwTime) % TICKS) / 1000
