"""Times kept under a name, and the notices that were shown."""

import sqlite3
from datetime import datetime

LIBRARY_SYNCED_AT = "library_synced_at"
HOUSEKEPT_AT = "housekept_at"
CONSENT_ENDS = "consent_ends"  # so that whoever shows it need not ask the keyring
PRIVATE_SINCE = "private_since"  # a session in which Spotify keeps what is heard to itself


def save_time(db: sqlite3.Connection, name: str, at: datetime) -> None:
    """Keep a time under a name."""
    db.execute("INSERT OR REPLACE INTO metadata VALUES (?, ?)", (name, at.isoformat()))


def read_time(db: sqlite3.Connection, name: str) -> datetime | None:
    """Return the time kept under the name; None where there is none."""
    row = db.execute("SELECT value FROM metadata WHERE name = ?", (name,)).fetchone()
    return datetime.fromisoformat(row["value"]) if row else None


def drop_time(db: sqlite3.Connection, name: str) -> None:
    """Forget the time kept under a name."""
    db.execute("DELETE FROM metadata WHERE name = ?", (name,))


def save_notice(db: sqlite3.Connection, word: str, at: datetime) -> bool:
    """Keep that the user is told of a state; False where it was told before."""
    row = (word, at.timestamp())
    return db.execute("INSERT OR IGNORE INTO notices VALUES (?, ?)", row).rowcount == 1


def drop_notices(db: sqlite3.Connection) -> None:
    """All is well again: what comes back after this is told anew."""
    db.execute("DELETE FROM notices")
