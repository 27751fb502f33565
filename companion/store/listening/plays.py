"""The tracks that were played, and what Spotify said would come next."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from companion.affect import Affect
from companion.playback import Initiative, Play, PlayEnding, PlayerSnapshot, tag_spread
from companion.store.database import transaction
from companion.track import Track

AGAIN_WITHIN = timedelta(hours=1)

_SELECT = (
    "SELECT plays.*, coalesce(meant.valence, tags.valence) AS valence, "
    "coalesce(meant.arousal, tags.arousal) AS arousal, "
    "CASE WHEN meant.at IS NULL THEN tags.confidence ELSE 1.0 END AS confidence "
    "FROM plays LEFT JOIN tags ON tags.track_id = plays.track_id "
    "LEFT JOIN track_corrections AS meant ON meant.track_id = plays.track_id "
)
"""Plays, each with where the user moved its track, else with the place of its tag."""


@dataclass(frozen=True, slots=True)
class StoredPlay:
    """A play and its id in the store."""

    id: int
    play: Play


def begin_play(
    db: sqlite3.Connection, seen: PlayerSnapshot, initiative: Initiative, at: datetime
) -> None:
    """Keep that the track of a snapshot has begun; one without an id is left out."""
    if seen.track is None or not seen.track.id:
        return
    db.execute(
        "INSERT INTO plays (track_id, started_at, initiative, ending, album, context, shuffled, "
        "volume) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            library_id(db, seen.track),
            at.timestamp(),
            initiative.value,
            PlayEnding.PLAYING.value,
            seen.track.album,
            seen.context,
            seen.shuffled,
            seen.volume,
        ),
    )


def library_id(db: sqlite3.Connection, track: Track) -> str:
    """The id by which the library has a recording, which Spotify may play under another one."""
    row = db.execute(
        "SELECT id FROM tracks WHERE id = :id OR (isrc = :isrc AND isrc != '') "
        "ORDER BY id != :id LIMIT 1",
        {"id": track.id, "isrc": track.isrc},
    ).fetchone()
    return row["id"] if row else track.id


def complete_play(
    db: sqlite3.Connection, kept: StoredPlay, seen: PlayerSnapshot, initiative: Initiative
) -> None:
    """Add what a later snapshot tells of the same play."""
    play = kept.play
    known = (
        initiative.value,
        play.album or (seen.track.album if seen.track else ""),
        seen.context or play.context,
        play.shuffled if seen.shuffled is None else seen.shuffled,
        play.volume if seen.volume is None else seen.volume,
    )
    if known != (play.initiative.value, play.album, play.context, play.shuffled, play.volume):
        db.execute(
            "UPDATE plays SET initiative = ?, album = ?, context = ?, shuffled = ?, volume = ? "
            "WHERE id = ?",
            (*known, kept.id),
        )


def end_play(db: sqlite3.Connection, play_id: int, ending: PlayEnding) -> None:
    """Keep how a play ended."""
    db.execute("UPDATE plays SET ending = ? WHERE id = ?", (ending.value, play_id))


def newest_plays(db: sqlite3.Connection, count: int) -> list[StoredPlay]:
    """The newest plays, newest first."""
    rows = db.execute(f"{_SELECT} ORDER BY plays.id DESC LIMIT ?", (count,))
    return [StoredPlay(row["id"], _read(row)) for row in rows]


def plays_since(db: sqlite3.Connection, since: datetime) -> list[Play]:
    """The plays that began then or later, oldest first, each with the place of its tag."""
    rows = db.execute(
        f"{_SELECT} WHERE started_at >= ? ORDER BY started_at, plays.id", (since.timestamp(),)
    )
    return list(_mark_again(map(_read, rows)))


def drop_plays(db: sqlite3.Connection, before: datetime) -> int:
    """Forget the plays that began before then; return their number."""
    return db.execute("DELETE FROM plays WHERE started_at < ?", (before.timestamp(),)).rowcount


def drop_play(db: sqlite3.Connection, play_id: int) -> None:
    """Forget one play."""
    db.execute("DELETE FROM plays WHERE id = ?", (play_id,))


def save_upcoming(db: sqlite3.Connection, coming: Collection[Track], at: datetime) -> None:
    """Keep what Spotify shows as coming, in place of what it showed before."""
    with transaction(db):
        db.execute("DELETE FROM upcoming")
        db.executemany(
            "INSERT OR IGNORE INTO upcoming VALUES (?, ?)",
            [(track.id, at.timestamp()) for track in coming if track.id],
        )


def upcoming_since(db: sqlite3.Connection, since: datetime) -> set[str]:
    """The ids of what Spotify has shown as coming, if that was then or later."""
    rows = db.execute("SELECT track_id FROM upcoming WHERE at >= ?", (since.timestamp(),))
    return {row["track_id"] for row in rows}


def _read(row: sqlite3.Row) -> Play:
    tagged = row["confidence"] is not None
    return Play(
        track_id=row["track_id"],
        started_at=datetime.fromtimestamp(row["started_at"], UTC),
        affect=Affect(row["valence"], row["arousal"]) if tagged else None,
        spread=tag_spread(row["confidence"] if tagged else 0.0),
        initiative=Initiative(row["initiative"]),
        ending=PlayEnding(row["ending"]),
        album=row["album"],
        context=row["context"],
        shuffled=None if row["shuffled"] is None else bool(row["shuffled"]),
        volume=row["volume"],
    )


def _mark_again(plays: Iterable[Play]) -> Iterable[Play]:
    """Mark what the user had played within the hour before."""
    before: dict[str, datetime] = {}
    for play in plays:
        last = before.get(play.track_id)
        again = last is not None and play.started_at - last <= AGAIN_WITHIN
        before[play.track_id] = play.started_at
        yield replace(play, again=again and play.initiative is Initiative.USER)
