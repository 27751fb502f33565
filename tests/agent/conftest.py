"""Fixtures of this folder's tests."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from companion.demo.simulator.server import Simulator
from companion.store.database import open_database
from tests.agent.visitor import Visitor
from tests.spotify.allowed import nothing_else_is_asked

__all__ = ["nothing_else_is_asked"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "companion.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite3.Connection]:
    with open_database(file) as opened:
        yield opened


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def visitor(sim: Simulator, db: sqlite3.Connection) -> Iterator[Visitor]:
    """An album of three plays, and all 28 saved tracks are tagged."""
    with Visitor(sim, db) as sitting:
        sitting.tag(sim.library.tracks)
        sim.player.play(sim.library.tracks[:3])
        sim.clock.advance(20)
        yield sitting


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Runs something beside the test, which waits for it at its end."""
    threads: list[threading.Thread] = []

    def start(call: Callable[[], object]) -> None:
        thread = threading.Thread(target=call)
        threads.append(thread)
        thread.start()

    yield start
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
