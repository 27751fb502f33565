"""Compares the tracks that were handed to Spotify with its queue.

`playback.follow` follows those that play.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from companion.store.history.queue import (
    OUTSTANDING,
    EntryState,
    QueueEntry,
    entries_in,
    move_entry,
)
from companion.store.listening.snapshots import read_player_snapshot
from companion.track import Track

SHOWN_WITHIN = timedelta(minutes=2)
"""The time that Spotify may take to show a track that it has accepted."""
FULL_VIEW = 20  # tracks; Spotify shows no more of its queue
HIDDEN_FOR = timedelta(hours=2)
"""The time that a track may wait behind all that Spotify shows."""


def reconcile(
    db: sqlite3.Connection, *, playing: Track | None, upcoming: Sequence[Track], now: datetime
) -> QueueEntry | None:
    """Bring every entry that waits up to date; returns the one that still waits for its turn.

    `playing` is None for anything but a track; `upcoming` is what `GET queue` shows as coming.
    """
    last = read_player_snapshot(db)
    unbroken = last.unbroken_since if last else now
    for entry in entries_in(db, OUTSTANDING):
        state = next_state(entry, playing=playing, upcoming=upcoming, now=now, unbroken=unbroken)
        if state is not entry.state:
            move_entry(db, entry.id, entry.state, state, now)
    return next(iter(entries_in(db, OUTSTANDING)), None)


def next_state(
    entry: QueueEntry,
    *,
    playing: Track | None,
    upcoming: Sequence[Track],
    now: datetime,
    unbroken: datetime,
) -> EntryState:
    """The state of an entry that waits, given Spotify's queue as in `reconcile`.

    One that is not shown is lost only where all is shown, and nothing can have played unseen
    since it was changed: nothing has since `unbroken`.
    """
    age = abs(now - entry.changed_at)  # the clock may have been set back meanwhile
    young = age < SHOWN_WITHIN
    if entry.state is EntryState.PLANNED:  # never sent, so what Spotify shows is not ours
        return entry.state if young else EntryState.LOST
    if playing and entry.track.is_same(playing):
        return EntryState.PLAYING
    if any(map(entry.track.is_same, upcoming)):
        return EntryState.ACCEPTED
    if young:
        return entry.state
    if unbroken > entry.changed_at:
        return EntryState.UNKNOWN  # it may have played unseen
    hidden = len(upcoming) >= FULL_VIEW  # a track that cannot be seen may still be there
    if entry.state is EntryState.SENT:
        return EntryState.UNKNOWN if hidden else EntryState.LOST
    return EntryState.ACCEPTED if hidden and age < HIDDEN_FOR else EntryState.UNKNOWN
