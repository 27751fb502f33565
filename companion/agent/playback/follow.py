"""Listening on: what looks at the player tell of our own tracks, and when to look again.

A look is a `Sight`: `polled` makes one of an answer of `GET /me/player`, which costs a
call, `heard` of a desktop's signal, which costs none.

    listening = observe(db, heard(signal.playback()), now)
    listening.remaining   # of what plays: a visit is best about `LATE` before the end
    listening.look_at     # without a signal: when a look is worth its call
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from companion.agent.playback.ending import DRIFT_MS, judge, milliseconds
from companion.spotify.player import Kind
from companion.store.database import transaction
from companion.store.player_snapshots import LastSight, Sight, read_sight, save_sight
from companion.store.queue import OUTSTANDING, EntryState, QueueEntry, entries_in, move_entry
from companion.track import Track

if TYPE_CHECKING:
    from companion.desktop.player.signal import Playback
    from companion.spotify.player import PlayerState

LATE = timedelta(seconds=45)
"""So long before a track ends is the time to hand over the next one."""
BEGUN = timedelta(seconds=10)  # so long after the end the next track shows, for certain
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=10)  # between looks at silence
UNTIMED = timedelta(minutes=1)  # until the next look at what tells no length, such as an ad

LATENESS = timedelta(minutes=1)  # so much later than it should a look may come
WATCHED = timedelta(minutes=1)  # a longer pause between two looks is not listening
RENEWED = timedelta(seconds=30)  # so long is what goes on as expected not written again

OPEN = (*OUTSTANDING, EntryState.PLAYING)
TRACK_URI = "spotify:track:"
NOTHING = Sight()


@dataclass(frozen=True, slots=True)
class Listening:
    """What a look led to.

    Attributes:
        remaining: how long what plays still has; None where unknown or nothing plays.
        own_track: whether one of ours waits or plays. Where none does, only the next visit
            needs a look, and `look_at` may be passed over until then.
        look_at: when the next look is worth a call; a signal can be read at any time.
        moved: the entries that changed, with their new state.
    """

    remaining: timedelta | None
    own_track: bool
    look_at: datetime
    moved: tuple[QueueEntry, ...]


def polled(state: PlayerState | None) -> Sight:
    """The sight in an answer of `GET /me/player`; None is its 204."""
    if state is None:
        return NOTHING
    track = state.item if state.kind is Kind.TRACK else None
    length = state.item.duration_ms if state.item else 0
    return Sight(track, state.is_playing, state.progress_ms, length)


def heard(playback: Playback) -> Sight:
    """The sight in a desktop's signal."""
    uri, length = playback.uri or "", playback.duration_ms or 0
    track = None
    if uri.startswith(TRACK_URI) or (not uri and playback.title):
        track_id = uri.removeprefix(TRACK_URI)
        track = Track(track_id, uri, playback.title, playback.artists, duration_ms=length)
    return Sight(track, playback.playing, playback.position_ms, length, exact=False)


def observe(db: sqlite3.Connection, seen: Sight, now: datetime) -> Listening:
    """Store what a look tells of our own tracks; Spotify is not asked.

    Looks may come at any time and from either source. The store is written only where a
    look tells something new.
    """
    last = read_sight(db)
    seen = complete(last, seen, now)
    entries = entries_in(db, OPEN)
    states = {entry.id: next_state(entry, last, seen, now) for entry in entries}
    moving = [entry for entry in entries if states[entry.id] is not entry.state]
    following = follow(last, seen, now)
    if moving or following != last:
        with transaction(db):
            moving = [e for e in moving if move_entry(db, e.id, e.state, states[e.id], now)]
            save_sight(db, following)
    return Listening(
        remaining=seen.remaining,
        own_track=any(state in OPEN for state in states.values()),
        look_at=next_look(seen, following.quiet_since, now),
        moved=tuple(replace(one, state=states[one.id], changed_at=now) for one in moving),
    )


def complete(last: LastSight | None, seen: Sight, now: datetime) -> Sight:
    """The sight with the position that our own clock tells, where the player tells none."""
    if seen.position_ms is not None or seen.track is None or last is None:
        return seen
    if not timedelta(0) <= now - last.at <= WATCHED:
        return seen
    if not seen.shows(last.sight.track):
        return replace(seen, position_ms=0)
    if last.sight.position_ms is None:
        return seen
    return replace(seen, position_ms=round(last.heard_ms + _ran(last, now)))


def next_state(entry: QueueEntry, last: LastSight | None, seen: Sight, now: datetime) -> EntryState:
    """What a look tells of an entry."""
    if entry.state is EntryState.PLANNED:
        return entry.state  # never sent, so what plays is not ours
    if seen.shows(entry.track):
        return EntryState.PLAYING
    if entry.state is not EntryState.PLAYING:
        return entry.state  # whether it still waits, only Spotify's queue can tell
    if last is None or not last.sight.shows(entry.track):
        return entry.state if seen.is_nothing else EntryState.UNKNOWN
    return judge(last, seen, now)


def follow(last: LastSight | None, seen: Sight, now: datetime) -> LastSight:
    """The sight to go by from now on; the last one itself where this tells nothing new."""
    quiet = None if seen.playing else (last and last.quiet_since) or now
    look_at = next_look(seen, quiet, now)
    unbroken = last.unbroken_since if last and last.at <= now <= last.next_look + LATENESS else now
    fresh = LastSight(seen, now, seen.position_ms or 0, quiet, look_at, unbroken)
    if last is None:
        return fresh
    if seen.is_nothing:  # a player out of reach says nothing about the track it had
        return replace(last, quiet_since=quiet)
    if not seen.continues(last.sight):
        return fresh
    ran = _ran(last, now)
    off_ms = abs((seen.position_ms or 0) - (last.sight.position_ms or 0) - ran)
    as_expected = seen.playing is last.sight.playing and off_ms <= DRIFT_MS
    if as_expected and timedelta(0) <= now - last.at <= RENEWED:
        return replace(last, quiet_since=quiet)
    if seen.exact or not timedelta(0) <= now - last.at <= WATCHED:
        return fresh
    return replace(fresh, heard_ms=last.heard_ms + ran)


def next_look(seen: Sight, quiet_since: datetime | None, now: datetime) -> datetime:
    """When the next look is worth a call.

    Late in what plays, and once more when the next track has begun; more and more seldom
    while nothing plays.
    """
    if not seen.playing:
        return now + min(max(now - (quiet_since or now), SHORTEST), LONGEST)
    if seen.remaining is None:
        return now + UNTIMED
    if seen.remaining > LATE + BEGUN:
        return now + seen.remaining - LATE
    return now + seen.remaining + BEGUN


def _ran(last: LastSight, now: datetime) -> float:
    """How long, in milliseconds, what was last seen has run since, if it runs on."""
    return milliseconds(now - last.at) if last.sight.playing else 0.0
