from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from companion.errors import StoreDamaged, StoreError
from companion.store import database_errors
from companion.store.database import open_database, open_readonly, store_errors
from companion.store.database_errors import explain


def error_named(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("SQLite's words")
    error.sqlite_errorname = name
    return error


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=10 * database_errors.LEAST_FREE_BYTES)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


@pytest.mark.parametrize(
    ("name", "words", "remedy", "kind"),
    [
        ("SQLITE_FULL", "its disk is full", "Free some disk space", StoreError),
        ("SQLITE_CORRUPT", "is damaged", "backup", StoreDamaged),
        ("SQLITE_CORRUPT_INDEX", "is damaged", "backup", StoreDamaged),
        ("SQLITE_NOTADB", "is damaged", "set it aside", StoreDamaged),
        ("SQLITE_BUSY", "locked", "Close the program", StoreError),
        ("SQLITE_BUSY_SNAPSHOT", "locked", "Close the program", StoreError),
        ("SQLITE_LOCKED", "locked", "Close the program", StoreError),
        ("SQLITE_READONLY_DBMOVED", "cannot be opened for writing", "writable", StoreError),
        ("SQLITE_CANTOPEN", "cannot be opened for writing", "writable", StoreError),
        ("SQLITE_PERM", "cannot be opened for writing", "writable", StoreError),
        ("SQLITE_IOERR_WRITE", "its disk is failing", "Check the disk", StoreError),
        ("SQLITE_NOMEM", "not enough memory", "Close other programs", StoreError),
        ("SQLITE_CONSTRAINT_UNIQUE", "SQLite refuses", "companion doctor", StoreError),
    ],
)
def test_each_error_has_its_name_and_its_remedy(
    name: str, words: str, remedy: str, kind: type[StoreError], tmp_path: Path
) -> None:
    told = explain(error_named(name), tmp_path / "companion.db")
    assert type(told) is kind
    assert words in str(told)
    assert f"({name}: SQLite's words)" in str(told)
    assert remedy in told.remedy
    assert ("backup" in told.remedy) is (kind is StoreDamaged)


@pytest.mark.parametrize("name", ["SQLITE_IOERR_SHMSIZE", "SQLITE_CANTOPEN"])
def test_an_error_of_a_full_disk_is_called_so(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    assert "its disk is full" in str(explain(error_named(name), tmp_path / "companion.db"))


def test_an_error_without_a_name_is_told_by_its_kind(tmp_path: Path) -> None:
    error = sqlite3.ProgrammingError("Cannot operate on a closed database.")
    assert "(ProgrammingError: Cannot operate" in str(explain(error, tmp_path / "companion.db"))


def test_a_real_lock(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    with open_database(file), closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with (
            pytest.raises(StoreError, match=r"locked it \(SQLITE_BUSY"),
            store_errors(file),
            closing(sqlite3.connect(file, 0.01, isolation_level=None)) as other,
        ):
            other.execute("BEGIN IMMEDIATE")


def test_reading_only_tells_damage_too(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamaged, match="SQLITE_NOTADB"), open_readonly(file) as db:
        db.execute("SELECT * FROM tracks")
