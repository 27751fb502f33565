"""The readings of the face model."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from companion.affect import Affect, Emotion, FaceMood, LookDescription


def save_reading(
    db: sqlite3.Connection,
    mood: FaceMood,
    model: str,
    at: datetime,
    visit_id: int | None = None,
    look: LookDescription | None = None,
) -> None:
    """Keep one reading; it has no visit where that was forgotten meanwhile.

    Of the look its features are kept, by which the user can correct it, and not whose it is.
    """
    db.execute(
        "INSERT INTO readings (at, probabilities, valence, arousal, confidence, frames, model, "
        "look_model, features, visit_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM visits WHERE id = ?))",
        (
            at.timestamp(),
            json.dumps({emotion.value: p for emotion, p in mood.probabilities.items()}),
            mood.affect.valence,
            mood.affect.arousal,
            mood.confidence,
            mood.frames,
            model,
            look.model if look else None,
            json.dumps(look.features) if look else None,
            visit_id,
        ),
    )


def readings_since(db: sqlite3.Connection, since: datetime) -> list[tuple[datetime, FaceMood]]:
    """The readings of that time and later, oldest first."""
    rows = db.execute("SELECT * FROM readings WHERE at >= ? ORDER BY at", (since.timestamp(),))
    return [(datetime.fromtimestamp(row["at"], UTC), read_mood(row)) for row in rows]


def newest_reading(db: sqlite3.Connection) -> tuple[datetime, FaceMood, str] | None:
    """The newest reading with its time and its model's label; None before the first."""
    row = db.execute("SELECT * FROM readings ORDER BY at DESC LIMIT 1").fetchone()
    if row is None:
        return None
    return datetime.fromtimestamp(row["at"], UTC), read_mood(row), row["model"]


def reading_of_visit(
    db: sqlite3.Connection, visit_id: int
) -> tuple[datetime, FaceMood, str] | None:
    """The reading of a visit with its time and its model's label; None where it has none."""
    row = db.execute("SELECT * FROM readings WHERE visit_id = ?", (visit_id,)).fetchone()
    if row is None:
        return None
    return datetime.fromtimestamp(row["at"], UTC), read_mood(row), row["model"]


def drop_readings(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the readings before then; return their number."""
    return db.execute("DELETE FROM readings WHERE at < ?", (before.timestamp(),)).rowcount


def read_mood(row: sqlite3.Row) -> FaceMood:
    """Return the mood in a row that has the columns of `readings`."""
    probabilities = json.loads(row["probabilities"])
    return FaceMood(
        probabilities={Emotion(name): share for name, share in probabilities.items()},
        affect=Affect(row["valence"], row["arousal"]),
        confidence=row["confidence"],
        frames=row["frames"],
    )
