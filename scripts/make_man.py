#!/usr/bin/env python3
"""Write the manual pages from the program itself: `companion.1` from the parser of the
command line and the tree of errors, `companion.5` from the schema of the settings.

    scripts/make_man.py

A page is roff in the macros of man(7). The pages lie in `companion/man`, and a test holds
them current.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

from companion import __version__
from companion.cli.app import PROGRAM, app, register
from companion.config.file import to_toml
from companion.config.schema import SECTIONS, Config
from companion.errors import CompanionError

FOLDER = Path(__file__).parent.parent / "companion" / "man"
SUMMARY = "queue the track of your Spotify library that fits the mood of your face"
FILES = {
    "config.toml": "The settings, see companion(5); `companion config path` prints where it is.",
    "companion.db": "What is remembered: tracks, tags, readings, visits. In the state folder.",
    "companion.log": "The log, without any secret. In the state folder.",
}
ENVIRONMENT = {
    "COMPANION_HOME": "One folder for settings, state and caches, in place of the platform's own.",
    "COMPANION_SECTION_KEY": "A setting, before the one in the file: COMPANION_CAMERA_INDEX=1.",
}


def main() -> None:
    """Write both pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """The text of each page by its file's name."""
    return {
        f"{PROGRAM}.1": "\n".join(_commands_page()) + "\n",
        f"{PROGRAM}.5": "\n".join(_settings_page()) + "\n",
    }


def _commands_page() -> Iterator[str]:
    register([])
    root = typer.main.get_command(app)
    context = root.context_class(root, info_name=PROGRAM, **root.context_settings)
    yield _title(1, "User Commands")
    yield from _section("NAME", f"{PROGRAM} - {SUMMARY}")
    yield from (".SH SYNOPSIS", f".B {PROGRAM}", ".RI [ OPTIONS ]", ".I COMMAND", ".RI [ ARGS ]")
    yield from _section("DESCRIPTION", *_paragraphs(root))
    yield from (".SH OPTIONS", *_params(root, context))
    yield ".SH COMMANDS"
    yield from _commands(root, context)
    yield from (".SH EXIT STATUS", *_exit_codes())
    yield from (".SH FILES", *_terms(FILES.items()))
    yield from (".SH ENVIRONMENT", *_terms(ENVIRONMENT.items()))
    yield from (".SH SEE ALSO", f".BR {PROGRAM} (5)")


def _commands(group: Any, context: Any) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = command.context_class(command, info_name=name, parent=context)
        if hasattr(command, "list_commands"):
            yield from _commands(command, inner)
            continue
        pieces = " ".join([inner.command_path, *command.collect_usage_pieces(inner)])
        yield f".SS {_quote(pieces)}"
        for paragraph in _paragraphs(command):
            yield from (_escape(paragraph), ".PP")
        yield from _params(command, inner, besides=("help",))


def _paragraphs(command: Any) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", (command.help or "").strip())]


def _params(command: Any, context: Any, besides: tuple[str, ...] = ()) -> Iterator[str]:
    params = [param for param in command.get_params(context) if param.name not in besides]
    records = (param.get_help_record(context) for param in params)
    yield from _terms((record[0], record[1]) for record in records if record)


def _exit_codes() -> Iterator[str]:
    """Each code with what it means: of several errors, the root of theirs."""
    meanings = {0: "All went well.", 1: "It went wrong, or a check failed."}
    todo = [CompanionError]
    while todo:
        kind = todo.pop(0)
        meanings.setdefault(kind.exit_code, f"{_spaced(kind.__name__)}. {kind.remedy}")
        todo += kind.__subclasses__()
    yield from _terms((str(code), meaning) for code, meaning in sorted(meanings.items()))


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def _settings_page() -> Iterator[str]:
    yield _title(5, "File Formats")
    yield from _section("NAME", f"{PROGRAM} - the settings of {PROGRAM}(1)")
    yield from _section(
        "DESCRIPTION",
        "A TOML file; `companion config path` prints where it is, `companion config init` writes "
        "one with every setting in a comment. What it leaves out has the default that stands here.",
    )
    for name, section in SECTIONS.items():
        yield from _section(f"[{name}]", section.__doc__ or "")
        defaults = getattr(Config(), name)
        yield from _terms(
            (f"{part.name} = {to_toml(getattr(defaults, part.name))}", part.metadata["help"])
            for part in fields(section)
        )
    yield from (".SH SEE ALSO", f".BR {PROGRAM} (1)")


def _title(number: int, manual: str) -> str:
    return f'.TH {PROGRAM.upper()} {number} "" "{PROGRAM} {__version__}" "{manual}"'


def _section(name: str, *paragraphs: str) -> Iterator[str]:
    yield f".SH {_quote(name)}"
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield _escape(paragraph)


def _terms(items: Any) -> Iterator[str]:
    for term, meaning in items:
        yield from (".TP", f"\\fB{_escape(term)}\\fR", _escape(meaning))


def _quote(text: str) -> str:
    return '"' + _escape(text).replace('"', "\\(dq") + '"'


def _escape(text: str) -> str:
    text = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    main()
