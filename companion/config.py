"""The settings: one schema, from which the example file is made and a user's file is checked.

A section is a frozen dataclass; each field carries what it means and what it may be.
A value comes from `COMPANION_SECTION_KEY`, else from config.toml, else from the schema.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from companion.affect import MOOD_NAMES
from companion.errors import ConfigError
from companion.paths import HOME_VARIABLE

Check = Callable[[Any], str | None]
STRATEGIES = ("match", "lift", "calm", "energise", "focus")


def _between(low: float, high: float) -> Check:
    return lambda value: None if low <= value <= high else f"must be from {low:g} to {high:g}"


def _one_of(*words: str) -> Check:
    return lambda value: None if value in words else _not_among(value, words)


def _each_of(*words: str) -> Check:
    def check(values: list[str]) -> str | None:
        if len(set(values)) != len(values):
            return "names something twice"
        return next((_not_among(value, words) for value in values if value not in words), None)

    return check


def _not_among(value: str, words: tuple[str, ...]) -> str:
    return f"must be of {', '.join(words)}{_did_you_mean(value, words)}"


def _own_address(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no address: {error}"
    loopback = host in ("127.0.0.1", "::1")
    if host and (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        return None
    return "must be an address with https:// (http:// only to 127.0.0.1)"


def _client_id(value: str) -> str | None:
    if value == "" or re.fullmatch("[0-9a-zA-Z]{8,64}", value):
        return None
    return "must be the letters and digits that Spotify's dashboard shows as Client ID"


def _mood_name(value: str) -> str | None:
    return None if value in ("", *MOOD_NAMES) else _not_among(value, MOOD_NAMES)


def _hours(value: str) -> str | None:
    if value == "" or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        return None
    return 'must be two times of day, such as "22:00-06:00"'


def parse_hours(between: str) -> tuple[time, time]:
    """Begin and end of a rule's `between`; the end may be earlier, of the next day."""
    begin, end = between.split("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def _rule(values: Mapping[str, Any]) -> str | None:
    if "strategy" not in values:
        return "needs a strategy"
    if not (values.get("when") or values.get("between")):
        return "needs when or between"
    return None


def _setting(
    default: Any, help_: str, check: Check | None = None, table: type[Any] | None = None
) -> Any:
    """A field; with `table` a list of tables, each of which is checked."""
    metadata = {"help": help_, "check": check, "table": table}
    if isinstance(default, list):
        return field(default_factory=lambda: tuple(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Camera:
    """The webcam and the look through it."""

    index: int = _setting(0, "Which camera; 0 is the first.", _between(0, 63))
    seconds: float = _setting(2.0, "How long a look lasts.", _between(0.5, 10))
    enabled: bool = _setting(
        default=True,
        help_="Whether the camera may be opened; false: a visit ends as paused (camera denied).",
    )


@dataclass(frozen=True, slots=True)
class Clips:
    """Where the 30-second clips come from that tracks are tagged by."""

    providers: tuple[str, ...] = _setting(
        [],
        'Asked in this order: "local" (your own files), "deezer" (previews from the web). '
        "Empty: nothing is fetched and nothing is tagged.",
        _each_of("local", "deezer"),
    )
    folder: str = _setting("", "The folder of your own audio files, for the provider local.")
    deezer_url: str = _setting("https://api.deezer.com", "Deezer's address.", _own_address)


@dataclass(frozen=True, slots=True)
class Spotify:
    """Your Spotify app and account."""

    client_id: str = _setting("", "The Client ID from Spotify's dashboard.", _client_id)
    api_url: str = _setting("https://api.spotify.com", "The Web API's address.", _own_address)
    accounts_url: str = _setting(
        "https://accounts.spotify.com", "The sign-in's address.", _own_address
    )
    player_calls: int = _setting(
        400,
        "Calls in 24 hours for the player and the queue. Spotify shuts out who asks too often.",
        _between(10, 5000),
    )
    library_calls: int = _setting(
        150, "Calls in 24 hours for the library; one reads 50 tracks.", _between(10, 5000)
    )
    playlists: bool = _setting(
        default=False, help_="Read your own playlists too. Sign in again after you change this."
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A strategy for a mood or for a time of day."""

    when: str = _setting("", "An emotion, a quadrant, or a quadrant's word.", _mood_name)
    between: str = _setting("", 'Local time, such as "22:00-06:00".', _hours)
    strategy: str = _setting("", "The strategy then.", _one_of(*STRATEGIES))


@dataclass(frozen=True, slots=True)
class Choose:
    """How a mood becomes a track."""

    strategy: str = _setting(
        "match",
        "match: what fits the present mood. lift: from the mood in steps to happy and excited. "
        "calm: in steps to calm and content. energise: wide awake at once. focus: steady, of "
        "middling arousal, no jumps.",
        _one_of(*STRATEGIES),
    )
    half_life_minutes: float = _setting(
        20.0, "After how long a reading counts half.", _between(1, 1440)
    )
    no_repeat_hours: float = _setting(
        8.0, "A track that the companion queued is not queued again for so long.", _between(0, 8760)
    )
    artist_spacing: int = _setting(
        3, "So many picks must lie between two by the same artist.", _between(0, 50)
    )
    explicit: bool = _setting(
        default=True, help_="Whether tracks may be picked that Spotify marks as explicit."
    )
    shortest_seconds: float = _setting(
        0.0, "No track that is shorter; 0 is no limit.", _between(0, 86_400)
    )
    longest_seconds: float = _setting(
        0.0, "No track that is longer; 0 is no limit.", _between(0, 86_400)
    )
    saved_at_least_days: float = _setting(
        0.0, "Only tracks that you saved so long ago or longer; 0 is no limit.", _between(0, 36_500)
    )
    saved_at_most_days: float = _setting(
        0.0, "Only tracks that you saved no longer ago; 0 is no limit.", _between(0, 36_500)
    )
    temperature: float = _setting(
        0.25,
        "How freely one of the best few is drawn: near 0 always the best, at 1 by their scores.",
        _between(0.01, 10),
    )
    rules: tuple[Rule, ...] = _setting(
        [],
        "Other strategies by mood or time of day, each a table [[choose.rules]] at the end of "
        'this section, with when = "anger" or between = "22:00-06:00" or both, and '
        'strategy = "calm". The first that holds wins.',
        _rule,
        table=Rule,
    )


@dataclass(frozen=True, slots=True)
class Agent:
    """The agent that `companion run` starts."""

    period_minutes: float = _setting(
        10.0, "The least time between two visits that it makes by itself.", _between(1, 1440)
    )
    late_seconds: float = _setting(
        45.0, "How long before the end of a track a visit begins.", _between(10, 300)
    )
    most_an_hour: int = _setting(
        6, "How often at most the camera is opened in an hour.", _between(0, 60)
    )
    most_a_day: int = _setting(
        60, "How often at most the camera is opened in 24 hours.", _between(0, 1440)
    )
    away_minutes: float = _setting(
        10.0, "After how long without keyboard and mouse you count as away.", _between(1, 1440)
    )
    on_battery: str = _setting(
        "visit",
        "On battery: visit as usual, or pause. Tracks are not tagged on battery.",
        _one_of("visit", "pause"),
    )
    worker_rest_minutes: float = _setting(
        3.0,
        "How long the process with the models stays after its last work. It takes some "
        "hundred megabytes while it is there, and some seconds to start.",
        _between(0, 1440),
    )
    notices: bool = _setting(
        False,
        "Whether a desktop notice tells you, once, that you are needed: the sign-in has "
        "ended, Premium has lapsed, the camera is denied.",
    )
    keep_days: int = _setting(
        180, "How long visits and readings of the face are kept.", _between(1, 3650)
    )


@dataclass(frozen=True, slots=True)
class Log:
    """The log file."""

    level: str = _setting(
        "INFO", "How much is written.", _one_of("DEBUG", "INFO", "WARNING", "ERROR")
    )


@dataclass(frozen=True, slots=True)
class Config:
    """All settings."""

    camera: Camera = Camera()
    clips: Clips = Clips()
    spotify: Spotify = Spotify()
    choose: Choose = Choose()
    agent: Agent = Agent()
    log: Log = Log()


SECTIONS: dict[str, type[Any]] = {part.name: type(part.default) for part in fields(Config)}


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read the file (an absent one is an empty one) and the environment.

    Raises:
        ConfigError: with every problem in it, each with its line.
    """
    environ = os.environ if environ is None else environ
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except ValueError as error:  # beside TOMLDecodeError: a number of thousands of digits
        raise ConfigError(f"{path} is no TOML: {error}.") from error
    problems: list[str] = []
    for name, line, problem in _check_document(document, _Lines(text)):
        problems.append(f"line {line}: {name} {problem}")
    overrides = dict(_read_environment(environ, problems))
    if problems:
        raise ConfigError("\n  ".join([f"{path} has {_count(problems)}:", *problems]))
    return _build(document, overrides)


def find_problem(section: str, key: str, value: Any) -> str | None:
    """What is wrong with a value for a setting that is known; None where it may stand."""
    (part,) = (part for part in fields(SECTIONS[section]) if part.name == key)
    return _check_value(part, list(value) if isinstance(value, tuple) else value)


def example() -> str:
    """The text of config.example.toml: every setting, commented out, with its default."""
    blocks = []
    for name, section in SECTIONS.items():
        lines = [f"# {section.__doc__}", f"[{name}]"]
        for part in fields(section):
            lines += textwrap.wrap(
                part.metadata["help"], 88, initial_indent="# ", subsequent_indent="# "
            )
            lines.append(f"# {part.name} = {to_toml(_default(part))}")
        blocks.append("\n".join(lines))
    head = "# companion's settings. A line begins with # until you change it.\n"
    return "\n\n".join([head.rstrip(), *blocks]) + "\n"


def show(config: Config) -> dict[str, dict[str, Any]]:
    """The settings as plain values, by section."""
    return {
        name: {key: list(value) if isinstance(value, tuple) else value for key, value in part}
        for name in SECTIONS
        for part in [dataclasses.asdict(getattr(config, name)).items()]
    }


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is no UTF-8 text.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error


class _Lines:
    """Where sections and keys first stand in a TOML text."""

    def __init__(self, text: str) -> None:
        self._at: dict[tuple[str, ...], int] = {}
        section: tuple[str, ...] = ()
        tables: Counter[tuple[str, ...]] = Counter()
        for number, line in enumerate(text.split("\n"), 1):
            if header := re.match(r"\s*(\[\[?)([^\[\]]+)\]", line):
                path = section = self._split(header[2])
                if header[1] == "[[":  # one of several, told apart by its number
                    path = section = (*section, str(tables[section]))
                    tables[path[:-1]] += 1
            elif key := re.match(r"""([\w\s."'-]+)=""", line):
                path = (*section, *self._split(key[1]))
            else:
                continue
            for depth in range(1, len(path) + 1):
                self._at.setdefault(path[:depth], number)

    @staticmethod
    def _split(dotted: str) -> tuple[str, ...]:
        return tuple(part.strip(" \t\"'") for part in dotted.split("."))

    def find(self, *path: str) -> int:
        """The line of the key, else of the section it is in, else 1."""
        return self._at.get(path) or (self.find(*path[:-1]) if path else 1)


def _check_document(document: Mapping[str, Any], lines: _Lines) -> Iterator[tuple[str, int, str]]:
    for name, content in document.items():
        if name not in SECTIONS:
            problem = f"is not known{_did_you_mean(name, _words_at_top(content))}"
            yield name, lines.find(name), problem
        elif not isinstance(content, dict):
            yield name, lines.find(name), f"is a section: write it as [{name}]"
        else:
            yield from _check_table(SECTIONS[name], content, lines, name)


def _words_at_top(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [f"[{name}]" for name in SECTIONS]
    return [f"{name}.{part.name}" for name, section in SECTIONS.items() for part in fields(section)]


def _check_table(
    kind: type[Any], content: Mapping[str, Any], lines: _Lines, *path: str
) -> Iterator[tuple[str, int, str]]:
    """The problems of a section, or of one of several tables, whose number is in the path."""
    parts = {part.name: part for part in fields(kind)}
    name = ".".join(step for step in path if not step.isdigit())
    for key, value in content.items():
        line = lines.find(*path, key)
        if key not in parts:
            yield f"{name}.{key}", line, f"is not known{_did_you_mean(key, list(parts))}"
        elif parts[key].metadata["table"]:
            yield from _check_tables(parts[key], value, lines, *path, key)
        elif problem := _check_value(parts[key], value):
            yield f"{name}.{key}", line, problem


def _check_tables(
    part: dataclasses.Field[Any], value: Any, lines: _Lines, *path: str
) -> Iterator[tuple[str, int, str]]:
    name = ".".join(path)
    if not (isinstance(value, list) and all(isinstance(table, dict) for table in value)):
        yield name, lines.find(*path), f"is a list of tables: write each as [[{name}]]"
        return
    for number, table in enumerate(value):
        problems = list(_check_table(part.metadata["table"], table, lines, *path, str(number)))
        yield from problems
        if not problems and (problem := part.metadata["check"](table)):
            yield name, lines.find(*path, str(number)), problem


_KINDS = {
    bool: "must be true or false",
    int: "must be a whole number",
    str: 'must be text in "quotes"',
}


def _check_value(part: dataclasses.Field[Any], value: Any) -> str | None:
    default = _default(part)
    if isinstance(default, tuple):
        if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
            return 'must be a list of words, such as ["local"]'
    elif isinstance(default, float):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "must be a number"
    elif type(value) is not type(default):
        return _KINDS[type(default)]
    check: Check | None = part.metadata["check"]
    return check(value) if check else None


def _read_environment(
    environ: Mapping[str, str], problems: list[str]
) -> Iterator[tuple[tuple[str, str], Any]]:
    known = {
        f"COMPANION_{name}_{part.name}".upper(): (name, part)
        for name, section in SECTIONS.items()
        for part in fields(section)
        if not part.metadata["table"]
    }
    for variable in sorted(environ):
        if variable in known:
            name, part = known[variable]
            value = _parse(environ[variable], _default(part))
            if problem := _check_value(part, value):
                problems.append(f"environment: {variable} {problem}")
            yield (name, part.name), value
        elif variable.startswith("COMPANION_") and variable != HOME_VARIABLE:
            hint = _did_you_mean(variable, list(known))
            problems.append(f"environment: {variable} is not known{hint}")


def _parse(text: str, default: Any) -> Any:
    """The value that a variable's text stands for; the text itself where it stands for none."""
    if isinstance(default, tuple):
        return [word.strip() for word in text.split(",") if word.strip()]
    if isinstance(default, str):
        return text
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    try:
        return type(default)(text)
    except ValueError:
        return text


def _build(document: Mapping[str, Any], overrides: Mapping[tuple[str, str], Any]) -> Config:
    sections = {}
    for name, section in SECTIONS.items():
        values = dict(document.get(name, {}))
        values |= {key: value for (part, key), value in overrides.items() if part == name}
        for part in fields(section):
            if part.metadata["table"]:
                tables = values.get(part.name, ())
                values[part.name] = tuple(part.metadata["table"](**table) for table in tables)
            elif part.name in values:
                values[part.name] = type(_default(part))(values[part.name])
        sections[name] = section(**values)
    return Config(**sections)


def _default(part: dataclasses.Field[Any]) -> Any:
    if part.default is not dataclasses.MISSING:
        return part.default
    return part.default_factory() if part.default_factory is not dataclasses.MISSING else None


def to_toml(value: Any) -> str:
    """A setting's value as it stands behind the = in TOML."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {to_toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(to_toml, value))}]"
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")  # which JSON leaves as it is, and TOML forbids


def _did_you_mean(word: str, words: list[str] | tuple[str, ...]) -> str:
    bare = {known.strip("[]").rpartition(".")[2].lower(): known for known in words}
    close = difflib.get_close_matches(word.lower(), list(bare), 1, 0.6)
    return f"; did you mean {bare[close[0]]}?" if close else ""


def _count(problems: list[str]) -> str:
    return "a problem" if len(problems) == 1 else f"{len(problems)} problems"
