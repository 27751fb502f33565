"""Whether somebody is at the screen, and on what power the machine runs.

None is "unknown": the desktop does not say. Who asks decides what that means.
"""

from __future__ import annotations

import functools
import sys
from typing import Protocol


class Presence(Protocol):
    """A platform's way to ask."""

    def is_locked(self) -> bool | None:
        """Whether the screen is locked, or shows another user's session."""

    def idle_seconds(self) -> float | None:
        """For how long neither keyboard nor pointer was used."""


def is_locked() -> bool | None:
    """Whether the screen is locked, or shows another user's session; None where unknown."""
    presence = _find_presence()
    return presence.is_locked() if presence else None


def idle_seconds() -> float | None:
    """For how long neither keyboard nor pointer was used; None where unknown."""
    presence = _find_presence()
    return presence.idle_seconds() if presence else None


def on_battery() -> bool | None:
    """Whether the battery feeds the machine; False for one without, None where unknown."""
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
    """This platform's way, made once: it keeps its connections."""
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
