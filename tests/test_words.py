"""Docstrings are imperatives or noun phrases, not half questions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import companion

PACKAGE = Path(companion.__file__).parent
SCRIPTS = PACKAGE.parent / "scripts"
HALF_QUESTIONS = {"What", "How", "Whether"}


def docstrings(file: Path) -> Iterator[tuple[str, str]]:
    """The docstrings of a module, with where each stands."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield f"{file.relative_to(PACKAGE.parent)}: {getattr(node, 'name', 'module')}", text


@pytest.mark.parametrize(
    "room",
    sorted({SCRIPTS, *PACKAGE.glob("*/"), *PACKAGE.glob("*.py")}),
    ids=lambda path: path.name,
)
def test_no_docstring_opens_as_half_a_question(room: Path) -> None:
    files = [room] if room.is_file() else room.rglob("*.py")
    found = {where: text for file in files for where, text in docstrings(file)}
    opened = {where: text.split()[0] for where, text in found.items()}
    assert {where: word for where, word in opened.items() if word in HALF_QUESTIONS} == {}
