from __future__ import annotations

from typing import Any

import pytest
import typer

from companion.cli.app import COMMANDS, GROUPS, SECTIONS, app, register
from tests.cli.shell import Run
from tests.conftest import Snapshot

register([])


def walk(group: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every command that does something, by the words that call it."""
    found: dict[tuple[str, ...], Any] = {}
    for name, command in group.commands.items():
        words = (*path, name)
        found |= walk(command, words) if hasattr(command, "commands") else {words: command}
    return found


ALL = walk(typer.main.get_command(app))


def test_each_command_has_one_place_in_the_help(run: Run) -> None:
    placed = [name for names in SECTIONS.values() for name in names]
    assert sorted(placed) == sorted([*COMMANDS, *GROUPS])
    shown = run("--help").out
    for section, names in SECTIONS.items():
        part = shown.partition(f"\n{section}:\n")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in part.splitlines()] == list(names)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_command_explains_itself(words: tuple[str, ...], run: Run) -> None:
    command = ALL[words]
    summary = command.get_short_help_str(1000)
    assert summary.endswith(".")
    assert len(summary) <= 62
    for param in command.params:
        assert getattr(param, "help", None), f"{param.name} has no help"


@pytest.mark.parametrize("words", [*ALL, (), *((name,) for name in GROUPS)], ids=" ".join)
def test_the_help_fits_into_a_terminal(words: tuple[str, ...], run: Run) -> None:
    ended = run(*words, "--help")
    assert ended.code == 0
    assert [line for line in ended.out.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("statsu",), "'status'"),
        (("visit_now",), "'visit-now'"),
        (("config", "shw"), "'show'"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(words: tuple[str, ...], meant: str, run: Run) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert f"Did you mean {meant}?" in ended.err
    assert "--json" in run("status", "--jsn").err


def test_the_help(run: Run, snapshot: Snapshot) -> None:
    snapshot("help", run("--help").out)
