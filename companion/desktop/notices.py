"""A notice on the user's desktop."""

from __future__ import annotations

import html
import sys

from companion.paths import APP

SIGNATURE = "susssasa{sv}i"  # program, notice to replace, icon, title, text, buttons, hints, time


def notify(title: str, text: str) -> bool:
    """Show a notice; False when the desktop did not take it."""
    if sys.platform == "linux":
        return _notify_linux(title, text)
    return False


def _notify_linux(title: str, text: str) -> bool:
    """See https://specifications.freedesktop.org/notification-spec/latest/."""
    from companion.desktop.bus import Bus, Place

    name = "org.freedesktop.Notifications"
    place = Place(name, "/org/freedesktop/Notifications", name)
    bus = Bus("session")
    try:
        abilities = bus.call(place, "GetCapabilities", start=True)
        if abilities and "body-markup" in abilities[0]:
            text = html.escape(text, quote=False)
        return bus.call(place, "Notify", SIGNATURE, APP, 0, "", title, text, [], {}, -1) is not None
    finally:
        bus.close()
