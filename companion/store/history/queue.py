"""The tracks that the companion hands to Spotify: their state, and their endings counted."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from companion.store.database import transaction
from companion.store.history.feedback import FeedbackKind
from companion.track import Track


class EntryState(StrEnum):
    """The life of a queue entry; each step is stored before the next act."""

    PLANNED = "planned"  # chosen, nothing sent
    SENT = "sent"  # the request may have reached Spotify
    ACCEPTED = "accepted"  # Spotify has it
    PLAYING = "playing"
    FINISHED = "finished"
    SKIPPED = "skipped"
    LOST = "lost"  # Spotify does not have it
    REFUSED = "refused"  # Spotify does not play this track
    UNKNOWN = "unknown"  # it is gone and nobody saw how


OUTSTANDING = (EntryState.PLANNED, EntryState.SENT, EntryState.ACCEPTED)
TRACK_FIELDS = ("id", "uri", "title", "artists", "duration_ms", "isrc")
NEVER_QUEUED = (EntryState.LOST, EntryState.REFUSED)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One track that was handed over, or is about to be.

    Attributes:
        why: the numbers that decided.
        visit_id: the visit that picked it; None where that is not known any more.
    """

    id: int
    track: Track
    state: EntryState
    planned_at: datetime
    changed_at: datetime
    why: Mapping[str, Any]
    visit_id: int | None = None


def plan_entry(
    db: sqlite3.Connection,
    track: Track,
    why: Mapping[str, Any],
    at: datetime,
    visit_id: int | None = None,
) -> int | None:
    """Store the intent to queue a track; returns the entry's id.

    None, and nothing is stored, while another entry is outstanding.
    """
    chosen = (track.id, json.dumps(track_to_json(track), ensure_ascii=False))
    state = (EntryState.PLANNED.value, at.timestamp(), at.timestamp())
    with transaction(db):
        if entries_in(db, OUTSTANDING):
            return None
        return db.execute(
            "INSERT INTO queue_entries (track_id, track, state, planned_at, changed_at, why, "
            "visit_id) VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM visits WHERE id = ?))",
            (*chosen, *state, json.dumps(why, ensure_ascii=False), visit_id),
        ).lastrowid


def move_entry(
    db: sqlite3.Connection, entry: int, state: EntryState, to: EntryState, at: datetime
) -> bool:
    """Move an entry from one state to another; False, and nothing moves, where it is not there.

    So two processes that reconcile the same entry cannot both act on it.
    """
    moved = db.execute(
        "UPDATE queue_entries SET state = ?, changed_at = ? WHERE id = ? AND state = ?",
        (to.value, at.timestamp(), entry, state.value),
    )
    return moved.rowcount == 1


def entries_in(db: sqlite3.Connection, states: tuple[EntryState, ...]) -> list[QueueEntry]:
    """The entries in one of the states, oldest first."""
    rows = db.execute(
        "SELECT * FROM queue_entries WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(states),),
    )
    return [read_entry(row) for row in rows]


def queued_since(db: sqlite3.Connection, since: datetime) -> set[str]:
    """The ids of the tracks that were handed over since then, lost ones left out."""
    query = "SELECT track_id FROM queue_entries WHERE planned_at >= ? AND state NOT IN (?, ?)"
    rows = db.execute(query, (since.timestamp(), *NEVER_QUEUED))
    return {row["track_id"] for row in rows}


def refused_since(db: sqlite3.Connection, since: datetime) -> set[str]:
    """The ids of the tracks that Spotify has refused to play since then."""
    query = "SELECT track_id FROM queue_entries WHERE planned_at >= ? AND state = ?"
    rows = db.execute(query, (since.timestamp(), EntryState.REFUSED))
    return {row["track_id"] for row in rows}


def read_entry(row: sqlite3.Row) -> QueueEntry:
    """The entry in a row that has the columns of `queue_entries`."""
    return QueueEntry(
        id=row["id"],
        track=track_from_json(json.loads(row["track"])),
        state=EntryState(row["state"]),
        planned_at=datetime.fromtimestamp(row["planned_at"], UTC),
        changed_at=datetime.fromtimestamp(row["changed_at"], UTC),
        why=json.loads(row["why"]),
        visit_id=row["visit_id"],
    )


