"""The user's presence on Linux, from logind and the desktop over D-Bus.

See org.freedesktop.login1(5). Not every desktop tells logind of its lock: each source is asked, and
one that says "locked" is believed.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from companion.desktop.bus import Bus, BusObject

LOGIND = "org.freedesktop.login1"
MANAGER = BusObject(LOGIND, "/org/freedesktop/login1", f"{LOGIND}.Manager")
SCREENSAVERS = tuple(
    BusObject(
        f"org.{desktop}.ScreenSaver", f"/org/{desktop}/ScreenSaver", f"org.{desktop}.ScreenSaver"
    )
    for desktop in ("freedesktop", "gnome", "cinnamon", "mate", "xfce")
)
MUTTER = "org.gnome.Mutter.IdleMonitor"
# Both answer in milliseconds; KDE's does, against the draft of its specification.
IDLE_CLOCKS = (
    (BusObject(MUTTER, "/org/gnome/Mutter/IdleMonitor/Core", MUTTER), "GetIdletime"),
    (BusObject("org.kde.screensaver", "/ScreenSaver", SCREENSAVERS[0].name), "GetSessionIdleTime"),
)


class LinuxPresence:
    """Asks the system bus (logind) and the session bus (screen savers, idle clocks).

    The clock is the monotonic one, in seconds, which logind's times are of too.
    """

    def __init__(
        self,
        system: Bus | None = None,
        session: Bus | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._system = system or Bus("system")
        self._session = session or Bus("session")
        self._clock = clock

    def close(self) -> None:
        """Close the connections."""
        self._system.close()
        self._session.close()

    def is_locked(self) -> bool | None:
        known = False
        for answer in self._lock_answers():
            if answer:
                return True
            known = known or answer is False
        return False if known else None

    def idle_seconds(self) -> float | None:
        for target, method in IDLE_CLOCKS:
            if answer := self._session.call(target, method):
                return float(answer[0]) / 1000
        return read_idle_hint(self._login_session(), self._clock())

    def _lock_answers(self) -> Iterator[bool | None]:
        yield read_lock_hint(self._login_session())
        for target in SCREENSAVERS:
            answer = self._session.call(target, "GetActive")
            yield bool(answer[0]) if answer else None

    def _login_session(self) -> dict[str, Any]:
        """Return the properties of the user's session at a screen; empty where there is none."""
        user = self._system.call(MANAGER, "GetUser", "u", os.getuid())
        if not user:
            return {}
        of_user = self._system.properties(BusObject(LOGIND, user[0], f"{LOGIND}.User")) or {}
        _, path = of_user.get("Display", ("", "/"))  # "/" where there is none, which has nothing
        return self._system.properties(BusObject(LOGIND, path, f"{LOGIND}.Session")) or {}


def read_lock_hint(session: dict[str, Any]) -> bool | None:
    """Read logind's lock; a session in the background counts as locked."""
    if session.get("Active") is False:
        return True
    locked = session.get("LockedHint")
    return locked if isinstance(locked, bool) else None


def read_idle_hint(session: dict[str, Any], now: float) -> float | None:
    """Return the seconds since the session became idle; None while it is not: few desktops say so.

    `now` is in seconds of the monotonic clock.
    """
    since = session.get("IdleSinceHintMonotonic")
    if session.get("IdleHint") is not True or not isinstance(since, int):
        return None
    return max(0.0, now - since / 1e6)
