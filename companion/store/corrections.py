"""The readings that the user called wrong."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.affect import Affect, Emotion


@dataclass(frozen=True, slots=True)
class KeptCorrection:
    """A reading that was called wrong.

    Attributes:
        reading_at: when the reading was taken.
        model: the label of the weights whose reading it was.
        said: the emotion that it said.
        name: what the user called the mood, or "".
        meant: where that lies; None where the user only said that it is wrong.
    """

    reading_at: datetime
    model: str
    said: Emotion
    name: str = ""
    meant: Affect | None = None


def save_correction(db: sqlite3.Connection, kept: KeptCorrection, at: datetime) -> None:
    """Keep it; an older one of the same reading is replaced."""
    db.execute(
        "INSERT OR REPLACE INTO corrections (reading_at, at, model, said, name, valence, arousal) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            kept.reading_at.timestamp(),
            at.timestamp(),
            kept.model,
            kept.said.value,
            kept.name,
            kept.meant.valence if kept.meant else None,
            kept.meant.arousal if kept.meant else None,
        ),
    )


def corrections(db: sqlite3.Connection) -> list[KeptCorrection]:
    """The corrections of the present model's readings, oldest reading first.

    The present model is that of the newest reading: what another one got wrong says nothing.
    """
    rows = db.execute(
        "SELECT * FROM corrections WHERE model = "
        "(SELECT model FROM readings ORDER BY at DESC LIMIT 1) ORDER BY reading_at"
    )
    return [_read(row) for row in rows]


def _read(row: sqlite3.Row) -> KeptCorrection:
    place = None if row["valence"] is None else Affect(row["valence"], row["arousal"])
    at = datetime.fromtimestamp(row["reading_at"], UTC)
    return KeptCorrection(at, row["model"], Emotion(row["said"]), row["name"], place)
