"""What the user said: likes, skips and blocks of tracks, corrections of readings."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from companion.affect import Affect, Emotion
from companion.track import Track


class FeedbackKind(StrEnum):
    """What can be said of a track, beside blocking it."""

    LIKE = "like"
    SKIP = "skip"


class BlockKind(StrEnum):
    """What can be blocked."""

    TRACK = "track"
    ARTIST = "artist"


@dataclass(frozen=True, slots=True)
class Block:
    """What the user wants never.

    Attributes:
        name: the track's id or the artist's name.
        byline: what it is called.
    """

    kind: BlockKind
    name: str
    byline: str


def save_feedback(
    db: sqlite3.Connection, track: Track, word: FeedbackKind, region: str | None, at: datetime
) -> None:
    """Keep a word on a track, for one mood region or, without one, for all."""
    db.execute(
        "INSERT INTO feedback (at, track_id, artist, byline, word, region) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (at.timestamp(), track.id, track.artist, track.byline, word.value, region),
    )


def save_block(db: sqlite3.Connection, block: Block, at: datetime) -> None:
    """Block a track or an artist; a second time changes nothing."""
    db.execute(
        "INSERT OR IGNORE INTO blocks (kind, name, byline, at) VALUES (?, ?, ?, ?)",
        (block.kind.value, block.name, block.byline, at.timestamp()),
    )


def drop_block(db: sqlite3.Connection, kind: BlockKind, name: str) -> bool:
    """Unblock; whether it was blocked."""
    query = "DELETE FROM blocks WHERE kind = ? AND name = ?"
    return db.execute(query, (kind.value, name)).rowcount == 1


def blocks(db: sqlite3.Connection) -> list[Block]:
    """All that is blocked, oldest first."""
    rows = db.execute("SELECT * FROM blocks ORDER BY at, name")
    return [Block(BlockKind(row["kind"]), row["name"], row["byline"]) for row in rows]


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
    return [_read_correction(row) for row in rows]


def _read_correction(row: sqlite3.Row) -> KeptCorrection:
    place = None if row["valence"] is None else Affect(row["valence"], row["arousal"])
    at = datetime.fromtimestamp(row["reading_at"], UTC)
    return KeptCorrection(at, row["model"], Emotion(row["said"]), row["name"], place)
