"""Tracks that the user put elsewhere on the affect plane than the music model did.

The place of a correction stands in the track's tag, so that whatever reads tags goes by it; what
the model said is kept beside it. Tagging the track anew changes only the latter.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.affect import Affect, Quadrant
from companion.store.database import transaction

CORRECTED = (
    *("q1", "q2", "q3", "q4"),
    *("valence", "arousal", "confidence", "valence_spread", "arousal_spread"),
)
"""The columns of a tag that a correction changes."""
SURE = 1.0
"""The confidence of a tag that the user has put right."""


@dataclass(frozen=True, slots=True)
class TrackCorrection:
    """A track that the user moved.

    Attributes:
        meant: where the user put it.
        said: where the model's newest tag puts it; None where it has none.
    """

    track_id: str
    at: datetime
    meant: Affect
    said: Affect | None = None


def save_track_correction(
    db: sqlite3.Connection, track_id: str, meant: Affect, at: datetime
) -> None:
    """Keep where the user puts a track; an older correction of it is replaced."""
    with transaction(db):
        kept = db.execute(
            "SELECT said FROM track_corrections WHERE track_id = ?", (track_id,)
        ).fetchone()
        said = kept["said"] if kept else _said(db, track_id)
        db.execute(
            "INSERT OR REPLACE INTO track_corrections VALUES (?, ?, ?, ?, ?)",
            (track_id, at.timestamp(), meant.valence, meant.arousal, said),
        )
        _put(db, track_id, meant)


def drop_track_correction(db: sqlite3.Connection, track_id: str) -> bool:
    """Put the track back where the model's tag puts it; True where it was corrected."""
    with transaction(db):
        row = db.execute(
            "DELETE FROM track_corrections WHERE track_id = ? RETURNING said", (track_id,)
        ).fetchone()
        if row is None:
            return False
        said = json.loads(row["said"])
        if said:
            _write(db, track_id, [said[name] for name in CORRECTED])
    return True


def read_track_corrections(db: sqlite3.Connection) -> list[TrackCorrection]:
    """All corrections of tracks, oldest first, such as to learn from them."""
    rows = db.execute("SELECT * FROM track_corrections ORDER BY at, track_id")
    return [_read(row) for row in rows]


def correct_new_tag(db: sqlite3.Connection, track_id: str) -> None:
    """Let the user's correction hold for a tag that was just written; within a transaction."""
    row = db.execute("SELECT * FROM track_corrections WHERE track_id = ?", (track_id,)).fetchone()
    if row is not None:
        db.execute(
            "UPDATE track_corrections SET said = ? WHERE track_id = ?",
            (_said(db, track_id), track_id),
        )
        _put(db, track_id, Affect(row["valence"], row["arousal"]))


def _said(db: sqlite3.Connection, track_id: str) -> str:
    row = db.execute("SELECT * FROM tags WHERE track_id = ?", (track_id,)).fetchone()
    return json.dumps({name: row[name] for name in CORRECTED} if row else {})


def _put(db: sqlite3.Connection, track_id: str, place: Affect) -> None:
    shares = [float(quadrant is place.quadrant) for quadrant in Quadrant]
    _write(db, track_id, [*shares, place.valence, place.arousal, SURE, 0.0, 0.0])


def _write(db: sqlite3.Connection, track_id: str, values: list[float]) -> None:
    names = ", ".join(f"{name} = ?" for name in CORRECTED)
    db.execute(f"UPDATE tags SET {names} WHERE track_id = ?", (*values, track_id))  # noqa: S608 - our own names


def _read(row: sqlite3.Row) -> TrackCorrection:
    said = json.loads(row["said"])
    return TrackCorrection(
        track_id=row["track_id"],
        at=datetime.fromtimestamp(row["at"], UTC),
        meant=Affect(row["valence"], row["arousal"]),
        said=Affect(said["valence"], said["arousal"]) if said else None,
    )
