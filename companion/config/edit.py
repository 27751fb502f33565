"""Changing a setting in the user's own file: one line moves, every other stays as it is.

A setting takes the place of its value, else of its commented-out default, else the line
behind its section's head. What a person wrote is never thrown away: a comment stays behind
its value, and a value of several lines stays above the new one as a comment.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from companion.config.file import example, find_problem, to_toml
from companion.errors import ConfigError

Changes = Mapping[tuple[str, str], Any]
"""Values by section and key."""


def change_settings(file: Path, changes: Changes) -> None:
    """Write the values into the settings file, which is made where it is absent.

    The file is replaced in one step, readable by this user only.

    Raises:
        ConfigError: a value may not stand, or the file cannot be read or written, is no
            TOML, or is laid out in a way that one line cannot change; nothing is changed then.
    """
    for (section, key), value in changes.items():
        if problem := find_problem(section, key, value):
            raise ConfigError(f"{section}.{key} {problem}.", "Give another value.")
    file = file.resolve()  # of a link, what it leads to is changed
    try:
        text = file.read_bytes().decode("utf-8") if file.exists() else example()
        _replace(file, edit(text, changes).encode("utf-8"))
    except ConfigError as error:
        raise ConfigError(f"{file} {error}", error.remedy) from error
    except UnicodeError as error:
        raise ConfigError(f"{file} is no UTF-8 text, or a value is none.") from error
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}.",
            "Set COMPANION_HOME to a folder that you may write to.",
        ) from error


def edit(text: str, changes: Changes) -> str:
    """The text with the values in it.

    Raises:
        ConfigError: it is no TOML, or the values cannot be put in line by line.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.removeprefix(mark).split("\n")
    for (section, key), value in changes.items():
        lines = _edit_one(lines, section, key, to_toml(value), end.removesuffix("\n"))
    edited = "\n".join(lines)
    if _parse_value(edited) != _wanted(_parse(text.removeprefix(mark)), changes):
        raise ConfigError("is laid out in a way that the program cannot edit.", _by_hand(changes))
    return mark + edited


def _edit_one(lines: list[str], section: str, key: str, value: str, tail: str) -> list[str]:
    line = f"{key} = {value}"
    begin, end = _find_section(lines, section)
    if begin is None:
        above = lines if lines[-1] else lines[:-1]
        gap = [tail] if any(above) else []
        return [*above, *gap, f"[{section}]{tail}", f"{line}{tail}", ""]
    for at in range(begin, end):
        if re.match(rf"""\s*["']?{key}["']?\s*=""", lines[at]):
            return _replace_value(lines, at, end, line)
    for at in range(begin, end):
        default = re.fullmatch(rf"\s*#\s*({key}\s*=.*?)(\r?)", lines[at])
        if default and _parse_value(default[1]) is not None:
            return [*lines[:at], f"{line}{default[2]}", *lines[at + 1 :]]
    if begin == len(lines):  # the head of the section is the text's end
        return [*lines, f"{line}{tail}"]
    return [*lines[:begin], f"{line}{tail}", *lines[begin:]]


def _find_section(lines: list[str], section: str) -> tuple[int | None, int]:
    """The lines behind the head of the section, up to the next head."""
    heads = [at for at, line in enumerate(lines) if re.match(r"\s*\[", line)]
    for number, at in enumerate(heads):
        if re.match(rf"""\s*\[\s*["']?{section}["']?\s*\]\s*(#.*)?\r?$""", lines[at]):
            following = heads[number + 1 :]
            return at + 1, following[0] if following else len(lines)
    return None, len(lines)


def _replace_value(lines: list[str], at: int, end: int, line: str) -> list[str]:
    """Put the line in place of the value that begins at `at`, of however many lines it is."""
    for behind in range(at + 1, end + 1):
        old = lines[at:behind]
        if _parse_value("\n".join(old)) is not None:
            break
    else:
        return lines  # `edit` finds out that nothing has changed
    tail = "\r" if old[-1].endswith("\r") else ""
    if len(old) > 1:
        kept = [f"# {one}" for one in old]
        return [*lines[:at], *kept, f"{line}{tail}", *lines[behind:]]
    return [*lines[:at], f"{line}{_comment(old[0])}", *lines[behind:]]


def _comment(line: str) -> str:
    """What stands behind the value of a line: its comment and the blanks before it."""
    value = _parse_value(line)
    for place in (found.start() for found in re.finditer("#", line)):
        if _parse_value(line[:place]) == value:
            return line[len(line[:place].rstrip()) :]
    return line[len(line.rstrip()) :]


def _parse_value(text: str) -> dict[str, Any] | None:
    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(f"{text}\n")  # without which a \\r at the end is an error
    return None


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"is no TOML: {error}.") from error


def _wanted(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    wanted = dict(document)
    for (section, key), value in changes.items():
        before = wanted.get(section, {})
        if not isinstance(before, dict):
            raise ConfigError(f"has a {section} that is no section.", f"Write it as [{section}].")
        now = list(value) if isinstance(value, tuple) else value
        wanted[section] = {**before, key: now}
    return wanted


def _by_hand(changes: Changes) -> str:
    lines = (f"{key} = {to_toml(value)} under [{name}]" for (name, key), value in changes.items())
    return f"Write this into it yourself: {'; '.join(lines)}."


def _replace(file: Path, content: bytes) -> None:
    """Write beside the file, then take its name: nobody ever reads a half of it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".config-")  # of mode 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
