"""Single facts that have a name, such as when the library was last read whole."""

from __future__ import annotations

import sqlite3
from datetime import datetime

LIBRARY_SYNCED_AT = "library_synced_at"
LIBRARY_READ_WHOLE_AT = "library_read_whole_at"


def save_time(db: sqlite3.Connection, name: str, at: datetime) -> None:
    """Keep a moment under a name."""
    db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, at.isoformat()))


def read_time(db: sqlite3.Connection, name: str) -> datetime | None:
    """The moment kept under the name; None where there is none."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return datetime.fromisoformat(row["value"]) if row else None
