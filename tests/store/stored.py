"""Read the store's whole contents; the program itself reads only what it needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from companion.affect import TrackMood
from companion.store.history.queue import QueueEntry, read_entry
from companion.store.tracks.library import read_track
from companion.store.tracks.tags import read_mood
from companion.track import Track


def last_entry(db: sqlite3.Connection) -> QueueEntry | None:
    """The newest entry; None before the first."""
    row = db.execute("SELECT * FROM queue_entries ORDER BY id DESC LIMIT 1").fetchone()
    return read_entry(row) if row else None


def tagged_tracks(db: sqlite3.Connection) -> Iterator[tuple[Track, TrackMood]]:
    """Every track that has a tag, with it."""
    for row in db.execute("SELECT * FROM tracks JOIN tags ON track_id = id ORDER BY id"):
        yield read_track(row), read_mood(row)
