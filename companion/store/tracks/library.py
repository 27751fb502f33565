"""The user's library: its tracks, the sources they come from, and how to find one by its name."""

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from companion.names import fits_words
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
                "INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET uri = excluded.uri, title = excluded.title, "
                "artists = excluded.artists, "
                "album = excluded.album, duration_ms = excluded.duration_ms, "
                "isrc = excluded.isrc, explicit = excluded.explicit, "
                "is_playable = excluded.is_playable, "
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
    """Count the tracks of the source."""
    query = "SELECT count(*) FROM track_sources WHERE source = ?"
    count: int = db.execute(query, (source,)).fetchone()[0]
    return count


def count_tracks(db: sqlite3.Connection) -> int:
    """Count the tracks of the library."""
    count: int = db.execute("SELECT count(*) FROM tracks").fetchone()[0]
    return count


def tracks_by_id(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, Track]:
    """The tracks with these ids."""
    rows = db.execute(
        "SELECT * FROM tracks WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row["id"]: read_track(row) for row in rows}


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
        is_playable=bool(row["is_playable"]),
    )


def _row(track: Track) -> tuple[object, ...]:
    added_at = track.added_at.timestamp() if track.added_at else None
    artists = json.dumps(track.artists, ensure_ascii=False)
    end = (track.album, track.duration_ms, track.isrc, track.explicit, added_at)
    return (track.id, track.uri, track.title, artists, *end, track.is_playable)


@dataclass(frozen=True, slots=True)
class Source:
    """A source that was read whole.

    Attributes:
        version: of its contents, where Spotify names one; else "".
        passed_over: the number of its items that cannot be queued.
    """

    version: str
    read_at: datetime
    passed_over: int


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """A whole read that is under way.

    Attributes:
        version: of what is read, where Spotify names one; else "".
        began: a track not met since then is gone, once the read is done.
        done: the offset to go on from.
        total: the number of items, as Spotify said last; None where it did not.
        skipped: the number of items that cannot be queued, by reason.
        steady: False where items may have been missed.
    """

    version: str
    began: datetime
    done: int = 0
    total: int | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    steady: bool = True


def save_source(db: sqlite3.Connection, name: str, source: Source) -> None:
    """Keep that a source was read whole."""
    db.execute(
        "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)",
        (name, source.version, source.read_at.timestamp(), source.passed_over),
    )


def read_source(db: sqlite3.Connection, name: str) -> Source | None:
    """The last whole read of a source; None before the first."""
    row = db.execute("SELECT * FROM sources WHERE source = ?", (name,)).fetchone()
    if row is None:
        return None
    return Source(row["version"], datetime.fromtimestamp(row["read_at"], UTC), row["passed_over"])


def save_progress(db: sqlite3.Connection, name: str, progress: SyncProgress) -> None:
    """Keep how far a whole read has come."""
    place = (progress.done, progress.total, json.dumps(progress.skipped), progress.steady)
    db.execute(
        "INSERT OR REPLACE INTO sync_progress VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, progress.version, progress.began.timestamp(), *place),
    )


def read_progress(db: sqlite3.Connection, name: str) -> SyncProgress | None:
    """The whole read that is under way; None where there is none."""
    row = db.execute("SELECT * FROM sync_progress WHERE source = ?", (name,)).fetchone()
    if row is None:
        return None
    return SyncProgress(
        version=row["version"],
        began=datetime.fromtimestamp(row["began"], UTC),
        done=row["done"],
        total=row["total"],
        skipped=json.loads(row["skipped"]),
        steady=bool(row["steady"]),
    )


def drop_progress(db: sqlite3.Connection, name: str) -> None:
    """Forget the whole read that was under way."""
    db.execute("DELETE FROM sync_progress WHERE source = ?", (name,))


def known_sources(db: sqlite3.Connection) -> set[str]:
    """Every source that was read or begun."""
    rows = db.execute("SELECT source FROM sources UNION SELECT source FROM sync_progress")
    return {row["source"] for row in rows}


def drop_source(db: sqlite3.Connection, name: str) -> int:
    """Forget a source, and the tracks that no other one has; return their number."""
    drop_progress(db, name)
    db.execute("DELETE FROM sources WHERE source = ?", (name,))
    return drop_unseen(db, datetime.max.replace(tzinfo=UTC), name)


_ID = re.compile(r"(?:spotify:track:|https://open\.spotify\.com/(?:[\w-]+/)?track/)?(\w{22})\b.*")


def track_id(text: str) -> str | None:
    """The id in a track's URI, its link or the id itself; None where it is none of them."""
    found = _ID.fullmatch(text.strip())
    return found[1] if found else None


def find_tracks(db: sqlite3.Connection, text: str, most: int) -> list[Track]:
    """The tracks with this id, URI or link, else those that have all the words; `most` at most.

    Where some have them as whole words, the others are left out; so are those that differ in
    marks, where some are written just so.
    """
    if id_ := track_id(text):
        rows = db.execute("SELECT * FROM tracks WHERE id = ?", (id_,)).fetchall()
        if rows:
            return [read_track(row) for row in rows]
    tracks = map(read_track, db.execute("SELECT * FROM tracks ORDER BY title, id"))
    fits = ((fits_words(text, track.byline), track) for track in tracks)
    found = [(fit, track) for fit, track in fits if fit is not None]
    best = min((fit for fit, _ in found), default=None)
    return [track for fit, track in found if fit == best][:most]
