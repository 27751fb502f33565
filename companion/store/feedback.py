"""What the user said of tracks: likes, skips, and what is blocked."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from companion.track import Track


class Word(StrEnum):
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
    db: sqlite3.Connection, track: Track, word: Word, region: str | None, at: datetime
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
