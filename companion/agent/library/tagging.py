"""Giving the tracks of the library their moods, one clip at a time.

`tag_tracks` listens in this process; `tag_in_workers` (in `tag_workers.py`) in others.
Both store each track before they tell of it, so a run may be stopped anywhere: the next
one goes on there. Give both what `due_tracks` names, or the first few of it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from companion.affect import TrackMood
from companion.errors import (
    ClipDamaged,
    ClipError,
    ClipMismatch,
    ClipMissing,
    ClipSourceBusy,
    CompanionError,
)
from companion.music.clips.provider import Clip, ClipQuery
from companion.store.tags import FIRST_RETRY, Origin, save_failure, save_tag
from companion.track import Track

_logger = logging.getLogger(__name__)

REASONS: dict[type[CompanionError], str] = {
    ClipMissing: "no_clip",
    ClipMismatch: "wrong_clip",
    ClipDamaged: "damaged_clip",
    ClipSourceBusy: "source_busy",
    ClipError: "clip_failed",
}
BUSY_RETRY = timedelta(hours=1)  # that a source was busy is not the track's fault
PATIENCE = 3  # tracks in a row for which no source has time


class Tagger(Protocol):
    """The music model."""

    def tag(self, audio: bytes | Path) -> TrackMood: ...


Find = Callable[[ClipQuery], Clip]
Progress = Callable[[Track, str], None]
"""Told the track that is done and its quadrant, or why it has none."""


@dataclass(frozen=True, slots=True)
class TagSummary:
    """What a run of tagging did: how many got a tag, and why others got none."""

    tagged: int
    reasons: dict[str, int]


def tag_tracks(
    db: sqlite3.Connection,
    tracks: Iterable[Track],
    find: Find,
    tagger: Tagger,
    clock: Callable[[], datetime],
    progress: Progress,
) -> TagSummary:
    """Tag the tracks, one after the other.

    Raises:
        ClipSourceBusy: no source had time for `PATIENCE` tracks in a row; what was tagged
            until then is kept.
    """
    run = TagRun(db, find, clock, progress)
    for track in tracks:
        clip = run.fetch(track)
        if clip:
            run.keep(track, clip, partial(tagger.tag, clip.audio))
    return run.summary()


class TagRun:
    """The bookkeeping of one run: what comes of each track is stored, counted and told."""

    def __init__(
        self,
        db: sqlite3.Connection,
        find: Find,
        clock: Callable[[], datetime],
        progress: Progress,
    ) -> None:
        self._db = db
        self._find = find
        self._clock = clock
        self._progress = progress
        self._tagged = 0
        self._reasons: Counter[str] = Counter()
        self._busy = 0

    def fetch(self, track: Track) -> Clip | None:
        """The track's clip; None where there is none, and then the track is done.

        Raises:
            ClipSourceBusy: no source had time for `PATIENCE` tracks in a row.
        """
        try:
            clip = self._find(make_query(track))
        except ClipSourceBusy as error:
            self._busy += 1
            self._fail(track, error, BUSY_RETRY)
            if self._busy == PATIENCE:
                raise
            return None
        except ClipError as error:
            self._busy = 0
            self._fail(track, error)
            return None
        self._busy = 0
        return clip

    def keep(self, track: Track, clip: Clip, hear: Callable[[], TrackMood]) -> None:
        """Store what `hear` says of the clip, or why it says nothing."""
        try:
            mood = _hear(hear)
        except ClipError as error:
            self._fail(track, error)
            return
        match = clip.match
        origin = Origin(clip.provider, clip.reference, match.confidence, match.by.value)
        save_tag(self._db, track.id, mood, origin, self._clock())
        self._tagged += 1
        self._progress(track, mood.quadrant.value)

    def summary(self) -> TagSummary:
        return TagSummary(self._tagged, dict(self._reasons))

    def _fail(self, track: Track, error: ClipError, retry: timedelta = FIRST_RETRY) -> None:
        word = reason_of(error)
        save_failure(self._db, track.id, word, str(error), self._clock(), retry)
        self._reasons[word] += 1
        self._progress(track, word)


def reason_of(error: ClipError) -> str:
    """The word for the error, or for the nearest kind above it that has one."""
    return next(REASONS[kind] for kind in type(error).__mro__ if kind in REASONS)


def make_query(track: Track) -> ClipQuery:
    """What the clip providers are asked for a track."""
    return ClipQuery(track.title, track.artists, track.duration_ms / 1000, track.isrc or None)


def _hear(hear: Callable[[], TrackMood]) -> TrackMood:
    try:
        return hear()
    except CompanionError:
        raise
    except Exception as error:  # one clip that trips a library is no reason to stop the others
        _logger.exception("a clip cannot be read")
        raise ClipError(f"The clip cannot be read: {type(error).__name__}: {error}.") from error
