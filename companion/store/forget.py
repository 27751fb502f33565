"""Deletion of what is kept, so that the file holds no trace of it.

Deleted content is overwritten (`secure_delete`), the file is written anew without its
holes (`VACUUM`), and the write-ahead log is emptied.
"""

import sqlite3
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path

from companion.errors import StoreError
from companion.store.database import transaction
from companion.store.metadata import LIBRARY_SYNCED_AT, drop_time


class Kind(StrEnum):
    """The kinds of data that can be forgotten one by one."""

    READINGS = "readings"
    HISTORY = "history"
    LIBRARY = "library"


TABLES: Mapping[str, Kind | None] = {
    "readings": Kind.READINGS,
    "corrections": Kind.READINGS,
    "resting_face": Kind.READINGS,
    "mood_examples": Kind.READINGS,
    "set_mood": Kind.READINGS,
    "trust": Kind.READINGS,
    "visits": Kind.HISTORY,
    "queue_entries": Kind.HISTORY,
    "feedback": Kind.HISTORY,
    "recently_played": Kind.HISTORY,
    "plays": Kind.HISTORY,
    "upcoming": Kind.HISTORY,
    "camera_uses": Kind.HISTORY,
    "player_snapshot": Kind.HISTORY,
    "notices": Kind.HISTORY,
    "tags": Kind.LIBRARY,
    "track_features": Kind.LIBRARY,
    "track_corrections": Kind.LIBRARY,
    "untagged": Kind.LIBRARY,
    "track_sources": Kind.LIBRARY,
    "sources": Kind.LIBRARY,
    "sync_progress": Kind.LIBRARY,
    "tracks": Kind.LIBRARY,
    "blocks": None,
    "calls": None,
    "clip_requests": None,
    "metadata": None,
    "pause": None,
    "waits": None,
}
"""The kind of data in each table. None: rules, counts and waits, which go with the file only."""

# What other tables say of a mood that was read.
MOODS_ELSEWHERE = (
    "UPDATE queue_entries SET why = '{}'",
    "UPDATE feedback SET region = NULL",
    "UPDATE visits SET detail = '' WHERE outcome IN ('low_confidence', 'nothing_fits')",
)


def forget(db: sqlite3.Connection, kinds: Collection[Kind]) -> dict[Kind, int]:
    """Delete what the kinds name, without a trace in the file; return the numbers of rows.

    Raises:
        StoreError: another process is at work on the database; what is deleted by then
            stays deleted, but may still be in the file.
    """
    try:
        with transaction(db):
            gone = {kind: _delete(db, kind) for kind in Kind if kind in kinds}
            if Kind.READINGS in kinds:
                for statement in MOODS_ELSEWHERE:
                    db.execute(statement)
            if Kind.LIBRARY in kinds:
                drop_time(db, LIBRARY_SYNCED_AT)
        db.execute("VACUUM")
        busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise _in_use(str(error)) from error
    if busy:
        raise _in_use("its log cannot be emptied")
    return gone


def backups(database: Path) -> list[Path]:
    """The copies of older or damaged databases that lie beside it."""
    return sorted(database.parent.glob(f"{database.name}.*"))


def _delete(db: sqlite3.Connection, kind: Kind) -> int:
    tables = [table for table, owner in TABLES.items() if owner is kind]
    return sum(db.execute(f"DELETE FROM {table}").rowcount for table in tables)  # noqa: S608 - our own names


def _in_use(why: str) -> StoreError:
    return StoreError(
        f"Another process is at work on the database: {why}.",
        "Stop the agent, then run the same command again.",
    )
