"""The readings of the face model, and the baseline of the user's resting face."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from companion.affect import Affect, Baseline, Emotion, FaceMood


def save_reading(
    db: sqlite3.Connection, mood: FaceMood, model: str, at: datetime, visit_id: int | None = None
) -> None:
    """Keep one reading; it has no visit where that was forgotten meanwhile."""
    db.execute(
        "INSERT INTO readings (at, probabilities, valence, arousal, confidence, frames, model, "
        "visit_id) VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM visits WHERE id = ?))",
        (
            at.timestamp(),
            json.dumps({emotion.value: p for emotion, p in mood.probabilities.items()}),
            mood.affect.valence,
            mood.affect.arousal,
            mood.confidence,
            mood.frames,
            model,
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


def save_baseline(db: sqlite3.Connection, baseline: Baseline, at: datetime) -> None:
    """Keep it in the place of an earlier one."""
    log_shares = dict(zip(Emotion, baseline.log_shares, strict=True))
    db.execute(
        "INSERT OR REPLACE INTO baseline VALUES (1, ?, ?, ?, ?)",
        (baseline.model, json.dumps(log_shares), baseline.looks, at.timestamp()),
    )


def read_baseline(db: sqlite3.Connection) -> tuple[Baseline, datetime] | None:
    """Return the baseline and when it was taken; None where there is none."""
    row = db.execute("SELECT * FROM baseline").fetchone()
    if row is None:
        return None
    log_shares = json.loads(row["log_shares"])
    own = tuple(float(log_shares[emotion]) for emotion in Emotion)
    return Baseline(row["model"], own, row["looks"]), datetime.fromtimestamp(row["at"], UTC)


def drop_baseline(db: sqlite3.Connection) -> bool:
    """Forget it; True where there was one."""
    return db.execute("DELETE FROM baseline").rowcount > 0
