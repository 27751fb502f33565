"""The user's feedback: likes, skips and blocks of tracks, corrections of readings."""

import sqlite3
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from companion.affect import Affect, Correction, Emotion
from companion.store.database import transaction
from companion.store.tracks.corrections import take_back_correction
from companion.track import Track


class FeedbackKind(StrEnum):
    """The feedback on a track, beside blocking it."""

    LIKE = "like"
    SKIP = "skip"


class BlockKind(StrEnum):
    """The things that can be blocked."""

    TRACK = "track"
    ARTIST = "artist"


@dataclass(frozen=True, slots=True)
class Block:
    """A track or an artist that must never be queued.

    Attributes:
        name: the track's id or the artist's name.
        byline: its name, as a person reads it.
    """

    kind: BlockKind
    name: str
    byline: str


def save_feedback(
    db: sqlite3.Connection, track: Track, kind: FeedbackKind, region: str | None, at: datetime
) -> FeedbackKind | None:
    """Keep feedback on a track, for one mood region or, without one, for all.

    Returns:
        the contrary feedback on the same track and region that it replaces, if there was any.
    """
    contrary = FeedbackKind.SKIP if kind is FeedbackKind.LIKE else FeedbackKind.LIKE
    with transaction(db):
        replaced = db.execute(
            "DELETE FROM feedback WHERE track_id = ? AND word = ? AND region IS ?",
            (track.id, contrary.value, region),
        ).rowcount
        db.execute(
            "INSERT INTO feedback (at, track_id, artist, byline, word, region) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (at.timestamp(), track.id, track.artist, track.byline, kind.value, region),
        )
    return contrary if replaced else None


def liked_ids(db: sqlite3.Connection) -> set[str]:
    """Return the ids of the tracks that the user said to like, in any mood."""
    query = "SELECT track_id FROM feedback WHERE word = ?"
    return {row["track_id"] for row in db.execute(query, (FeedbackKind.LIKE.value,))}


@dataclass(frozen=True, slots=True)
class Undone:
    """The feedback that was taken back.

    Attributes:
        command: the one that gave it.
        name: of the track, artist or mood.
        track_id: of a like or a skip; else "".
        said: where a corrected reading was; None where it was forgotten, and of all else.
        meant: where the correction put it, if anywhere.
    """

    command: str
    name: str
    at: datetime
    track_id: str = ""
    said: Affect | None = None
    meant: Affect | None = None


def undo_last(db: sqlite3.Connection) -> Undone | None:
    """Delete the newest like, skip, block, correction, moved track or mood set by hand.

    Returns:
        what that was; None if there is none.
    """
    with transaction(db):
        newest = db.execute(
            "SELECT word AS command, byline AS name, at, 'feedback' AS place, rowid AS row "
            "FROM feedback "
            "UNION ALL SELECT 'block', byline, at, 'blocks', rowid FROM blocks "
            "UNION ALL SELECT 'wrong', name, at, 'corrections', rowid FROM corrections "
            "UNION ALL SELECT 'mood', name, at, 'set_mood', rowid FROM set_mood "
            "UNION ALL SELECT 'move', coalesce(title, track_id), at, track_id, NULL "
            "FROM track_corrections LEFT JOIN tracks ON id = track_id "
            "ORDER BY at DESC LIMIT 1"
        ).fetchone()
        if newest is None:
            return None
        undone = _describe(db, newest)
        if newest["command"] == "move":
            take_back_correction(db, newest["place"])
        else:
            query = f"DELETE FROM {newest['place']} WHERE rowid = ?"  # noqa: S608 - named above
            db.execute(query, (newest["row"],))
    return undone


def _describe(db: sqlite3.Connection, newest: sqlite3.Row) -> Undone:
    at = datetime.fromtimestamp(newest["at"], UTC)
    found = Undone(newest["command"], newest["name"], at)
    if newest["place"] == "feedback":
        query = "SELECT track_id FROM feedback WHERE rowid = ?"
        track_id = db.execute(query, (newest["row"],)).fetchone()["track_id"]
        return replace(found, track_id=track_id)
    if newest["place"] != "corrections":
        return found
    row = db.execute(
        "SELECT corrections.valence AS meant_valence, corrections.arousal AS meant_arousal, "
        "readings.valence, readings.arousal FROM corrections "
        "LEFT JOIN readings ON readings.at = reading_at WHERE corrections.rowid = ?",
        (newest["row"],),
    ).fetchone()
    return replace(
        found,
        said=_place(row["valence"], row["arousal"]),
        meant=_place(row["meant_valence"], row["meant_arousal"]),
    )


def _place(valence: float | None, arousal: float | None) -> Affect | None:
    return None if valence is None or arousal is None else Affect(valence, arousal)


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


def save_correction(db: sqlite3.Connection, correction: Correction, at: datetime) -> None:
    """Keep a correction with what was seen; an older one of the same reading is replaced."""
    times = (correction.reading_at.timestamp(), at.timestamp())
    said = (correction.model, correction.said.value, correction.name)
    place = astuple(correction.meant) if correction.meant else (None, None)
    db.execute(
        "INSERT OR REPLACE INTO corrections "
        "(reading_at, at, model, said, name, valence, arousal, look_model, features) "
        "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, look_model, features "
        "FROM (SELECT 1) LEFT JOIN readings ON at = ?1 LIMIT 1",
        (*times, *said, *place),
    )


def read_corrections(db: sqlite3.Connection) -> list[Correction]:
    """The corrections of the present model's readings, oldest reading first.

    The present model is that of the newest reading: what another one got wrong says nothing.
    """
    rows = db.execute(
        "SELECT * FROM corrections WHERE model = "
        "(SELECT model FROM readings ORDER BY at DESC LIMIT 1) ORDER BY reading_at"
    )
    return [_read_correction(row) for row in rows]


def _read_correction(row: sqlite3.Row) -> Correction:
    place = _place(row["valence"], row["arousal"])
    at = datetime.fromtimestamp(row["reading_at"], UTC)
    return Correction(at, row["model"], Emotion(row["said"]), row["name"], place)
