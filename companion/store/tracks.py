"""The user's library, as the last sync saw it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from companion.store.database import transaction
from companion.track import Track


def save_tracks(db: sqlite3.Connection, tracks: Iterable[Track], seen_at: datetime) -> None:
    """Add the tracks, or bring them up to date."""
    rows = [(*_row(track), seen_at.timestamp()) for track in tracks]
    with transaction(db):
        db.executemany(
            "INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET uri = excluded.uri, title = excluded.title, artists = excluded.artists, "
            "album = excluded.album, duration_ms = excluded.duration_ms, isrc = excluded.isrc, "
            "explicit = excluded.explicit, added_at = excluded.added_at, "
            "seen_at = excluded.seen_at",
            rows,
        )


def drop_unseen(db: sqlite3.Connection, since: datetime) -> int:
    """Forget the tracks, and their tags, that no sync met since then; says how many."""
    return db.execute("DELETE FROM tracks WHERE seen_at < ?", (since.timestamp(),)).rowcount


def known_ids(db: sqlite3.Connection, ids: Collection[str]) -> set[str]:
    """Those of the ids that are in the library."""
    query = "SELECT id FROM tracks WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"] for row in db.execute(query, (json.dumps(list(ids)),))}


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
