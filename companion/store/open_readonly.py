"""Looking into the database without changing a byte of it, or of its folder."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from companion.errors import StoreError


@contextlib.contextmanager
def peek(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there for reading only; its schema may be another than ours.

    Raises:
        StoreError: it is absent, no database, damaged, or may not be read.
    """
    # A reader makes the files of the write-ahead log where they are absent, and leaves
    # them; where they are absent nobody writes, and SQLite may be told so.
    writers = file.with_name(f"{file.name}-wal").exists()
    query = "mode=ro" if writers else "mode=ro&immutable=1"
    address = f"{file.absolute().as_uri()}?{query}"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
            db.row_factory = sqlite3.Row
            yield db
    except sqlite3.Error as error:
        raise StoreError(f"The database {file} cannot be read: {error}.") from error
