"""Single facts that have a name, such as when the library was last read whole."""

from __future__ import annotations

import sqlite3
from datetime import datetime

LIBRARY_SYNCED_AT = "library_synced_at"
HOUSE_KEPT_AT = "house_kept_at"
CONSENT_ENDS = "consent_ends"  # so that whoever shows it need not ask the keyring


def save_time(db: sqlite3.Connection, name: str, at: datetime) -> None:
    """Keep a moment under a name."""
    _save(db, name, at.isoformat())


def read_time(db: sqlite3.Connection, name: str) -> datetime | None:
    """The moment kept under the name; None where there is none."""
    value = _read(db, name)
    return None if value is None else datetime.fromisoformat(value)


def drop_fact(db: sqlite3.Connection, name: str) -> None:
    """Forget what is kept under a name."""
    db.execute("DELETE FROM facts WHERE name = ?", (name,))


def _save(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def _read(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(row["value"]) if row else None
