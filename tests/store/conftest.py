"""Fixtures of this folder's tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.store.database import open_database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "companion.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite3.Connection]:
    with open_database(file) as opened:
        yield opened
