"""Times kept under a name, and the notices that were shown."""

from __future__ import annotations

import sqlite3
from datetime import datetime

LIBRARY_SYNCED_AT = "library_synced_at"
HOUSEKEPT_AT = "housekept_at"
CONSENT_ENDS = "consent_ends"  # so that whoever shows it need not ask the keyring


def save_time(db: sqlite3.Connection, name: str, at: datetime) -> None:
    """Keep a moment under a name."""
    _save_value(db, name, at.isoformat())


def read_time(db: sqlite3.Connection, name: str) -> datetime | None:
    """The moment kept under the name; None where there is none."""
    value = _read_value(db, name)
    return None if value is None else datetime.fromisoformat(value)


def drop_time(db: sqlite3.Connection, name: str) -> None:
    """Forget what is kept under a name."""
    db.execute("DELETE FROM metadata WHERE name = ?", (name,))


def _save_value(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO metadata VALUES (?, ?)", (name, value))


def _read_value(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM metadata WHERE name = ?", (name,)).fetchone()
    return str(row["value"]) if row else None


def save_notice(db: sqlite3.Connection, word: str, at: datetime) -> bool:
    """Keep that the user is told of a state; False where it was told before."""
    row = (word, at.timestamp())
    return db.execute("INSERT OR IGNORE INTO notices VALUES (?, ?)", row).rowcount == 1


def drop_notices(db: sqlite3.Connection) -> None:
    """All is well again: what comes back after this is told anew."""
    db.execute("DELETE FROM notices")
