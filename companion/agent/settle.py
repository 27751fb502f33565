"""What became of the tracks that were handed to Spotify."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from companion.store.queue import (
    OUTSTANDING,
    EntryState,
    QueueEntry,
    entries_in,
    move_entry,
)
from companion.track import Track

PATIENCE = timedelta(minutes=2)
"""How long Spotify may take to show a track that it has accepted."""


def settle(
    db: sqlite3.Connection, *, playing: Track | None, upcoming: Sequence[Track], now: datetime
) -> QueueEntry | None:
    """Bring every open entry up to date; returns the one that still waits for its turn.

    Args:
        db: the store.
        playing: the track that plays, None for anything else.
        upcoming: what `GET queue` shows as coming.
        now: the present time.
    """
    for entry in entries_in(db, (*OUTSTANDING, EntryState.PLAYING)):
        state = next_state(entry, playing=playing, upcoming=upcoming, now=now)
        if state is not entry.state:
            move_entry(db, entry.id, entry.state, state, now)
    return next(iter(entries_in(db, OUTSTANDING)), None)


def next_state(
    entry: QueueEntry, *, playing: Track | None, upcoming: Sequence[Track], now: datetime
) -> EntryState:
    """What is known of an entry now. What nobody saw is unknown, never skipped."""
    young = now - entry.changed_at < PATIENCE
    if entry.state is EntryState.PLANNED:  # never sent, so what Spotify shows is not ours
        return entry.state if young else EntryState.LOST
    if playing and entry.track.is_same(playing):
        return EntryState.PLAYING
    if entry.state is EntryState.PLAYING:
        return EntryState.UNKNOWN
    if any(map(entry.track.is_same, upcoming)):
        return EntryState.ACCEPTED
    if young:
        return entry.state
    return EntryState.UNKNOWN if entry.state is EntryState.ACCEPTED else EntryState.LOST
