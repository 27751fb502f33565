"""Whether the tracks that were handed to Spotify are in its queue; what plays, `listen` tells."""

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
    """Bring every entry that waits up to date; returns the one that still waits for its turn.

    Args:
        db: the store.
        playing: the track that plays, None for anything else.
        upcoming: what `GET queue` shows as coming.
        now: the present time.
    """
    for entry in entries_in(db, OUTSTANDING):
        state = next_state(entry, playing=playing, upcoming=upcoming, now=now)
        if state is not entry.state:
            move_entry(db, entry.id, entry.state, state, now)
    return next(iter(entries_in(db, OUTSTANDING)), None)


def next_state(
    entry: QueueEntry, *, playing: Track | None, upcoming: Sequence[Track], now: datetime
) -> EntryState:
    """What Spotify's queue tells of an entry that waits. What nobody saw is unknown."""
    young = now - entry.changed_at < PATIENCE
    if entry.state is EntryState.PLANNED:  # never sent, so what Spotify shows is not ours
        return entry.state if young else EntryState.LOST
    if playing and entry.track.is_same(playing):
        return EntryState.PLAYING
    if any(map(entry.track.is_same, upcoming)):
        return EntryState.ACCEPTED
    if young:
        return entry.state
    return EntryState.UNKNOWN if entry.state is EntryState.ACCEPTED else EntryState.LOST
