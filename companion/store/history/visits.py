"""The visits, and the uses of the camera by commands that are no visit."""

import sqlite3
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from companion.affect import FaceMood
from companion.store.face.readings import read_mood
from companion.store.history.queue import QueueEntry, read_entry


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit.

    Attributes:
        at: when it began.
        outcome: a word of the closed set in `companion.agent.visit.outcome`.
        detail: the rest of the sentence, for a person.
        camera: True where the camera was opened.
        camera_seconds: for how long; None where it is not known, as of a look that failed.
    """

    at: datetime
    outcome: str
    detail: str
    camera: bool
    camera_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A visit with its reading and its queue entry; None for what it did not come to."""

    visit: Visit
    reading: FaceMood | None = None
    entry: QueueEntry | None = None


def save_visit(db: sqlite3.Connection, visit: Visit, visit_id: int | None = None) -> int:
    """Keep a visit, in place of what is kept under an id where one is given; return its id."""
    row = db.execute(
        "INSERT INTO visits (id, at, outcome, detail, camera, camera_seconds) "
        "VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET at = excluded.at, outcome = excluded.outcome, "
        "detail = excluded.detail, camera = excluded.camera, "
        "camera_seconds = excluded.camera_seconds RETURNING id",
        (visit_id, visit.at.timestamp(), *astuple(visit)[1:]),
    ).fetchone()
    return int(row["id"])


def count_camera_uses(db: sqlite3.Connection, since: datetime, until: datetime) -> int:
    """Count the visits and the commands that opened the camera after `since`, up to `until`."""
    query = (
        "SELECT (SELECT count(*) FROM visits WHERE camera AND at > :since AND at <= :until) "
        "+ (SELECT count(*) FROM camera_uses WHERE at > :since AND at <= :until)"
    )
    span = {"since": since.timestamp(), "until": until.timestamp()}
    count: int = db.execute(query, span).fetchone()[0]
    return count


def drop_visits(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the visits that began before then; return their number."""
    return db.execute("DELETE FROM visits WHERE at < ?", (before.timestamp(),)).rowcount


def last_visit(db: sqlite3.Connection) -> Visit | None:
    """Return the newest visit; None before the first."""
    row = db.execute(
        "SELECT at AS began_at, outcome, detail, camera, camera_seconds FROM visits "
        "ORDER BY at DESC, id DESC LIMIT 1"
    ).fetchone()
    return _read_visit(row) if row else None


def visits_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[VisitRecord]:
    """Return the visits that began from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT visits.at AS began_at, outcome, detail, camera, camera_seconds, "
        "probabilities, valence, arousal, confidence, frames, queue_entries.* "
        "FROM visits LEFT JOIN readings ON readings.visit_id = visits.id "
        "LEFT JOIN queue_entries ON queue_entries.visit_id = visits.id "
        "WHERE visits.at >= ? AND visits.at < ? ORDER BY visits.at, visits.id",
        (begin.timestamp(), end.timestamp()),
    )
    return [
        VisitRecord(
            visit=_read_visit(row),
            reading=None if row["probabilities"] is None else read_mood(row),
            entry=None if row["track"] is None else read_entry(row),
        )
        for row in rows
    ]


def _read_visit(row: sqlite3.Row) -> Visit:
    at = datetime.fromtimestamp(row["began_at"], UTC)
    camera, seconds = bool(row["camera"]), row["camera_seconds"]
    return Visit(at, row["outcome"], row["detail"], camera, seconds)


@dataclass(frozen=True, slots=True)
class CameraUse:
    """One use of the camera, by the command that opened it; `seconds` is None until its end."""

    at: datetime
    command: str
    seconds: float | None = None


def save_camera_use(db: sqlite3.Connection, use: CameraUse) -> None:
    """Keep one use; once it has ended, keep how long it was in place of what was kept before."""
    drop_camera_use(db, use)
    db.execute(
        "INSERT INTO camera_uses (at, command, seconds) VALUES (?, ?, ?)",
        (use.at.timestamp(), use.command, use.seconds),
    )


def drop_camera_use(db: sqlite3.Connection, use: CameraUse) -> None:
    """Forget one use, as of a camera that turned out to be missing."""
    query = "DELETE FROM camera_uses WHERE at = ? AND command = ?"
    db.execute(query, (use.at.timestamp(), use.command))


def camera_uses_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[CameraUse]:
    """The uses from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT * FROM camera_uses WHERE at >= ? AND at < ? ORDER BY at",
        (begin.timestamp(), end.timestamp()),
    )
    return [
        CameraUse(datetime.fromtimestamp(row["at"], UTC), row["command"], row["seconds"])
        for row in rows
    ]


def drop_camera_uses(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the uses before then; return their number."""
    return db.execute("DELETE FROM camera_uses WHERE at < ?", (before.timestamp(),)).rowcount
