from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from companion.errors import StoreError
from companion.store import database
from companion.store.database import (
    migrations,
    open_database,
    open_readonly,
    schema_version,
    transaction,
)
from companion.store.tracks.library import count_tracks, save_tracks
from tests.store.samples import NOON, make_track

GOOD = "ALTER TABLE tracks ADD COLUMN mood TEXT;\nCREATE TABLE more (id TEXT) STRICT;\n"
FAILING = (
    "ALTER TABLE tracks ADD COLUMN mood TEXT;\nDELETE FROM tracks;\nCREATE TABLE metadata (a);\n"
)
NEWEST = max(migrations())
NEXT = NEWEST + 1
Migrate = Callable[[str], None]


@pytest.fixture
def next_migration(monkeypatch: pytest.MonkeyPatch) -> Migrate:
    """Gives the program one migration more."""
    known = migrations()

    def add(script: str) -> None:
        monkeypatch.setattr(database, "migrations", lambda: {**known, NEXT: script})

    return add


@pytest.fixture
def kept(file: Path) -> Path:
    """A database of today's schema with one track in it."""
    with open_database(file) as db:
        save_tracks(db, [make_track()], NOON)
    return file


def backup_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.before-{NEXT:04}")


def columns(db: sqlite3.Connection) -> set[str]:
    return {row[1] for row in db.execute("PRAGMA table_info(tracks)")}


def refusal(file: Path) -> StoreError:
    with pytest.raises(StoreError) as caught, open_database(file):
        pass
    assert str(file) in str(caught.value)
    return caught.value


def test_the_first_opening_makes_the_schema(file: Path) -> None:
    with open_database(file) as db:
        tables = {row["name"] for row in db.execute("SELECT name FROM sqlite_master")}
        assert schema_version(db) == NEWEST
    assert {"tracks", "tags", "untagged", "visits", "readings", "queue_entries"} <= tables
    assert [path.name for path in file.parent.iterdir()] == [file.name]  # nothing to back up


def test_the_next_opening_keeps_what_is_there(kept: Path) -> None:
    with open_database(kept) as db:
        assert count_tracks(db) == 1


def test_migrations_are_numbered_without_a_gap_and_end_whole() -> None:
    assert list(migrations()) == list(range(1, NEWEST + 1))
    for script in migrations().values():
        statements = list(database._statements(script))
        assert "".join(statements).strip() == script.strip()


def test_it_is_written_ahead_and_wiped_on_deletion(db: sqlite3.Connection) -> None:
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert db.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_a_reader_is_not_held_up_by_a_writer(kept: Path) -> None:
    with open_database(kept) as writer, open_database(kept) as reader, transaction(writer):
        writer.execute("DELETE FROM tracks")
        assert count_tracks(reader) == 1


