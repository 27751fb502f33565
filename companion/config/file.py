"""The settings as a file: config.toml and the environment, read and checked by the schema.

A value comes from `COMPANION_SECTION_KEY`, else from config.toml, else from the schema.
"""

import dataclasses
import json
import os
import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from companion.config.schema import (
    SECTIONS,
    Check,
    Config,
    Rule,
    check_rule,
    did_you_mean,
)
from companion.errors import ConfigError, UsageError
from companion.paths import HOME_VARIABLE
from companion.text import sentence

MOST_BYTES = 1_000_000  # of a settings file; the example has ten thousand


def load_config(path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """Read the file (an absent one is an empty one) and the environment.

    Raises:
        ConfigError: with every problem in it, each with its line.
    """
    environ = os.environ if environ is None else environ
    try:
        text = read_text(path).removeprefix("\ufeff")
        document = parse(text)
    except ConfigError as error:
        raise ConfigError(f"{path} {error}", error.remedy) from error
    problems: list[str] = []
    for name, line, problem in _check_document(document, _Lines(text)):
        problems.append(f"line {line}: {name} {problem}")
    of_file = len(problems)
    overrides = dict(_read_environment(environ, problems))
    if problems:
        raise _tell(path, problems, of_file)
    return _build(document, overrides)


def _tell(path: Path, problems: list[str], of_file: int) -> ConfigError:
    """The error for problems, of which so many are of the file and the others of variables."""
    count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
    if not of_file:
        told = "\n  ".join([f"The environment has {count}:", *problems])
        return ConfigError(told, "Correct or unset what is named.")
    told = "\n  ".join([f"{path} has {count}:", *problems])
    if of_file < len(problems):
        return ConfigError(
            told, "Correct the file that `companion config path` names, and the variables."
        )
    return ConfigError(told)


def find_problem(section: str, key: str, value: Any) -> str | None:
    """Say what is wrong with a value for a known setting; None where it is allowed."""
    (part,) = (part for part in fields(SECTIONS[section]) if part.name == key)
    return _check_value(part, list(value) if isinstance(value, tuple) else value)


def find_rule_problem(values: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a strategy for a mood or an hour; None where it is allowed."""
    problems = [
        f"{name.rpartition('.')[2]} {problem}"
        for name, _, problem in _check_table(Rule, values, _Lines(""), "rules")
    ]
    return problems[0] if problems else check_rule(values)


def parse_setting(name: str, text: str) -> tuple[str, str, Any]:
    """Read a setting's name, such as camera.index, and its value as a person types it.

    Returns:
        section, key and value.

    Raises:
        UsageError: there is no such setting, it is a list of tables, or the value may not stand.
    """
    kinds = SECTIONS.items()
    parts = {f"{section}.{part.name}": part for section, kind in kinds for part in fields(kind)}
    if name not in parts:
        problem = f"{name} is not known{did_you_mean(name.rpartition('.')[2], list(parts))}"
        raise UsageError(sentence(problem), "See `companion config show`.")
    if parts[name].metadata["table"]:
        raise UsageError(f"{name} is a list of tables.", "Write them into the file by hand.")
    value = _parse(text, parts[name].default)
    if wrong := _check_value(parts[name], value):
        raise UsageError(sentence(f"{name} {wrong}"), "Give another value.")
    section, _, key = name.partition(".")
    return section, key, value


def example() -> str:
    """The text of config.example.toml: every setting, commented out, with its default."""
    blocks = []
    for name, section in SECTIONS.items():
        lines = [f"# {section.__doc__}", f"[{name}]"]
        for part in fields(section):
            lines += textwrap.wrap(
                part.metadata["help"], 88, initial_indent="# ", subsequent_indent="# "
            )
            lines.append(f"# {part.name} = {to_toml(part.default)}")
        blocks.append("\n".join(lines))
    head = "# companion's settings. A line begins with # until you change it.\n"
    return "\n\n".join([head.rstrip(), *blocks]) + "\n"


def show(config: Config) -> dict[str, dict[str, Any]]:
    """The settings as plain values, by section."""
    return {
        name: {
            key: list(value) if isinstance(value, tuple) else value for key, value in part.items()
        }
        for name, part in dataclasses.asdict(config).items()
    }


def read_text(path: Path) -> str:
    """Return the text of the file; "" where there is none.

    Raises:
        ConfigError: without its subject, the path: it cannot be read, or is not text.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise ConfigError("is a device or a pipe, not a file.")  # whose reading may never end
        if path.exists() and path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"is too long for settings: over {MOST_BYTES:,} bytes.")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text.") from error
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}.",
            "Make it a file that you may read, or set COMPANION_HOME to another folder.",
        ) from error


def parse(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ConfigError: without its subject, the path: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}.") from error
    except ValueError as error:  # Python's own limit
        raise ConfigError("is not TOML: a number in it has thousands of digits.") from error
    except RecursionError as error:
        raise ConfigError("is not TOML that can be read: it is nested too deeply.") from error


class _Lines:
    """The lines on which the sections and keys of a TOML text first appear."""

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
            problem = f"is not known{did_you_mean(name, _words_at_top(content))}"
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
            yield f"{name}.{key}", line, f"is not known{did_you_mean(key, list(parts))}"
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
    default = part.default
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
            value = _parse(environ[variable], part.default)
            if problem := _check_value(part, value):
                problems.append(f"environment: {variable} {problem}")
            yield (name, part.name), value
        elif variable.startswith("COMPANION_") and variable != HOME_VARIABLE:
            hint = did_you_mean(variable, list(known))
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
                kind: Any = type(part.default)
                values[part.name] = kind(values[part.name])
        sections[name] = section(**values)
    return Config(**sections)


def to_toml(value: Any) -> str:
    """A setting's value as it stands behind the = in TOML."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {to_toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(to_toml, value))}]"
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")  # which JSON leaves as it is, and TOML forbids
