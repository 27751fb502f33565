from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import make_man
import pytest
import typer

from companion import errors
from companion.cli.app import COMMANDS, app, register
from companion.config.schema import SECTIONS

PAGES = make_man.pages()
has_man = pytest.mark.skipif(shutil.which("man") is None, reason="there is no man")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_in_the_project_is_current(name: str) -> None:
    written = (make_man.FOLDER / name).read_text("utf-8")
    assert written == PAGES[name], "run scripts/make_man.py"


def test_no_other_page_lies_there() -> None:
    assert {path.name for path in make_man.FOLDER.iterdir()} == set(PAGES)


def read(page: str, tmp_path: Path) -> str:
    """A page as a terminal shows it; with any warning, the test fails."""
    file = tmp_path / page
    file.write_text(PAGES[page], "utf-8")
    shown = subprocess.run(  # noqa: S603 - a fixed program on our own page
        [str(shutil.which("man")), "--warnings", "-Tutf8", "-l", str(file)],
        env={"LC_ALL": "C.UTF-8", "GROFF_NO_SGR": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert shown.stderr == ""
    struck = shown.stdout.replace("\t", " ")  # each bold letter is letter, backspace, letter
    while "\b" in struck:
        place = struck.index("\b")
        struck = struck[: place - 1] + struck[place + 1 :]
    return struck.replace("\u2010", "-").replace("\u2212", "-")


def leaves(group: Any, path: str = "companion") -> dict[str, Any]:
    """Every command that does something, by the words that call it."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = f"{path} {name}"
        found |= leaves(command, inner) if hasattr(command, "commands") else {inner: command}
    return found


@has_man
def test_every_command_and_option_can_be_read(tmp_path: Path) -> None:
    shown = read("companion.1", tmp_path)
    register([])
    commands = leaves(typer.main.get_command(app))
    assert len(commands) > len(COMMANDS)
    for words, command in commands.items():
        assert f"\n   {words}" in shown
        part = shown.partition(f"\n   {words}")[2].partition("\n   companion ")[0]
        for param in command.params:
            options = [word for word in param.opts if word.startswith("-")]
            assert param.name == "help" or all(option in part for option in options)


@has_man
def test_every_exit_code_has_its_meaning(tmp_path: Path) -> None:
    shown = read("companion.1", tmp_path).partition("EXIT STATUS")[2]
    for code in ("0", "1", "2", "130"):
        assert f"\n       {code} " in shown
    assert errors.LoginNeeded.remedy in " ".join(shown.split())


@has_man
def test_every_setting_can_be_read_with_its_default(tmp_path: Path) -> None:
    shown = read("companion.5", tmp_path)
    for name, section in SECTIONS.items():
        assert f"\n[{name}]\n" in shown
        assert section.__doc__ is not None
        assert section.__doc__ in " ".join(shown.split())
    assert 'folder = ""' in shown
    assert "enabled = true" in shown


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        ("a-b", "a\\-b"),
        (".so /etc/passwd", "\\&.so /etc/passwd"),
        ("'quoted'", "\\&'quoted'"),
        ("a\\b", "a\\eb"),
        ("two\n lines", "two lines"),
    ],
)
def test_what_roff_would_take_for_its_own(text: str, roff: str) -> None:
    assert make_man._escape(text) == roff
