"""Change a setting in the user's own file; comments, order and layout stay as they are.

A setting replaces its value, else its commented-out default, else it becomes the first line of its
section. Nothing a person wrote is thrown away: a comment stays behind its value, and a value of
several lines stays above the new one as a comment.
"""

import contextlib
import dataclasses
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, InlineTable, Item, Key, Table

from companion.config.file import (
    example,
    find_problem,
    find_rule_problem,
    parse,
    read_text,
    to_toml,
)
from companion.config.schema import Rule
from companion.errors import ConfigError, UsageError
from companion.text import sentence

Changes = Mapping[tuple[str, str], Any]
"""Values by section and key."""

Entry = tuple[Key | None, Item]
"""A line of a TOML document, or a value of several; a comment or a blank line has no key."""

MOVE_HOME = "Set COMPANION_HOME to a folder that you may write to."


def write_example(file: Path) -> None:
    """Make a settings file with every setting commented out, readable by this user only.

    Raises:
        UsageError: it exists.
        ConfigError: it cannot be written.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = partial(os.open, mode=0o600)
        with open(file, "x", encoding="utf-8", opener=private) as stream:
            stream.write(example())
    except OSError as error:
        if file.exists():
            raise UsageError(f"{file} exists already.", "Edit it, or move it away first.") from None
        raise ConfigError(f"{file} cannot be written: {error.strerror}.", MOVE_HOME) from error


def change_settings(file: Path, changes: Changes) -> None:
    """Write the values into the settings file; an absent one begins as the example.

    The file is replaced in one step, readable by this user only.

    Raises:
        ConfigError: a value is not allowed, or the file cannot be read or written, is not
            TOML, or is laid out in a way that cannot be edited; nothing is changed then.
    """
    for (section, key), value in changes.items():
        if problem := find_problem(section, key, value):
            raise ConfigError(sentence(f"{section}.{key} {problem}"), "Give another value.")
    _rewrite(file, lambda text: edit(text, changes))


def change_rules(file: Path, rules: Sequence[Rule]) -> None:
    """Write the strategies by mood and hour into the settings file, in this order.

    The tables of rules that stay keep their comments and their layout.

    Raises:
        ConfigError: a rule is not allowed, or the file cannot be edited; nothing is changed then.
    """
    for number, rule in enumerate(rules, 1):
        if problem := find_rule_problem(rule_values(rule)):
            raise ConfigError(sentence(f"Rule {number} {problem}"), "Give another value.")
    _rewrite(file, lambda text: edit_rules(text, rules))


def rule_values(rule: Rule) -> dict[str, str]:
    """The parts of a rule that say something, as they stand in the file."""
    return {key: value for key, value in dataclasses.asdict(rule).items() if value}


def edit_rules(text: str, rules: Sequence[Rule]) -> str:
    """Return the text with the rules in it.

    Raises:
        ConfigError: it is not TOML, or is laid out in a way that cannot be edited.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    wanted = parse(text.removeprefix(mark))
    tables = [rule_values(rule) for rule in rules]
    choose = wanted.setdefault("choose", {})
    if choose.get("rules", []) == tables:
        return text
    choose["rules"] = tables
    document = tomlkit.parse(text.removeprefix(mark))
    if "choose" not in document:
        document["choose"] = tomlkit.table()
    section: Any = document["choose"]
    before = list(section.get("rules", []))
    section.pop("rules", None)
    if tables:
        section["rules"] = _as_tables(tables, before)
    edited = document.as_string().rstrip("\n") + "\n"
    if not _is_same(_without_rules(_parse_or_none(edited)), _without_rules(wanted)):
        raise ConfigError("is laid out in a way that cannot be edited.", RULES_BY_HAND)
    return mark + edited


RULES_BY_HAND = "Write each rule into it yourself, as a table [[choose.rules]]."


def _as_tables(tables: Sequence[dict[str, str]], before: list[Any]) -> AoT:
    found = tomlkit.aot()
    for values in tables:
        kept = next((one for one in before if isinstance(one, Table) and one == values), None)
        if kept is not None:
            before.remove(kept)
        table = tomlkit.table()
        table.update(values)
        if values is tables[-1]:
            table.add(tomlkit.nl())
        found.append(table if kept is None else kept)
    return found


def _without_rules(document: dict[str, Any] | None) -> dict[str, Any] | None:
    """The same, with no word of rules or of their section where there is none."""
    if document is None:
        return None
    choose = {key: value for key, value in document.get("choose", {}).items() if value != []}
    others = {key: value for key, value in document.items() if key != "choose"}
    return {**others, "choose": choose} if choose else others


