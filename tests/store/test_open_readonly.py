from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from companion.errors import StoreError
from companion.store.database import open_database, open_readonly
from companion.store.metadata import read_time, save_time
from tests.store.samples import NOON


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "a name with #?% and ü" / "companion.db"
    file.parent.mkdir()
    with open_database(file) as db:
        save_time(db, "one", NOON)
    return file


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_reads_and_leaves_no_trace(file: Path) -> None:
    before = contents(file.parent)
    with open_readonly(file) as db:
        assert read_time(db, "one") == NOON
    assert contents(file.parent) == before
    assert list(before) == ["companion.db"]


def test_it_sees_what_a_writer_has_not_yet_put_into_the_file(file: Path) -> None:
    with open_database(file) as writer:
        save_time(writer, "two", NOON)
        with open_readonly(file) as db:
            assert read_time(db, "two") == NOON
    assert os.listdir(file.parent) == ["companion.db"]  # noqa: PTH208 - names only


def test_it_cannot_write(file: Path) -> None:
    with pytest.raises(StoreError, match="readonly"), open_readonly(file) as db:
        save_time(db, "one", NOON)


def test_a_folder_without_the_right_to_write(file: Path) -> None:
    file.parent.chmod(0o500)
    try:
        with open_readonly(file) as db:
            assert read_time(db, "one") == NOON
    finally:
        file.parent.chmod(0o700)


def test_an_absent_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be used"), open_readonly(tmp_path / "none.db"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_no_database(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    file.write_text("nothing of the kind" * 100)
    with pytest.raises(StoreError, match="not a database"), open_readonly(file) as db:
        db.execute("SELECT * FROM metadata")


def test_it_is_closed_at_the_end(file: Path) -> None:
    with open_readonly(file) as db:
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        db.execute("SELECT 1")
