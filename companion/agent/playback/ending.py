"""Infers how a track of ours ended, by what it could have played since it was last seen.

One that came near its end has finished; one that was left early, after it had played on, was
skipped; of all else nobody knows, and that is never called a skip.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from companion.playback import LastSnapshot, PlayerSnapshot
from companion.store.queue import EntryState

CROSSFADE_MS = 12_000  # the longest that Spotify offers; a track ends so much early
SLACK_MS = 5_000  # the error of positions and clocks
DRIFT_MS = 2_000  # a position this far off the expected one tells something new


def infer_ending(last: LastSnapshot, seen: PlayerSnapshot, now: datetime) -> EntryState:
    """The state of a track that the last snapshot showed, and this one does not."""
    length, position = last.snapshot.duration_ms, last.snapshot.position_ms
    if not length or position is None or now < last.at:
        return EntryState.UNKNOWN
    least, most = _played_since(last, seen, now)
    earliest = min(position, last.played_ms) + least
    latest = max(position, last.played_ms) + most
    if length - CROSSFADE_MS <= earliest and latest <= length + SLACK_MS:
        return EntryState.FINISHED
    if latest < length - CROSSFADE_MS and last.snapshot.is_playing and seen.is_playing:
        return EntryState.SKIPPED
    still_there = seen.is_empty and latest <= length + SLACK_MS
    return EntryState.PLAYING if still_there else EntryState.UNKNOWN


def _played_since(last: LastSnapshot, seen: PlayerSnapshot, now: datetime) -> tuple[float, float]:
    """The least and the most, in milliseconds, that the track can have played since."""
    passed = milliseconds(now - last.at)
    if last.snapshot.is_playing and seen.is_playing and seen.position_ms is not None:
        until_next = passed - seen.position_ms
        if until_next >= -DRIFT_MS:  # else the next one did not begin at its beginning
            return max(0.0, until_next), max(0.0, until_next)
    return 0.0, passed


def milliseconds(time: timedelta) -> float:
    """The time in milliseconds."""
    return time / timedelta(milliseconds=1)
