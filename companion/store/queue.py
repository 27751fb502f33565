"""The tracks that the companion hands to Spotify, and how far each has come."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from companion.store.database import transaction
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
    UNKNOWN = "unknown"  # it is gone and nobody saw how


OUTSTANDING = (EntryState.PLANNED, EntryState.SENT, EntryState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One track that was handed over, or is about to be.

    Attributes:
        why: the numbers that decided.
    """

    id: int
    track: Track
    state: EntryState
    planned_at: datetime
    changed_at: datetime
    why: Mapping[str, Any]


def plan_entry(
    db: sqlite3.Connection, track: Track, why: Mapping[str, Any], at: datetime
) -> int | None:
    """Store the intent to queue a track; returns the entry's id.

    None, and nothing is stored, while another entry is outstanding.
    """
    with transaction(db):
        if entries_in(db, OUTSTANDING):
            return None
        return db.execute(
            "INSERT INTO queue_entries (track_id, track, state, planned_at, changed_at, why) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                track.id,
                json.dumps(track_to_json(track), ensure_ascii=False),
                EntryState.PLANNED.value,
                at.timestamp(),
                at.timestamp(),
                json.dumps(why, ensure_ascii=False),
            ),
        ).lastrowid


def move_entry(
    db: sqlite3.Connection, entry: int, state: EntryState, to: EntryState, at: datetime
) -> bool:
    """Move an entry from one state to another; False, and nothing moves, where it is not there.

    So two processes that settle the same entry cannot both act on it.
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
    rows = db.execute(
        "SELECT track_id FROM queue_entries WHERE planned_at >= ? AND state != ?",
        (since.timestamp(), EntryState.LOST.value),
    )
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
    )


def track_to_json(track: Track) -> dict[str, Any]:
    """What another session needs to know the track again in Spotify's queue."""
    return {
        "id": track.id,
        "uri": track.uri,
        "title": track.title,
        "artists": track.artists,
        "duration_ms": track.duration_ms,
        "isrc": track.isrc,
    }


def track_from_json(fields: dict[str, Any]) -> Track:
    """The track that `track_to_json` wrote."""
    return Track(**(fields | {"artists": tuple(fields["artists"])}))
