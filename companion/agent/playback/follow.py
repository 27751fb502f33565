"""Follows our own tracks through what snapshots of the player show.

A snapshot comes from `GET /me/player`, which costs a call, or from the desktop, which costs none:

    seen = observe(db, signal.snapshot(), now, late)
    seen.remaining  # of what plays: a visit is best `late` before the end
    seen.next_at    # without a signal: when another snapshot is worth its call
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from companion.agent.playback.ending import (
    CROSSFADE_MS,
    DRIFT_MS,
    SLACK_MS,
    infer_ending,
    milliseconds,
)
from companion.agent.playback.learn_trust import learn_from_endings
from companion.agent.playback.record import Observation, record_play
from companion.playback import LastSnapshot, PlayerSnapshot, PlayerState
from companion.store.database import transaction
from companion.store.history.queue import (
    OUTSTANDING,
    EntryState,
    QueueEntry,
    entries_in,
    move_entry,
)
from companion.store.listening.snapshots import read_player_snapshot, save_player_snapshot

NEXT_SHOWN_AFTER = timedelta(seconds=10)
"""After the end of a track, Spotify shows the next one within this time."""
SHORTEST_SILENCE_GAP, LONGEST_SILENCE_GAP = timedelta(seconds=30), timedelta(minutes=10)
"""The time between two snapshots while nothing plays; it grows."""
UNTIMED_GAP = timedelta(minutes=1)
"""The time until the next snapshot of what has no known length, such as an advert."""

LONGEST_DELAY = timedelta(minutes=1)
"""A snapshot that comes later than this after it was due leaves a gap."""
LONGEST_WATCHED_GAP = timedelta(minutes=1)
"""Snapshots further apart do not tell how long a track ran in between."""
RENEW_AFTER = timedelta(seconds=30)
"""An entry that plays as expected is written again only after this time."""

FOLLOWED = (*OUTSTANDING, EntryState.PLAYING)


@dataclass(frozen=True, slots=True)
class SnapshotResult:
    """The result of a snapshot.

    Attributes:
        remaining: the rest of what plays; None where unknown or nothing plays.
        own_track: True while one of ours waits or plays. Where none does, only the next visit
            needs a snapshot, and `next_at` may be passed over until then.
        next_at: when the next snapshot is worth a call; a signal can be read at any time.
        moved: the entries that changed, with their new state.
    """

    remaining: timedelta | None
    own_track: bool
    next_at: datetime
    moved: tuple[QueueEntry, ...]


def observe(
    db: sqlite3.Connection, seen: PlayerSnapshot | None, now: datetime, late: timedelta
) -> SnapshotResult:
    """Store what a snapshot tells of our own tracks and of all that plays; Spotify is not asked.

    Snapshots may come at any time and from either source. The store is written only where one
    tells something new.

    Args:
        db: the store.
        seen: the snapshot; None where Spotify is open on no device.
        now: the present time.
        late: how long before the end of a track the next visit is due.
    """
    last = read_player_snapshot(db)
    seen = complete(last, seen or PlayerSnapshot(), now)
    entries = entries_in(db, FOLLOWED)
    states = {entry.id: next_state(entry, last, seen, now) for entry in entries}
    moving = [entry for entry in entries if states[entry.id] is not entry.state]
    current = follow(last, seen, now, late)
    if moving or current != last or _tells_more(seen):
        with transaction(db):
            moving = [e for e in moving if move_entry(db, e.id, e.state, states[e.id], now)]
            own = EntryState.PLAYING in states.values()
            record_play(db, Observation(seen, last, now, own))
            learn_from_endings(db, [replace(e, state=states[e.id]) for e in moving])
            save_player_snapshot(db, current)
    return SnapshotResult(
        remaining=seen.remaining,
        own_track=any(state in FOLLOWED for state in states.values()),
        next_at=next_snapshot(seen, current.silent_since, now, late),
        moved=tuple(replace(one, state=states[one.id], changed_at=now) for one in moving),
    )


def _tells_more(seen: PlayerSnapshot) -> bool:
    """True for Spotify's own account, which tells what the desktop does not."""
    return isinstance(seen, PlayerState)


