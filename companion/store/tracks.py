"""The user's library, as the last sync saw it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from companion.store.database import transaction
from companion.track import Track

SAVED = "saved"
"""The source of the user's saved tracks; a playlist's source is its id."""


def save_tracks(
    db: sqlite3.Connection, tracks: Iterable[Track], seen_at: datetime, source: str = SAVED
) -> None:
    """Add the tracks of a source, or bring them up to date.

    When a track was saved holds against when it came into a playlist.
    """
    with transaction(db):
        for track in tracks:
            db.execute(
                "INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
                "SET uri = excluded.uri, title = excluded.title, artists = excluded.artists, "
                "album = excluded.album, duration_ms = excluded.duration_ms, "
                "isrc = excluded.isrc, explicit = excluded.explicit, "
                "added_at = CASE WHEN ? THEN excluded.added_at ELSE added_at END",
                (*_row(track), source == SAVED),
            )
            db.execute(
                "INSERT OR REPLACE INTO track_sources VALUES (?, ?, ?)",
                (track.id, source, seen_at.timestamp()),
            )


def drop_unseen(db: sqlite3.Connection, since: datetime, source: str = SAVED) -> int:
    """Forget the tracks that no sync met in the source since then, unless another one has them.

    Their tags go too. Returns how many tracks went.
    """
    with transaction(db):
        db.execute(
            "DELETE FROM track_sources WHERE source = ? AND seen_at < ?",
            (source, since.timestamp()),
        )
        return db.execute(
            "DELETE FROM tracks WHERE id NOT IN (SELECT track_id FROM track_sources)"
        ).rowcount


def known_ids(db: sqlite3.Connection, ids: Collection[str], source: str = SAVED) -> set[str]:
    """Those of the ids that the source has."""
    query = (
        "SELECT track_id FROM track_sources "
        "WHERE source = ? AND track_id IN (SELECT value FROM json_each(?))"
    )
    return {row["track_id"] for row in db.execute(query, (source, json.dumps(list(ids))))}


def count_source(db: sqlite3.Connection, source: str = SAVED) -> int:
    """How many tracks the source has."""
    query = "SELECT count(*) FROM track_sources WHERE source = ?"
    count: int = db.execute(query, (source,)).fetchone()[0]
    return count


def count_tracks(db: sqlite3.Connection) -> int:
    """How many tracks the library has."""
    count: int = db.execute("SELECT count(*) FROM tracks").fetchone()[0]
    return count


def read_track(row: sqlite3.Row) -> Track:
    """The track in a row that has the columns of `tracks`."""
    added_at = row["added_at"]
    return Track(
        id=row["id"],
        uri=row["uri"],
        title=row["title"],
        artists=tuple(json.loads(row["artists"])),
        album=row["album"],
        duration_ms=row["duration_ms"],
        isrc=row["isrc"],
        explicit=bool(row["explicit"]),
        added_at=None if added_at is None else datetime.fromtimestamp(added_at, UTC),
    )


def _row(track: Track) -> tuple[object, ...]:
    added_at = track.added_at.timestamp() if track.added_at else None
    artists = json.dumps(track.artists, ensure_ascii=False)
    return (
        track.id,
        track.uri,
        track.title,
        artists,
        track.album,
        track.duration_ms,
        track.isrc,
        track.explicit,
        added_at,
    )
