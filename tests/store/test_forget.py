from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from companion.errors import StoreError
from companion.store import forget as module
from companion.store import metadata
from companion.store.database import open_database
from companion.store.forget import TABLES, Kind, backups, forget

MARK = "Grüße-an-Änne-4711"  # in every text of every row, and nowhere else
SINGLE = ("resting_face", "set_mood", "pause", "player_snapshot")  # they have one row at most


def tables(db: sqlite3.Connection) -> dict[str, list[sqlite3.Row]]:
    """The columns of each table that the schema has."""
    names = [row["name"] for row in db.execute("SELECT * FROM sqlite_schema WHERE type = 'table'")]
    return {name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}


def fill(db: sqlite3.Connection, rows: int = 60) -> None:
    """Put marked rows into every table, however its columns are called."""
    db.execute("PRAGMA foreign_keys = OFF")
    for name, columns in tables(db).items():
        for k in range(1 if name in SINGLE else rows):
            values = [value(name, column, k) for column in columns]
            places = ", ".join("?" * len(values))
            db.execute(f"INSERT INTO {name} VALUES ({places})", values)  # noqa: S608 - our own names
    db.execute("PRAGMA foreign_keys = ON")


def value(table: str, column: sqlite3.Row, k: int) -> object:
    if column["name"] in ("track", "why"):
        return f'{{"region": "Q1", "artists": ["{MARK}"], "text": "{MARK} of {table} {k}"}}'
    if column["type"] == "TEXT":
        return "low_confidence" if column["name"] == "outcome" else f"{MARK} of {table} {k}"
    if column["type"] == "BLOB":
        return f"{MARK} of {table} {k}".encode()
    return k + 1 if column["type"] == "INTEGER" else number(table) + k


def number(table: str) -> float:
    """A number that no other table has."""
    return 0.123456789 + list(TABLES).index(table) / 1024


def marks(db: sqlite3.Connection, table: str) -> list[bytes]:
    """Return the bytes that a table's rows leave in the file."""
    types = {column["type"] for column in tables(db)[table] if column["name"] != "outcome"}
    text = [f"{MARK} of {table} ".encode()] if types & {"TEXT", "BLOB"} else []
    return text + ([struct.pack(">d", number(table) + 0)] if "REAL" in types else [])


def count(db: sqlite3.Connection, table: str) -> int:
    found: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "companion.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite3.Connection]:
    with open_database(file) as db:
        fill(db)
        yield db


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_every_table_of_the_schema_has_a_home(file: Path) -> None:
    with open_database(file) as db:
        assert set(tables(db)) == set(TABLES)


def test_every_fact_has_a_home() -> None:
    names = {value for name, value in vars(metadata).items() if name.isupper()}
    of_the_library = {name for name in names if name.startswith("library")}
    assert of_the_library == {metadata.LIBRARY_SYNCED_AT}
    # of the housekeeping, the sign-in and a private session: they go with the file
    of_the_file = {metadata.HOUSEKEPT_AT, metadata.CONSENT_ENDS, metadata.PRIVATE_SINCE}
    assert names - of_the_library == of_the_file


@pytest.mark.parametrize("kind", Kind)
def test_no_byte_of_it_is_left_in_the_folder(
    kind: Kind, db: sqlite3.Connection, file: Path
) -> None:
    mine = [table for table, owner in TABLES.items() if owner is kind]
    others = [table for table, owner in TABLES.items() if owner is not kind]
    before = content(file.parent)
    assert all(mark in before for table in mine for mark in marks(db, table))
    gone = forget(db, {kind})
    assert gone[kind] >= len(mine)
    after = content(file.parent)
    for table in mine:
        assert count(db, table) == 0
        assert not [mark for mark in marks(db, table) if mark in after]
    assert all(count(db, table) for table in others)


def test_all_kinds_at_once_leave_only_what_has_no_kind(db: sqlite3.Connection, file: Path) -> None:
    assert forget(db, set(Kind)).keys() == set(Kind)
    after = content(file.parent)
    for table, owner in TABLES.items():
        assert (count(db, table) > 0) == (owner is None)
        if owner is not None:
            assert not [mark for mark in marks(db, table) if mark in after]
    assert (file.parent / f"{file.name}-wal").stat().st_size == 0


def test_with_the_readings_goes_what_other_rows_say_of_the_mood(
    db: sqlite3.Connection, file: Path
) -> None:
    forget(db, {Kind.READINGS})
    assert {row["why"] for row in db.execute("SELECT why FROM queue_entries")} == {"{}"}
    assert {row["region"] for row in db.execute("SELECT region FROM queue_entries")} == {None}
    assert {row["region"] for row in db.execute("SELECT region FROM feedback")} == {None}
    assert {row["detail"] for row in db.execute("SELECT detail FROM visits")} == {""}
    assert b"of visits" not in content(file.parent)


def test_the_detail_of_a_visit_that_says_no_mood_stays(db: sqlite3.Connection) -> None:
    db.execute("UPDATE visits SET outcome = 'queued'")
    forget(db, {Kind.READINGS})
    assert all(MARK in row["detail"] for row in db.execute("SELECT detail FROM visits"))


def test_the_library_is_read_whole_again(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO metadata VALUES (?, '2026-01-01T00:00:00+00:00')", [metadata.LIBRARY_SYNCED_AT]
    )
    forget(db, {Kind.LIBRARY})
    assert metadata.read_time(db, metadata.LIBRARY_SYNCED_AT) is None


def test_an_idle_agent_is_not_in_the_way(db: sqlite3.Connection, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as idle:
        idle.execute("SELECT * FROM readings").fetchall()
        forget(db, {Kind.READINGS})
        assert b"of readings" not in content(file.parent)
        assert count(idle, "readings") == 0


@pytest.mark.parametrize("begin", ["BEGIN IMMEDIATE", "BEGIN"])
def test_one_at_work_is_told_of(
    begin: str, db: sqlite3.Connection, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(file, isolation_level=None)) as busy:
        busy.execute(begin)
        busy.execute("SELECT * FROM readings").fetchone()
        with pytest.raises(StoreError, match="Another process is at work"):
            forget(db, {Kind.READINGS})
        busy.execute("ROLLBACK")
    forget(db, {Kind.READINGS})
    assert b"of readings" not in content(file.parent)


def test_it_needs_the_rewriting(
    db: sqlite3.Connection, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the care the traces would be there: so the search above can find them."""
    db.execute("PRAGMA secure_delete = OFF")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("DELETE FROM readings")
    assert b"of readings" in content(file.parent)


def test_backups(file: Path) -> None:
    for name in ("companion.db", "companion.db-wal", "companion.db-shm", "companion.log", "x.db.1"):
        (file.parent / name).touch()
    copies = ["companion.db.before-0002", "companion.db.damaged-20260101-000000"]
    for name in copies:
        (file.parent / name).touch()
    assert [path.name for path in backups(file)] == copies


def test_moods_elsewhere_name_tables_that_are_there(db: sqlite3.Connection) -> None:
    for statement in module.MOODS_ELSEWHERE:
        db.execute(f"EXPLAIN {statement}")
