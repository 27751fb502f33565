"""The user's presence on macOS, from the kernel's registry as `ioreg` prints it."""

import os
import plistlib
from typing import Any
from xml.parsers.expat import ExpatError

from companion.desktop.programs import ask_program


class MacPresence:
    """Asks `ioreg`: the root entry tells of the sessions, the HID system of the last input."""

    def is_locked(self) -> bool | None:
        answer = ask_program(["ioreg", "-a", "-n", "Root", "-d", "1"])
        return None if answer is None else read_locked(answer, os.getuid())

    def idle_seconds(self) -> float | None:
        answer = ask_program(["ioreg", "-a", "-r", "-c", "IOHIDSystem", "-d", "1"])
        return None if answer is None else read_idle(answer)


def read_locked(answer: bytes, user: int) -> bool | None:
    """Return True if the user's session is locked or behind another's, from the registry's root."""
    root = _entries(answer)
    sessions = root[0].get("IOConsoleUsers", []) if root else []
    for session in sessions:
        if session.get("kCGSSessionUserIDKey") == user:
            in_front = session.get("kCGSSessionOnConsoleKey") is True
            return bool(session.get("CGSSessionScreenIsLocked")) or not in_front
    return None


def read_idle(answer: bytes) -> float | None:
    """Return the seconds since the last input, from the HID system's nanoseconds."""
    for entry in _entries(answer):
        idle = entry.get("HIDIdleTime")
        if isinstance(idle, int):
            return idle / 1e9
    return None


def _entries(answer: bytes) -> list[dict[str, Any]]:
    """Return the registry's entries in a property list; none if it cannot be read."""
    try:
        found = plistlib.loads(answer)
    except (ExpatError, ValueError, plistlib.InvalidFileException):
        return []
    entries = found if isinstance(found, list) else [found]
    return [entry for entry in entries if isinstance(entry, dict)]
