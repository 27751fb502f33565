"""What the user was told by a notice, so that nothing is told twice."""

from __future__ import annotations

import sqlite3
from datetime import datetime


def save_notice(db: sqlite3.Connection, word: str, at: datetime) -> bool:
    """Keep that the user is told of a state; False where it was told before."""
    row = (word, at.timestamp())
    return db.execute("INSERT OR IGNORE INTO notices VALUES (?, ?)", row).rowcount == 1


def drop_notices(db: sqlite3.Connection) -> None:
    """All is well again: what comes back after this is told anew."""
    db.execute("DELETE FROM notices")