def track_to_json(track: Track) -> dict[str, Any]:
    """Return the fields by which another process knows the track again in Spotify's queue."""
    return {name: getattr(track, name) for name in TRACK_FIELDS}


def track_from_json(fields: dict[str, Any]) -> Track:
    """The track that `track_to_json` wrote."""
    return Track(**(fields | {"artists": tuple(fields["artists"])}))


def entries_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[QueueEntry]:
    """The entries planned from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT * FROM queue_entries WHERE planned_at >= ? AND planned_at < ? "
        "ORDER BY planned_at, id",
        (begin.timestamp(), end.timestamp()),
    )
    return [read_entry(row) for row in rows]


def newest_entries(db: sqlite3.Connection, count: int) -> Iterator[QueueEntry]:
    """The newest entries, newest first; lost ones left out, as they never played."""
    rows = db.execute(
        "SELECT * FROM queue_entries WHERE state NOT IN (?, ?) ORDER BY id DESC LIMIT ?",
        (*NEVER_QUEUED, count),
    )
    return map(read_entry, rows)


def nth_newest(db: sqlite3.Connection, number: int) -> QueueEntry | None:
    """The newest entry for 1, the one before for 2; None where there are not so many."""
    row = db.execute(
        "SELECT * FROM queue_entries ORDER BY id DESC LIMIT 1 OFFSET ?", (number - 1,)
    ).fetchone()
    return read_entry(row) if row else None


def find_entry(db: sqlite3.Connection, entry: int) -> QueueEntry | None:
    """The entry with this id; None where there is none."""
    row = db.execute("SELECT * FROM queue_entries WHERE id = ?", (entry,)).fetchone()
    return read_entry(row) if row else None


def last_queued(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, datetime]:
    """Return when each of the tracks was last queued; those never queued are left out."""
    rows = db.execute(
        "SELECT value, (SELECT planned_at FROM queue_entries WHERE track_id = value "
        "AND state NOT IN (?, ?) ORDER BY planned_at DESC LIMIT 1) AS at FROM json_each(?)",
        (*NEVER_QUEUED, json.dumps(list(ids))),
    )
    return {row["value"]: datetime.fromtimestamp(row["at"], UTC) for row in rows if row["at"]}


@dataclass(frozen=True, slots=True)
class EndingCounts:
    """The endings and likes of an artist's tracks in one mood region; unknown endings do not count.

    Attributes:
        track_id: which one; None for all the artist's other tracks together.
    """

    artist: str
    track_id: str | None
    finished: int
    skipped: int
    liked: int


# The + keeps SQLite from searching by the state, which most entries share.
_ENDINGS = """
SELECT artist, CASE WHEN track_id IN (SELECT value FROM json_each(:ids)) THEN track_id END,
    sum(word = :finished), sum(word IN (:skipped, :skip)), sum(word = :like)
FROM (
    SELECT track_id, artist, state AS word FROM queue_entries
    WHERE artist IN (SELECT value FROM json_each(:artists)) AND region = :region
        AND +state IN (:finished, :skipped)
    UNION ALL
    SELECT track_id, artist, word FROM feedback
    WHERE artist IN (SELECT value FROM json_each(:artists))
        AND (region = :region OR region IS NULL)
)
GROUP BY 1, 2
"""


def count_endings(
    db: sqlite3.Connection, tracks: Collection[Track], region: str
) -> list[EndingCounts]:
    """Count the endings of these tracks and of their main artists' others in a mood region."""
    given = {
        "ids": json.dumps([track.id for track in tracks]),
        "artists": json.dumps(sorted({track.artist for track in tracks})),
        "region": region,
        "finished": EntryState.FINISHED.value,
        "skipped": EntryState.SKIPPED.value,
        "like": FeedbackKind.LIKE.value,
        "skip": FeedbackKind.SKIP.value,
    }
    return [EndingCounts(*row) for row in db.execute(_ENDINGS, given)]
