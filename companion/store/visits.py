"""How each visit ended."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit.

    Attributes:
        outcome: a word of the closed set in `companion.agent.visit.outcome`.
        detail: the rest of the sentence, for a person.
        camera: whether the camera was opened.
    """

    at: datetime
    outcome: str
    detail: str
    camera: bool


def save_visit(db: sqlite3.Connection, visit: Visit, row: int | None = None) -> int | None:
    """Keep one visit, in place of the one in `row` where that is given; returns its row."""
    return db.execute(
        "INSERT OR REPLACE INTO visits (id, at, outcome, detail, camera) VALUES (?, ?, ?, ?, ?)",
        (row, visit.at.timestamp(), visit.outcome, visit.detail, visit.camera),
    ).lastrowid


def count_camera_uses(db: sqlite3.Connection, since: datetime, until: datetime) -> int:
    """How many visits opened the camera after `since`, up to `until`."""
    query = "SELECT count(*) FROM visits WHERE camera AND at > ? AND at <= ?"
    count: int = db.execute(query, (since.timestamp(), until.timestamp())).fetchone()[0]
    return count


def drop_visits(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the visits before then; says how many."""
    return db.execute("DELETE FROM visits WHERE at < ?", (before.timestamp(),)).rowcount


def last_visit(db: sqlite3.Connection) -> Visit | None:
    """The newest visit; None before the first."""
    row = db.execute("SELECT * FROM visits ORDER BY at DESC, id DESC LIMIT 1").fetchone()
    return _read(row) if row else None


def visits_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[Visit]:
    """The visits from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT * FROM visits WHERE at >= ? AND at < ? ORDER BY at, id",
        (begin.timestamp(), end.timestamp()),
    )
    return [_read(row) for row in rows]


def _read(row: sqlite3.Row) -> Visit:
    at = datetime.fromtimestamp(row["at"], UTC)
    return Visit(at, row["outcome"], row["detail"], bool(row["camera"]))
