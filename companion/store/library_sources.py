"""Where the library's tracks come from, and how far each source has been read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from companion.store.tracks import drop_unseen


@dataclass(frozen=True, slots=True)
class Source:
    """A source that was read whole.

    Attributes:
        version: of its contents, where Spotify names one; else "".
        passed_over: how many of its items cannot be queued.
    """

    version: str
    read_at: datetime
    passed_over: int


@dataclass(frozen=True, slots=True)
class Course:
    """A whole read that is under way.

    Attributes:
        version: of what is read, where Spotify names one; else "".
        began: what was not met since then is gone, once the read is done.
        done: the offset to go on from.
        total: how many items there are, as Spotify said last; None where it did not.
        skipped: how many items cannot be queued, by reason.
        steady: False where items may have been missed.
    """

    version: str
    began: datetime
    done: int = 0
    total: int | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    steady: bool = True


def save_source(db: sqlite3.Connection, name: str, source: Source) -> None:
    """Keep that a source was read whole."""
    db.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)",
        (name, source.version, source.read_at.timestamp(), source.passed_over),
    )


def read_source(db: sqlite3.Connection, name: str) -> Source | None:
    """The last whole read of a source; None before the first."""
    row = db.execute("SELECT * FROM sources WHERE source = ?", (name,)).fetchone()
    if row is None:
        return None
    return Source(row["version"], datetime.fromtimestamp(row["read_at"], UTC), row["passed_over"])


def save_course(db: sqlite3.Connection, name: str, course: Course) -> None:
    """Keep how far a whole read has come."""
    place = (course.done, course.total, json.dumps(course.skipped), course.steady)
    db.execute(
        "INSERT OR REPLACE INTO passes VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, course.version, course.began.timestamp(), *place),
    )


def read_course(db: sqlite3.Connection, name: str) -> Course | None:
    """The whole read that is under way; None where there is none."""
    row = db.execute("SELECT * FROM passes WHERE source = ?", (name,)).fetchone()
    if row is None:
        return None
    return Course(
        version=row["version"],
        began=datetime.fromtimestamp(row["began"], UTC),
        done=row["done"],
        total=row["total"],
        skipped=json.loads(row["skipped"]),
        steady=bool(row["steady"]),
    )


def end_course(db: sqlite3.Connection, name: str) -> None:
    """Forget the whole read that was under way."""
    db.execute("DELETE FROM passes WHERE source = ?", (name,))


def known_sources(db: sqlite3.Connection) -> set[str]:
    """Every source that was read or begun."""
    rows = db.execute("SELECT source FROM sources UNION SELECT source FROM passes")
    return {row["source"] for row in rows}


def drop_source(db: sqlite3.Connection, name: str) -> int:
    """Forget a source, and the tracks that no other one has; says how many."""
    end_course(db, name)
    db.execute("DELETE FROM sources WHERE source = ?", (name,))
    return drop_unseen(db, datetime.max.replace(tzinfo=UTC), name)
