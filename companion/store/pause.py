"""Whether the user wants the companion to pause."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when, and until when; None: until the user resumes."""

    since: datetime
    until: datetime | None


def save_pause(db: sqlite3.Connection, pause: Pause) -> None:
    """Pause; a pause from before is replaced."""
    until = pause.until.timestamp() if pause.until else None
    db.execute("INSERT OR REPLACE INTO pause VALUES (1, ?, ?)", (pause.since.timestamp(), until))


def drop_pause(db: sqlite3.Connection) -> bool:
    """Resume; whether there was a pause."""
    return db.execute("DELETE FROM pause").rowcount == 1


def read_pause(db: sqlite3.Connection, now: datetime) -> Pause | None:
    """The pause that holds now; None where there is none, or it is over."""
    row = db.execute("SELECT * FROM pause").fetchone()
    if row is None or (row["until"] is not None and row["until"] <= now.timestamp()):
        return None
    until = None if row["until"] is None else datetime.fromtimestamp(row["until"], UTC)
    return Pause(datetime.fromtimestamp(row["since"], UTC), until)
