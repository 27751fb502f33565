"""A desktop of our own: logind on the system bus, screen savers and idle clocks on the other."""

from __future__ import annotations

import os
from typing import Any

from tests.desktop.buses import Peer, PrivateBus

LOGIND = "org.freedesktop.login1"
USER_PATH = "/org/freedesktop/login1/user/_1000"
SESSION_PATH = "/org/freedesktop/login1/session/_32"


class Logind(Peer):
    """Knows the user of this process, with one session at a screen."""

    def __init__(self, bus: PrivateBus) -> None:
        super().__init__(bus, LOGIND)
        self.methods[f"{LOGIND}.Manager", "GetUser"] = self._find_user
        self.show("2", SESSION_PATH)
        self.tell()

    def _find_user(self, user: int) -> tuple[str, tuple[Any, ...]]:
        return ("o", (USER_PATH if user == os.getuid() else "/someone/else",))

    def show(self, name: str, path: str) -> None:
        """Which session the user has at a screen."""
        self.properties[USER_PATH, f"{LOGIND}.User"] = {"Display": ("(so)", (name, path))}

    def tell(
        self, *, locked: bool = False, active: bool = True, idle: bool = False, since: float = 0.0
    ) -> None:
        """Set the session's properties; `since` is in seconds of the monotonic clock."""
        self.properties[SESSION_PATH, f"{LOGIND}.Session"] = {
            "Active": ("b", active),
            "LockedHint": ("b", locked),
            "IdleHint": ("b", idle),
            "IdleSinceHintMonotonic": ("t", round(since * 1e6)),
        }


class Screensaver(Peer):
    """A desktop's screen saver, by its name."""

    def __init__(self, bus: PrivateBus, name: str = "org.gnome.ScreenSaver") -> None:
        super().__init__(bus, name)
        self._interface = name
        self.tell(active=False)

    def tell(self, *, active: bool) -> None:
        self.methods[self._interface, "GetActive"] = ("b", (active,))


class Mutter(Peer):
    """GNOME's idle clock."""

    def __init__(self, bus: PrivateBus, milliseconds: int) -> None:
        super().__init__(bus, "org.gnome.Mutter.IdleMonitor")
        self.methods["org.gnome.Mutter.IdleMonitor", "GetIdletime"] = ("t", (milliseconds,))


class Plasma(Peer):
    """KDE's idle clock."""

    def __init__(self, bus: PrivateBus, milliseconds: int) -> None:
        super().__init__(bus, "org.kde.screensaver")
        self.methods["org.freedesktop.ScreenSaver", "GetSessionIdleTime"] = ("u", (milliseconds,))
