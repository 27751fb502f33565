"""A notice on the user's desktop: D-Bus on Linux, AppleScript on macOS, a toast on Windows."""

import base64
import html
import sys

from companion.desktop.programs import ask_program
from companion.paths import APP

SIGNATURE = "susssasa{sv}i"  # program, notice to replace, icon, title, text, buttons, hints, time
APPLESCRIPT = """
on run {head, body}
    display notification body with title head
end run
"""
# Windows shows toasts only of programs that it knows: PowerShell is one. A type must be named
# with its file once, before it can be used.
POWERSHELL = """
$ErrorActionPreference = 'Stop'
$null = [{toasts}.ToastNotificationManager, {toasts}, ContentType = WindowsRuntime]
$null = [{xml}.XmlDocument, {xml}.XmlDocument, ContentType = WindowsRuntime]
$toast = New-Object {xml}.XmlDocument
$toast.LoadXml('{toast}')
$program = '{{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}}\\WindowsPowerShell\\v1.0\\powershell.exe'
$notifier = [{toasts}.ToastNotificationManager]::CreateToastNotifier($program)
$notifier.Show([{toasts}.ToastNotification]::new($toast))
"""


def notify(title: str, text: str) -> bool:
    """Show a notice; False when the desktop did not take it."""
    if sys.platform == "linux":
        return notify_linux(title, text)
    if sys.platform == "darwin":
        return notify_macos(title, text)
    return sys.platform == "win32" and notify_windows(title, text)


def notify_linux(title: str, text: str) -> bool:
    """See https://specifications.freedesktop.org/notification-spec/latest/."""
    from companion.desktop.bus import Bus, BusObject

    name = "org.freedesktop.Notifications"
    target = BusObject(name, "/org/freedesktop/Notifications", name)
    bus = Bus("session")
    try:
        abilities = bus.call(target, "GetCapabilities", start=True)
        if abilities and "body-markup" in abilities[0]:
            text = html.escape(text, quote=False)
        return (
            bus.call(target, "Notify", SIGNATURE, APP, 0, "", title, text, [], {}, -1) is not None
        )
    finally:
        bus.close()


def notify_macos(title: str, text: str) -> bool:
    """The words are arguments of the script, so that nothing in them is run."""
    return ask_program(["osascript", "-e", APPLESCRIPT, title, text]) is not None


def notify_windows(title: str, text: str) -> bool:
    """PowerShell shows it, from a script that holds the words as XML."""
    script = POWERSHELL.format(
        toasts="Windows.UI.Notifications", xml="Windows.Data.Xml.Dom", toast=toast_xml(title, text)
    )
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    return ask_program(["powershell", "-NoProfile", "-EncodedCommand", encoded]) is not None


def toast_xml(title: str, text: str) -> str:
    """A toast in plain ASCII without single quotes: all kinds of them end a PowerShell string."""
    words = "".join(f"<text>{html.escape(word)}</text>" for word in (title, text))
    toast = f'<toast><visual><binding template="ToastGeneric">{words}</binding></visual></toast>'
    return toast.encode("ascii", "xmlcharrefreplace").decode("ascii")
