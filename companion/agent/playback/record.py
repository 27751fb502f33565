"""Keeps what was played: who started it, and how it ended.

It sees what snapshots of the player show, and asks Spotify nothing of its own. A track is the
user's where it begins a sitting, where it plays from another album or playlist than the one before,
and where the user left a track for one that Spotify had not shown as coming. All else went on by
itself, but for what the companion queued.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.agent.playback.ending import infer_play_ending
from companion.playback import Initiative, LastSnapshot, PlayEnding, PlayerSnapshot, PlayerState
from companion.store.listening.plays import (
    StoredPlay,
    begin_play,
    complete_play,
    drop_play,
    end_play,
    library_id,
    newest_plays,
    upcoming_since,
)
from companion.store.metadata import PRIVATE_SINCE, drop_time, read_time, save_time

SITTING_GAP = timedelta(minutes=20)
"""After such a silence, what plays first was started by the user."""
LOOK_BACK = 20  # plays, in which the last known album or playlist is looked for
UPCOMING_HOLDS = timedelta(hours=1)
LEFT = (PlayEnding.SKIPPED_EARLY, PlayEnding.SKIPPED_LATE)


@dataclass(frozen=True, slots=True)
class Observation:
    """A snapshot, the one before it, and whether it shows a track that the companion queued."""

    seen: PlayerSnapshot
    last: LastSnapshot | None
    now: datetime
    own: bool


def record_play(db: sqlite3.Connection, observation: Observation) -> None:
    """Keep what a snapshot tells of the track that plays, and how the one before ended.

    Nothing is kept of a private session, in which the user does not want to be seen listening.
    """
    seen = observation.seen
    plays = newest_plays(db, LOOK_BACK)
    current = plays[0] if plays and plays[0].play.ending is PlayEnding.PLAYING else None
    if _is_private(db, observation):
        if current:
            drop_play(db, current.id)
        return
    if seen.is_empty:
        return
    if current and seen.track and library_id(db, seen.track) == current.play.track_id:
        complete_play(db, current, seen, _initiative_known_now(plays, seen))
        return
    ending = PlayEnding.UNKNOWN
    if current:
        ending = infer_play_ending(observation.last, seen, observation.now)
        end_play(db, current.id, ending)
    if seen.track and seen.is_playing:
        before = None if _begins_sitting(plays, observation) else ending
        who = (
            Initiative.COMPANION if observation.own else _initiative(db, plays, observation, before)
        )
        began = observation.now - timedelta(milliseconds=seen.position_ms or 0)
        begin_play(db, seen, who, began)


def _is_private(db: sqlite3.Connection, observation: Observation) -> bool:
    """True from when Spotify shows a private session until it shows none.

    The desktop does not tell.
    """
    since = read_time(db, PRIVATE_SINCE)
    if isinstance(observation.seen, PlayerState):
        private = observation.seen.device.private_session
        if private and since is None:
            save_time(db, PRIVATE_SINCE, observation.now)
        if since and not private:
            drop_time(db, PRIVATE_SINCE)
        return private
    return since is not None


def _begins_sitting(plays: list[StoredPlay], observation: Observation) -> bool:
    last = observation.last
    if not plays or last is None:
        return True
    silent_since = last.silent_since or last.at
    length = timedelta(milliseconds=last.snapshot.duration_ms)
    return observation.now - silent_since >= SITTING_GAP + length


def _initiative(
    db: sqlite3.Connection,
    plays: list[StoredPlay],
    observation: Observation,
    before: PlayEnding | None,
) -> Initiative:
    """Infer who started a track that the companion did not; `before` is None in a new session."""
    if before is None or _is_other_context(plays, observation.seen):
        return Initiative.USER
    coming = upcoming_since(db, observation.now - UPCOMING_HOLDS)
    chosen = (
        before in LEFT
        and coming
        and observation.seen.track
        and observation.seen.track.id not in coming
    )
    return Initiative.USER if chosen else Initiative.CONTINUED


def _is_other_context(plays: list[StoredPlay], seen: PlayerSnapshot) -> bool:
    known = next((kept.play.context for kept in plays if kept.play.context), "")
    return bool(known and seen.context and known != seen.context)


def _initiative_known_now(plays: list[StoredPlay], seen: PlayerSnapshot) -> Initiative:
    """Infer who started the current play once a later snapshot tells its context."""
    current = plays[0].play
    if current.initiative is Initiative.CONTINUED and not current.context:
        return Initiative.USER if _is_other_context(plays[1:], seen) else Initiative.CONTINUED
    return current.initiative
