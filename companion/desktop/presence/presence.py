"""The user's presence at the screen, and the machine's power.

None means unknown: the desktop does not say. The caller decides what follows from that.
"""

import functools
import sys
from typing import Protocol


class Presence(Protocol):
    """A platform's way to ask; the methods are those of this module."""

    def is_locked(self) -> bool | None: ...

    def idle_seconds(self) -> float | None: ...


def is_locked() -> bool | None:
    """Return True if the screen is locked or shows another user's session; None where unknown."""
    presence = _find_presence()
    return presence.is_locked() if presence else None


def idle_seconds() -> float | None:
    """Return how long neither keyboard nor pointer was used; None where unknown."""
    presence = _find_presence()
    return presence.idle_seconds() if presence else None


def on_battery() -> bool | None:
    """Return True on battery power, False on mains or without a battery, None where unknown."""
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, RuntimeError):  # psutil has it on some platforms only
        return None
    if battery is None:
        return False
    return None if battery.power_plugged is None else not battery.power_plugged


@functools.cache
def _find_presence() -> Presence | None:
    """Make this platform's, once: it keeps its connections."""
    if sys.platform == "linux":
        from companion.desktop.presence.linux import LinuxPresence

        return LinuxPresence()
    if sys.platform == "darwin":
        from companion.desktop.presence.macos import MacPresence

        return MacPresence()
    if sys.platform == "win32":
        from companion.desktop.presence.windows import WindowsPresence

        return WindowsPresence()
    return None
