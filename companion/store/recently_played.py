"""What played when the companion asked Spotify, whoever chose it."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

KEPT = timedelta(days=2)


def save_heard(db: sqlite3.Connection, track_id: str, at: datetime) -> None:
    """Keep that a track plays; what is too old to matter goes."""
    db.execute("INSERT OR REPLACE INTO heard VALUES (?, ?)", (track_id, at.timestamp()))
    db.execute("DELETE FROM heard WHERE at < ?", ((at - KEPT).timestamp(),))


def heard_since(db: sqlite3.Connection, since: datetime) -> set[str]:
    """The ids of what has played since then."""
    rows = db.execute("SELECT track_id FROM heard WHERE at >= ?", (since.timestamp(),))
    return {row["track_id"] for row in rows}
