"""The import arrows between the rooms go one way, and no import runs in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import companion

PACKAGE = Path(companion.__file__).parent
TYPES = {"affect", "track", "playback", "errors", "names", "paths", "text"}
LEAVES = {
    *TYPES,
    *("config", "http_client", "local_time", "log", "native_stderr", "plots", "weights"),
}
ROOMS = {"face", "music", "choose", "spotify", "desktop", "store"}
MAY_IMPORT = {
    **{leaf: {*TYPES} for leaf in LEAVES},
    **dict.fromkeys(ROOMS, LEAVES),
    "agent": LEAVES | ROOMS,
    "demo": LEAVES,
    "doctor": LEAVES | ROOMS | {"agent"},
    "page": LEAVES | ROOMS | {"agent", "doctor"},
    "__main__": {"cli"},
    "cli": LEAVES | ROOMS | {"agent", "demo", "doctor", "page"},
}
MOST_FILES = 13  # in a folder, beside its __init__ and __main__


def _modules() -> dict[str, Path]:
    found = {}
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = _modules()


def _imports(file: Path) -> Iterator[str]:
    """The modules of the package that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            module = node.module or ""
            for alias in node.names:
                name = f"{module}.{alias.name}"
                if name in MODULES or module in MODULES:
                    yield name if name in MODULES else module


def _room(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_lies_below(room: str) -> None:
    here = {name: file for name, file in MODULES.items() if _room(name) == room}
    assert here
    allowed = MAY_IMPORT[room] | {room, ""}
    found = {(name, other) for name, file in here.items() for other in _imports(file)}
    assert {(name, other) for name, other in found if _room(other) not in allowed} == set()


def test_every_room_has_its_place() -> None:
    assert {_room(name) for name in MODULES} - {""} == set(MAY_IMPORT)


def test_no_import_runs_in_a_circle() -> None:
    graph = {name: set(_imports(file)) - {name} for name, file in MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


@pytest.mark.parametrize("room", ["demo", "page"])
def test_only_its_own_commands_import_the_room(room: str) -> None:
    users = {
        name
        for name, file in MODULES.items()
        if _room(name) != room and any(_room(other) == room for other in _imports(file))
    }
    assert users == {f"companion.cli.{room}"}


@pytest.mark.parametrize(
    "folder",
    sorted({file.parent for file in MODULES.values()}),
    ids=lambda folder: str(folder.relative_to(PACKAGE.parent)),
)
def test_a_folder_is_small_and_says_what_is_inside(folder: Path) -> None:
    files = [file for file in folder.glob("*.py") if not file.name.startswith("__")]
    assert len(files) <= MOST_FILES
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
