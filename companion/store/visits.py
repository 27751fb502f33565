"""The visits, and the uses of the camera by commands that are no visit."""

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
    return _read_visit(row) if row else None


def visits_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[Visit]:
    """The visits from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT * FROM visits WHERE at >= ? AND at < ? ORDER BY at, id",
        (begin.timestamp(), end.timestamp()),
    )
    return [_read_visit(row) for row in rows]


def _read_visit(row: sqlite3.Row) -> Visit:
    at = datetime.fromtimestamp(row["at"], UTC)
    return Visit(at, row["outcome"], row["detail"], bool(row["camera"]))


@dataclass(frozen=True, slots=True)
class CameraUse:
    """One use of the camera, by the command that opened it."""

    at: datetime
    command: str


def save_camera_use(db: sqlite3.Connection, use: CameraUse) -> None:
    """Keep one use."""
    db.execute("INSERT INTO camera_uses VALUES (?, ?)", (use.at.timestamp(), use.command))


def camera_uses_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[CameraUse]:
    """The uses from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT * FROM camera_uses WHERE at >= ? AND at < ? ORDER BY at",
        (begin.timestamp(), end.timestamp()),
    )
    return [CameraUse(datetime.fromtimestamp(row["at"], UTC), row["command"]) for row in rows]


def drop_camera_uses(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the uses before then; says how many."""
    return db.execute("DELETE FROM camera_uses WHERE at < ?", (before.timestamp(),)).rowcount
