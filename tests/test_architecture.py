"""The rooms know each other only in the direction that the README draws."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import companion

PACKAGE = Path(companion.__file__).parent
WORDS = {"affect", "track", "errors"}
LEAVES = {*WORDS, "config", "paths", "log", "weights", "plots"}
ROOMS = {"face", "music", "choose", "spotify", "desktop", "store", "simulator"}
MAY_IMPORT = {
    **{leaf: {*WORDS} for leaf in LEAVES},
    "config_file": {*WORDS, "config", "paths"},
    "config_edit": {*WORDS, "config", "config_file"},
    **dict.fromkeys(ROOMS, LEAVES),
    "agent": LEAVES | ROOMS - {"simulator"} | {"config_file"},
    "demo": LEAVES | {"simulator"},
    "doctor": LEAVES | ROOMS - {"simulator"} | {"agent", "config_file"},
    "__main__": {"cli"},
    "cli": LEAVES | ROOMS | {"agent", "config_edit", "config_file", "demo", "doctor"},
}


def _imports(file: Path) -> Iterator[str]:
    """The rooms of the package that a file imports from."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            module = node.module or ""
            names = (
                [f"{module}.{alias.name}" for alias in node.names]
                if module == "companion"
                else [module]
            )
        yield from (name.split(".")[1] for name in names if name.startswith("companion."))


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_lies_below(room: str) -> None:
    path = PACKAGE / room
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    assert files
    allowed = MAY_IMPORT[room] | {room, "__version__"}
    found = {(file.name, name) for file in files for name in _imports(file)}
    assert {(file, name) for file, name in found if name not in allowed} == set()


def test_every_room_has_its_place() -> None:
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert there - {"__init__", "__pycache__", "man", "models"} == set(MAY_IMPORT)
