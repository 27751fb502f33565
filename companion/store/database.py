"""The database file: opening, migrations with a backup before each, refusing a newer one."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import NormalDist

from companion.errors import StoreError
from companion.paths import is_file
from companion.store.database_errors import explain

BUSY_TIMEOUT_S = 10.0
RETRY_S = 0.02
MIGRATIONS = Path(__file__).with_name("migrations")
_logger = logging.getLogger(__name__)


@contextlib.contextmanager
def open_database(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the file, made or migrated where needed; closed at the end in every case.

    A statement outside `transaction` is committed at once.

    Raises:
        StoreDamaged: it is no database, or its content is broken.
        StoreError: it cannot be written, or is newer than this program.
    """
    _check_is_file(file)
    with (
        store_errors(file),
        contextlib.closing(sqlite3.connect(file, BUSY_TIMEOUT_S, isolation_level=None)) as db,
    ):
        db.row_factory = sqlite3.Row
        _write_ahead(db)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        _migrate(db, file)
        yield db


def _check_is_file(file: Path) -> None:
    """Refuse what SQLite cannot name, and would wait for, such as a pipe."""
    if os.path.exists(file) and not is_file(file):  # noqa: PTH110 - never raises
        raise StoreError(
            f"The database {file} cannot be used, as it is not a file.",
            "Move it away, then try again.",
        )


@contextlib.contextmanager
def store_errors(file: Path) -> Iterator[None]:
    """Turn what SQLite raises within a `with` into a sentence.

    Raises:
        StoreDamaged: the file is no database, or its content is broken.
        StoreError: anything else that SQLite cannot do.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, file) from error


def set_aside(file: Path, now: datetime) -> Path:
    """Rename a damaged database, so that a new one can begin; says where it lies now.

    Raises:
        StoreError: it cannot be renamed.
    """
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%d-%H%M%S}")
    try:
        for ending in ("-wal", "-shm", ""):
            part = file.with_name(file.name + ending)
            if part.exists():
                part.rename(aside.with_name(aside.name + ending))
    except OSError as error:
        raise StoreError(f"The database {file} cannot be set aside: {error.strerror}.") from error
    return aside


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of the block's statements, or none of them."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def tidy(db: sqlite3.Connection) -> None:
    """Give unused pages back to the file system, and begin a new write-ahead log."""
    free, pages = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count")
    )
    if 4 * free > pages:
        db.execute("VACUUM")
    db.execute("PRAGMA optimize")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def schema_version(db: sqlite3.Connection) -> int:
    """The number of the last migration that was made; 0 for an empty file."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrations() -> dict[int, str]:
    """The migrations that this program knows, as SQL by their number."""
    return {
        int(file.name[:4]): file.read_text("utf-8") for file in sorted(MIGRATIONS.glob("*.sql"))
    }


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite itself does not wait where two make one file at once."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _migrate(db: sqlite3.Connection, file: Path) -> None:
    known = migrations()
    if schema_version(db) > max(known):
        raise StoreError(
            f"The database {file} was written by a newer companion (schema "
            f"{schema_version(db)}; this one knows {max(known)}).",
            "Install the newest companion.",
        )
    fresh = schema_version(db) == 0
    for number, script in known.items():
        if number > schema_version(db):
            _make(db, file, number, script, fresh=fresh)


def _make(db: sqlite3.Connection, file: Path, number: int, script: str, *, fresh: bool) -> None:
    db.create_function("probit", 1, _probit, deterministic=True)
    with transaction(db):
        if number <= schema_version(db):
            return  # another process was faster
        if not fresh:
            _back_up(file, file.with_name(f"{file.name}.before-{number:04}"))
        _logger.info("migrating the database to schema %d", number)
        for statement in _statements(script):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {number}")


def _probit(share: float) -> float:
    """The inverse of the normal distribution, for migration 10; no further out than .999 is."""
    return NormalDist().inv_cdf(min(max(share, 0.001), 0.999))


def _back_up(file: Path, copy: Path) -> None:
    """Copy what is committed; over a connection of its own, as one that writes cannot be copied."""
    with (
        contextlib.closing(sqlite3.connect(file)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def _statements(script: str) -> Iterator[str]:
    """The script's statements one by one: `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def open_readonly(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there for reading only; its schema may be another than ours.

    Raises:
        StoreError: it is absent, no database, damaged, or may not be read.
    """
    _check_is_file(file)
    # A reader makes the files of the write-ahead log where they are absent, and leaves
    # them; where they are absent nobody writes, and SQLite may be told so.
    writers = file.with_name(f"{file.name}-wal").exists()
    query = "mode=ro" if writers else "mode=ro&immutable=1"
    address = f"{file.absolute().as_uri()}?{query}"
    with (
        store_errors(file),
        contextlib.closing(sqlite3.connect(address, uri=True)) as db,
    ):
        db.row_factory = sqlite3.Row
        yield db
