"""The queue entries as the next choice looks back at them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from companion.store.queue import EntryState, QueueEntry, read_entry


def entries_between(db: sqlite3.Connection, begin: datetime, end: datetime) -> list[QueueEntry]:
    """The entries planned from `begin` until before `end`, oldest first."""
    rows = db.execute(
        "SELECT * FROM queue_entries WHERE planned_at >= ? AND planned_at < ? "
        "ORDER BY planned_at, id",
        (begin.timestamp(), end.timestamp()),
    )
    return [read_entry(row) for row in rows]


def newest_entries(db: sqlite3.Connection, count: int) -> Iterator[QueueEntry]:
    """The newest entries, newest first; lost ones left out, as nobody heard them."""
    rows = db.execute(
        "SELECT * FROM queue_entries WHERE state != ? ORDER BY id DESC LIMIT ?",
        (EntryState.LOST.value, count),
    )
    return map(read_entry, rows)


def nth_newest(db: sqlite3.Connection, number: int) -> QueueEntry | None:
    """The newest entry for 1, the one before for 2; None where there are not so many."""
    row = db.execute(
        "SELECT * FROM queue_entries ORDER BY id DESC LIMIT 1 OFFSET ?", (number - 1,)
    ).fetchone()
    return read_entry(row) if row else None


def last_queued(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, datetime]:
    """When each of the tracks was last handed over; those never queued are left out."""
    rows = db.execute(
        "SELECT value, (SELECT planned_at FROM queue_entries WHERE track_id = value "
        "AND state != ? ORDER BY planned_at DESC LIMIT 1) AS at FROM json_each(?)",
        (EntryState.LOST.value, json.dumps(list(ids))),
    )
    return {row["value"]: datetime.fromtimestamp(row["at"], UTC) for row in rows if row["at"]}
