from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from companion.demo.environment import MemoryKeyring
from companion.log import stop_log
from companion.page.context import Context
from companion.page.live.task_runner import TaskRunner
from companion.paths import Paths
from tests.page.served import Served, fill, make_paths, serving


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home and a keyring of the test's own."""
    for name in os.environ:
        if name.startswith("COMPANION_"):
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(before)
    stop_log()


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a day that was lived, to be copied."""
    paths = make_paths(tmp_path_factory.mktemp("lived"))
    fill(paths)
    return paths.database.read_bytes()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return make_paths(tmp_path / "home")


@pytest.fixture
def lived_paths(paths: Paths, lived: bytes) -> Paths:
    paths.database.write_bytes(lived)
    return paths


@pytest.fixture
def context(lived_paths: Paths) -> Context:
    return Context(lived_paths, TaskRunner())


@pytest.fixture
def served(lived_paths: Paths) -> Iterator[Served]:
    with serving(lived_paths) as found:
        yield found
