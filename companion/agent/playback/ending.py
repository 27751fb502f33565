"""Infers how a track of ours ended, by what it could have played since it was last seen.

One that came near its end has finished; one that was left early, after it had played on, was
skipped; of all else nobody knows, and that is never called a skip.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from companion.playback import LastSnapshot, PlayEnding, PlayerSnapshot
from companion.store.history.queue import EntryState

CROSSFADE_MS = 12_000  # the longest that Spotify offers; a track ends so much early
SLACK_MS = 5_000  # the error of positions and clocks
DRIFT_MS = 2_000  # a position this far off the expected one tells something new
EARLY_MS, EARLY_SHARE = 30_000, 0.2  # of a track; what is left within either was left early


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


def infer_play_ending(last: LastSnapshot | None, seen: PlayerSnapshot, now: datetime) -> PlayEnding:
    """The ending of the last snapshot's track, which this one does not show; see `infer_ending`.

    It was skipped early where it was left within the first half minute or the first fifth.
    """
    state = infer_ending(last, seen, now) if last else EntryState.UNKNOWN
    if last is None or state is not EntryState.SKIPPED:
        return PlayEnding.FINISHED if state is EntryState.FINISHED else PlayEnding.UNKNOWN
    _, most = _played_since(last, seen, now)
    played = max(last.snapshot.position_ms or 0, last.played_ms) + most
    early = played <= max(EARLY_MS, EARLY_SHARE * last.snapshot.duration_ms)
    return PlayEnding.SKIPPED_EARLY if early else PlayEnding.SKIPPED_LATE


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