def _rewrite(file: Path, change: Callable[[str], str]) -> None:
    file = Path(os.path.realpath(file))  # of a link, the target is changed
    try:
        text = read_text(file) if os.path.lexists(file) else example()
        _replace(file, change(text).encode("utf-8"))
    except ConfigError as error:
        raise ConfigError(f"{file} {error}", error.remedy) from error
    except UnicodeError as error:
        raise ConfigError(
            f"{file} would no longer be UTF-8 text.", "Give another value."
        ) from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.", MOVE_HOME) from error


def edit(text: str, changes: Changes) -> str:
    """Return the text with the values in it.

    Raises:
        ConfigError: it is not TOML, or the values cannot be put in place.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    edited = text.removeprefix(mark)
    wanted = _wanted(parse(edited), changes)
    newline = "\r\n" if "\r\n" in edited else "\n"
    if edited and not edited.endswith("\n"):
        edited += newline
    with contextlib.suppress(TOMLKitError):
        for (section, key), value in changes.items():
            edited = _set(edited, section, key, to_toml(value), newline)
    if edited != text and not _is_same(_parse_or_none(edited), wanted):
        raise ConfigError("is laid out in a way that cannot be edited.", _by_hand(changes))
    return mark + edited


def _set(text: str, section: str, key: str, value: str, newline: str) -> str:
    document = tomlkit.parse(text)
    line = f"{key} = {value}{newline}"
    table = document.get(section)
    if table is None:
        gap = newline if text.strip() else ""
        return f"{text}{gap}[{section}]{newline}{line}"
    for name, item in document.body:
        headed = isinstance(item, Table) and not item.is_super_table()
        if headed and name is not None and name.key == section:
            _set_in_body(item.value.body, key, tomlkit.parse(line).body[0])
            return document.as_string()
    if isinstance(table, Table | InlineTable):  # dotted keys or braces
        table[key] = tomlkit.value(value)
    return document.as_string()


def _set_in_body(body: list[Entry], key: str, new: Entry) -> None:
    """Put a key with its value among the entries of a section."""
    for at, (name, old) in enumerate(body):
        if name is not None and name.key == key:
            body[at : at + 1] = [*_as_comments(name, old), (name, _in_place_of(old, new[1]))]
            return
    for at, (_, old) in enumerate(body):
        if isinstance(old, Comment) and _is_default(old.as_string(), key):
            body[at] = new
            return
    body.insert(0, new)


def _in_place_of(old: Item, new: Item) -> Item:
    """Give the new value the old one's indentation and comment."""
    for part in ("indent", "comment_ws", "comment", "trail"):
        setattr(new.trivia, part, getattr(old.trivia, part))
    return new


def _as_comments(name: Key, old: Item) -> list[Entry]:
    """Return a value of several lines as comments; nothing for one of a single line."""
    lines = f"{name.as_string()}{name.sep}{old.as_string()}".split("\n")
    if len(lines) == 1:
        return []
    return tomlkit.parse("\n".join(f"# {line}" for line in lines) + old.trivia.trail).body


def _is_default(comment: str, key: str) -> bool:
    """Return True if a comment holds the key with a value, such as `# index = 0`."""
    found = re.fullmatch(rf"\s*#\s*({key}\s*=.*?)\s*", comment)
    return found is not None and _parse_or_none(found[1]) is not None


def _parse_or_none(text: str) -> dict[str, Any] | None:
    with contextlib.suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(text)
    return None


def _is_same(document: dict[str, Any] | None, wanted: dict[str, Any] | None) -> bool:
    """Compare two documents; of nan, which the file may hold where it is no good, each is alike."""
    one, other = (json.dumps(some, sort_keys=True, default=str) for some in (document, wanted))
    return one == other


def _wanted(document: dict[str, Any], changes: Changes) -> dict[str, Any]:
    wanted = dict(document)
    for (section, key), value in changes.items():
        before = wanted.get(section, {})
        if not isinstance(before, dict):
            raise ConfigError(
                f"has a {section} that is not a section.", f"Write it as [{section}]."
            )
        now = list(value) if isinstance(value, tuple) else value
        wanted[section] = {**before, key: now}
    return wanted


def _by_hand(changes: Changes) -> str:
    lines = (f"{key} = {to_toml(value)} under [{name}]" for (name, key), value in changes.items())
    return f"Write this into it yourself: {'; '.join(lines)}."


def _replace(file: Path, content: bytes) -> None:
    """Write a temporary file beside it and rename that: no reader ever sees half a file."""
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