def complete(last: LastSnapshot | None, seen: PlayerSnapshot, now: datetime) -> PlayerSnapshot:
    """The snapshot with the position that our own clock tells, where the player tells none."""
    if seen.position_ms is not None or seen.track is None or last is None:
        return seen
    if not timedelta(0) <= now - last.at <= LONGEST_WATCHED_GAP:
        return seen
    if not seen.shows(last.snapshot.track):
        return replace(seen, position_ms=0)
    if last.snapshot.position_ms is None:
        return seen
    return replace(seen, position_ms=round(last.played_ms + _ran_ms(last, now)))


def next_state(
    entry: QueueEntry, last: LastSnapshot | None, seen: PlayerSnapshot, now: datetime
) -> EntryState:
    """The state of an entry after a snapshot."""
    if entry.state is EntryState.PLANNED:
        return entry.state  # never sent, so what plays is not ours
    if seen.shows(entry.track):
        return EntryState.PLAYING
    if entry.state is not EntryState.PLAYING:
        return entry.state  # only Spotify's queue tells if it still waits
    if last is None or not last.snapshot.shows(entry.track):
        return entry.state if seen.is_empty else EntryState.UNKNOWN
    return infer_ending(last, seen, now)


def follow(
    last: LastSnapshot | None, seen: PlayerSnapshot, now: datetime, late: timedelta
) -> LastSnapshot:
    """The snapshot to go by from now on; the last one itself where this tells nothing new."""
    silent = None if seen.is_playing else (last and last.silent_since) or now
    next_at = next_snapshot(seen, silent, now, late)
    unbroken = last.unbroken_since if last and _is_unbroken(last, seen, now) else now
    fresh = LastSnapshot(seen, now, seen.position_ms or 0, silent, next_at, unbroken)
    if last is None:
        return fresh
    if seen.is_empty:  # a player out of reach says nothing about the track it had
        return replace(last, silent_since=silent)
    if not seen.continues(last.snapshot):
        return fresh
    ran_ms = _ran_ms(last, now)
    off_ms = abs((seen.position_ms or 0) - (last.snapshot.position_ms or 0) - ran_ms)
    as_expected = seen.is_playing is last.snapshot.is_playing and off_ms <= DRIFT_MS
    if as_expected and timedelta(0) <= now - last.at <= RENEW_AFTER:
        return replace(last, silent_since=silent)
    if seen.exact or not timedelta(0) <= now - last.at <= LONGEST_WATCHED_GAP:
        return fresh
    return replace(fresh, played_ms=last.played_ms + ran_ms)


def next_snapshot(
    seen: PlayerSnapshot, silent_since: datetime | None, now: datetime, late: timedelta
) -> datetime:
    """The time at which the next snapshot is worth a call.

    Late in what plays, and once more when the next track has begun; more and more seldom
    while nothing plays.
    """
    if not seen.is_playing:
        silence = now - (silent_since or now)
        return now + min(max(silence, SHORTEST_SILENCE_GAP), LONGEST_SILENCE_GAP)
    if seen.remaining is None:
        return now + UNTIMED_GAP
    if seen.remaining > late + NEXT_SHOWN_AFTER:
        return now + seen.remaining - late
    return now + seen.remaining + NEXT_SHOWN_AFTER


def _is_unbroken(last: LastSnapshot, seen: PlayerSnapshot, now: datetime) -> bool:
    """True where nothing can have begun and ended since the last snapshot.

    The snapshot came in time, and what plays began when the one before was over: else the user
    has skipped, nobody knows how often.
    """
    if not last.at <= now <= last.next_at + LONGEST_DELAY:
        return False
    if seen.is_empty or seen.continues(last.snapshot):
        return True
    if last.snapshot.remaining is None or seen.position_ms is None:
        return True
    began = now - timedelta(milliseconds=seen.position_ms)
    early_ms = milliseconds(last.at + last.snapshot.remaining - began)
    return -SLACK_MS <= early_ms <= CROSSFADE_MS + SLACK_MS


def _ran_ms(last: LastSnapshot, now: datetime) -> float:
    """The time, in milliseconds, that what was last seen has run since, if it runs on."""
    return milliseconds(now - last.at) if last.snapshot.is_playing else 0.0
