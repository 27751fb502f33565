"""When the user had the camera opened by a command that is no visit; visits tell it themselves."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime


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
