"""The entry in the desktop's menu that opens the page: made and removed with the service.

A .desktop file on Linux (Desktop Entry Specification 1.5), a stub of an app on macOS, a shortcut
in the Start menu on Windows. Only what bears our mark is overwritten or removed.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from companion.desktop.programs import Command, ask_program, run_command
from companion.desktop.service.service import carried_environment
from companion.errors import ServiceError

NAME = "companion"
MARK = "local.companion.page"
COMMENT = "Your mood today, your picks, settings"
GERMAN_COMMENT = "Ihre Stimmung heute, Ihre Titel, Einstellungen"
RESERVED = "\"'\\><~|&;$*?#()` \t\n"  # of a .desktop file's Exec key
ESCAPED = '"`$\\'  # within its quotes

DESKTOP_ENTRY = """\
[Desktop Entry]
Type=Application
Version=1.5
Name={name}
Comment={comment}
Comment[de]={german}
Exec={command}
Terminal=false
Categories=AudioVideo;Audio;
StartupNotify=false
X-Companion-Mark={mark}
"""


def page_command(python: Path) -> tuple[str, ...]:
    """Return the command that opens the page, safe from modules in the current folder."""
    windowless = python.with_name("pythonw.exe")
    runner = windowless if windowless.exists() else python
    return (str(runner), "-P", "-m", "companion", "open")


def install_menu_entry() -> Path | None:
    """Put the page into the desktop's menu; returns its place, None where there is none for it.

    Raises:
        ServiceError: it cannot be written.
    """
    place = find_place()
    command = page_command(Path(sys.executable))
    if place is None or not add_menu_entry(place, command, carried_environment()):
        return None
    return place


def uninstall_menu_entry() -> bool:
    """Take the page out of the desktop's menu; False where it was not there.

    Raises:
        ServiceError: it cannot be removed.
    """
    place = find_place()
    return place is not None and remove_menu_entry(place)


def find_place(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The entry's file, or on macOS its folder; None where the platform has no menu we know."""
    if sys.platform == "linux":
        data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return Path(data) / "applications" / f"{NAME}.desktop"
    if sys.platform == "darwin":
        return Path.home() / "Applications" / f"{NAME}.app"
    if sys.platform == "win32" and (data := environ.get("APPDATA")):
        return Path(data) / "Microsoft" / "Windows" / "Start Menu" / "Programs" / f"{NAME}.lnk"
    return None


def add_menu_entry(
    place: Path, command: Sequence[str], environment: Mapping[str, str] | None = None
) -> bool:
    """Make the entry, or make it anew; False where something that is not ours has its place.

    Raises:
        ServiceError: it cannot be written.
    """
    if place.exists() and not is_ours(place):
        return False
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix == ".desktop":
            place.write_text(write_desktop_entry(command, environment or {}), "utf-8")
        elif place.suffix == ".app":
            _write_app(place, command, environment or {})
        else:
            run_command(Command(shortcut_words(place, command)))
    except OSError as error:
        raise _failed(place, "written", error) from error
    return True


def remove_menu_entry(place: Path) -> bool:
    """Remove the entry; False where there is none of ours.

    Raises:
        ServiceError: it cannot be removed.
    """
    if not place.exists() or not is_ours(place):
        return False
    try:
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()
    except OSError as error:
        raise _failed(place, "removed", error) from error
    return True


def is_ours(place: Path) -> bool:
    """Return True for an entry that bears our mark."""
    if place.suffix == ".lnk":
        script = f"{_SHELL}.CreateShortcut({_quoted(str(place))}).Description"
        answer = ask_program(("powershell", "-NoProfile", "-Command", script))
        return answer is not None and MARK.encode() in answer
    file = place / "Contents" / "Info.plist" if place.suffix == ".app" else place
    try:
        return MARK in file.read_text("utf-8", "replace")
    except OSError:
        return False


def write_desktop_entry(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """The text of the .desktop file."""
    words = [*command]
    if environment:
        words = ["env", *(f"{name}={value}" for name, value in environment.items()), *words]
    return DESKTOP_ENTRY.format(
        name=NAME,
        comment=COMMENT,
        german=GERMAN_COMMENT,
        command=" ".join(map(quote, words)),
        mark=MARK,
    )


def quote(word: str) -> str:
    """A word of the Exec key: quoted, then escaped once more as every value of the file is."""
    word = word.replace("%", "%%")
    if any(letter in RESERVED for letter in word) or not word:
        word = '"' + "".join(f"\\{one}" if one in ESCAPED else one for one in word) + '"'
    return word.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def shortcut_words(place: Path, command: Sequence[str]) -> tuple[str, ...]:
    """The program that makes a shortcut on Windows, by the Windows Script Host."""
    program, *arguments = command
    steps = (
        f"$s = {_SHELL}.CreateShortcut({_quoted(str(place))})",
        f"$s.TargetPath = {_quoted(program)}",
        f"$s.Arguments = {_quoted(' '.join(arguments))}",
        f"$s.Description = {_quoted(f'{COMMENT} ({MARK})')}",
        "$s.Save()",
    )
    return ("powershell", "-NoProfile", "-Command", "; ".join(steps))


_SHELL = "(New-Object -ComObject WScript.Shell)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_app(place: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
    contents = place / "Contents"
    (contents / "MacOS").mkdir(parents=True, exist_ok=True)
    keys = {
        "CFBundleName": NAME,
        "CFBundleIdentifier": MARK,
        "CFBundleExecutable": NAME,
        "CFBundlePackageType": "APPL",
        "LSUIElement": True,
    }
    (contents / "Info.plist").write_bytes(plistlib.dumps(keys))
    settings = [f"{name}={_shell(value)}; export {name}" for name, value in environment.items()]
    lines = ["#!/bin/sh", *settings, f"exec {' '.join(map(_shell, command))}", ""]
    program = contents / "MacOS" / NAME
    program.write_text("\n".join(lines), "utf-8")
    program.chmod(0o755)


def _shell(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def _failed(place: Path, done: str, error: OSError) -> ServiceError:
    return ServiceError(
        f"{place} cannot be {done}: {error.strerror}.",
        "Make the folder writable, then run the command again.",
    )