def test_the_connection_is_closed_after_an_error(file: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_database(file) as db:
        raise ZeroDivisionError
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        db.execute("SELECT 1")


def test_a_failing_statement_is_a_store_error(file: Path) -> None:
    with pytest.raises(StoreError, match="no such table"), open_database(file) as db:
        db.execute("SELECT * FROM nowhere")


def test_a_transaction_is_whole_or_nothing(db: sqlite3.Connection) -> None:
    def save_and_fail() -> None:
        with transaction(db):
            db.execute("INSERT INTO metadata VALUES ('a', '1')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_and_fail()
    assert db.execute("SELECT count(*) FROM metadata").fetchone()[0] == 0
    assert not db.in_transaction
    with transaction(db):
        db.execute("INSERT INTO metadata VALUES ('a', '1')")
    assert db.execute("SELECT count(*) FROM metadata").fetchone()[0] == 1


def test_a_migration_is_made_after_a_backup(kept: Path, next_migration: Migrate) -> None:
    next_migration(GOOD)
    with open_database(kept) as db:
        assert schema_version(db) == NEXT
        assert "mood" in columns(db)
        assert count_tracks(db) == 1
    with closing(sqlite3.connect(backup_of(kept))) as db:
        assert schema_version(db) == NEWEST
        assert "mood" not in columns(db)
        assert count_tracks(db) == 1


def test_the_backup_holds_what_is_not_yet_in_the_main_file(
    kept: Path, next_migration: Migrate
) -> None:
    with open_database(kept) as other:  # its writes are still in the write-ahead log
        save_tracks(other, [make_track("2")], NOON)
        next_migration(GOOD)
        with open_database(kept):
            pass
    with closing(sqlite3.connect(backup_of(kept))) as db:
        assert count_tracks(db) == 2


def test_a_failing_migration_changes_nothing(kept: Path, next_migration: Migrate) -> None:
    next_migration(FAILING)
    error = refusal(kept)
    assert "already exists" in str(error)
    assert "companion doctor" in error.remedy
    for file in (kept, backup_of(kept)):
        with closing(sqlite3.connect(file)) as db:
            assert schema_version(db) == NEWEST
            assert "mood" not in columns(db)
            assert count_tracks(db) == 1


def test_a_mended_migration_is_made_after_a_failed_one(kept: Path, next_migration: Migrate) -> None:
    next_migration(FAILING)
    refusal(kept)
    next_migration(GOOD)
    with open_database(kept) as db:
        assert schema_version(db) == NEXT
        assert count_tracks(db) == 1


def test_a_backup_that_cannot_be_written_stops_the_migration(
    kept: Path, next_migration: Migrate
) -> None:
    backup_of(kept).mkdir()
    next_migration(GOOD)
    refusal(kept)
    with closing(sqlite3.connect(kept)) as db:
        assert schema_version(db) == NEWEST


def open_at_once(file: Path, count: int) -> list[int]:
    """The schema versions that so many threads see, which all open at the same moment."""
    start = threading.Barrier(count)

    def open_it(_: int) -> int:
        start.wait()
        with open_database(file) as db:
            db.execute("INSERT INTO metadata VALUES (hex(randomblob(8)), '')")
            return schema_version(db)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(open_it, range(count)))


@pytest.mark.parametrize("attempt", range(5))
def test_several_may_make_the_database_at_once(file: Path, attempt: int) -> None:
    assert open_at_once(file, 6) == [NEWEST] * 6
    with open_database(file) as db:
        assert db.execute("SELECT count(*) FROM metadata").fetchone()[0] == 6


@pytest.mark.parametrize("attempt", range(5))
def test_several_may_migrate_at_once_and_the_backup_stays_the_old_schema(
    kept: Path, next_migration: Migrate, attempt: int
) -> None:
    next_migration(GOOD)
    assert open_at_once(kept, 6) == [NEXT] * 6
    with closing(sqlite3.connect(backup_of(kept))) as db:
        assert schema_version(db) == NEWEST
        assert count_tracks(db) == 1


def test_a_newer_schema_is_refused_untouched(kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as db:
        db.execute(f"PRAGMA user_version = {NEWEST + 6}")
    error = refusal(kept)
    assert f"schema {NEWEST + 6}; this one knows {NEWEST}" in str(error)
    assert error.remedy == "Install the newest companion."
    with closing(sqlite3.connect(kept)) as db:
        assert schema_version(db) == NEWEST + 6
        assert count_tracks(db) == 1


@pytest.mark.parametrize("content", [b"not a database at all", b"\0" * 4096, b"\xff" * 100_000])
def test_what_is_no_database_is_refused_untouched(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert "cannot be used" in str(refusal(file))
    assert file.read_bytes() == content


def test_a_damaged_database_is_refused(kept: Path) -> None:
    content = bytearray(kept.read_bytes())
    content[100:4096] = b"\xee" * 3996
    kept.write_bytes(content)
    with pytest.raises(StoreError, match="malformed"), open_database(kept) as db:
        count_tracks(db)


def test_an_empty_file_is_a_new_database(file: Path) -> None:
    file.touch()
    with open_database(file) as db:
        assert schema_version(db) == NEWEST


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert str(refusal(tmp_path)).endswith("as it is not a file.")
    assert refusal(tmp_path).remedy == "Move it away, then try again."


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such pipes")
def test_a_pipe_is_refused_by_writers_and_readers(file: Path) -> None:
    os.mkfifo(file)
    assert str(refusal(file)).endswith("as it is not a file.")
    with pytest.raises(StoreError, match="not a file"), open_readonly(file):
        pass


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "unable to open" in str(refusal(tmp_path / "nowhere" / "companion.db"))


def test_a_database_that_stays_locked_is_refused(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with open_database(kept) as holder, open_database(kept) as other, transaction(holder):
        with pytest.raises(sqlite3.OperationalError, match="locked"), transaction(other):
            pass
        assert not other.in_transaction
