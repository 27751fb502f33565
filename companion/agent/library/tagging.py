"""Gives the tracks of the library their moods, from one clip each.

This process fetches and stores, the taggers (mostly workers) decode and compute: so one process
asks the providers, at one pace, and one writes to the store, however many taggers there are.
Each track is stored before it is reported, so a run may be stopped anywhere: the next one goes
on there.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol, TypeVar

from companion.affect import TrackMood
from companion.errors import (
    ClipAnswerInvalid,
    ClipDamaged,
    ClipError,
    ClipMismatch,
    ClipMissing,
    ClipSourceBroken,
    ClipSourceBusy,
    CompanionError,
    WorkerLost,
)
from companion.music.clips.provider import (
    LONGEST_TRACK_SECONDS,
    Clip,
    ClipQuery,
    plausible_seconds,
)
from companion.store.tracks.tags import FIRST_RETRY, Origin, save_failure, save_tag
from companion.track import Track

_logger = logging.getLogger(__name__)

Result = TypeVar("Result")

AHEAD = 2  # clips fetched for each tagger: one being read, one ready
SHORT_RETRY = timedelta(hours=1)
"""The first wait after a failure that is not the track's fault."""


@dataclass(frozen=True, slots=True)
class FailureKind:
    """A kind of failure.

    Attributes:
        reason: the word that is stored.
        most_in_a_row: so many of them end the run, as they have a common cause; None: no number.
        retry: the first wait before the track is due again.
    """

    reason: str
    most_in_a_row: int | None = 10
    retry: timedelta = FIRST_RETRY


FAILURES: dict[type[CompanionError], FailureKind] = {
    ClipMissing: FailureKind("no_clip", None),
    ClipMismatch: FailureKind("wrong_clip", None),
    ClipDamaged: FailureKind("damaged_clip"),
    ClipAnswerInvalid: FailureKind("odd_answer", 5),
    ClipSourceBusy: FailureKind("source_busy", 3, SHORT_RETRY),
    ClipError: FailureKind("clip_failed"),
    WorkerLost: FailureKind("worker_failed", 3, SHORT_RETRY),
}


class Tagger(Protocol):
    """The music model, in this process or in a worker."""

    def tag(self, audio: bytes | Path) -> TrackMood: ...


Find = Callable[[ClipQuery], Clip]
Progress = Callable[[Track, str], None]
"""Told the track that is done and its quadrant, or why it has none."""


@dataclass(frozen=True, slots=True)
class TagSummary:
    """The result of a run.

    Attributes:
        tagged: how many tracks got a tag from a clip.
        reasons: how many got none, by the reason.
        renewed: how many older tags were renewed without their clips.
    """

    tagged: int
    reasons: dict[str, int]
    renewed: int = 0


def tag_tracks(
    db: sqlite3.Connection,
    tracks: Iterable[Track],
    find: Find,
    taggers: Sequence[Tagger],
    clock: Callable[[], datetime],
    progress: Progress,
) -> TagSummary:
    """Tag the tracks, in their order.

    Ctrl-C ends it at once: a clip that is not read to its end is left to the next run, and the
    taggers, which may still be at work, are of no use any more. After an error, what was fetched
    is still read.

    Raises:
        ClipSourceBroken: no track's clip can be had until the user mends something; that is no
            failure of the track that was asked for.
        ClipError: several tracks in a row failed for the same reason.
        WorkerLost: the workers failed for several tracks in a row.
        ModelError: the weights are missing or damaged.
    """
    run = _Run(db, find, clock, progress)
    idle: SimpleQueue[Tagger] = SimpleQueue()
    for tagger in taggers:
        idle.put(tagger)
    waiting: deque[tuple[Track, Clip, Future[TrackMood]]] = deque()
    pool, interrupted = ThreadPoolExecutor(len(taggers), "tagging"), False
    try:
        for track in tracks:
            if clip := run.fetch(track):
                waiting.append((track, clip, pool.submit(_tag, idle, clip.audio)))
            if len(waiting) == AHEAD * len(taggers):
                run.keep(*waiting.popleft())
    except KeyboardInterrupt:
        interrupted = True
        raise
    finally:
        while waiting:
            track, clip, answer = waiting.popleft()
            if answer.done() or not interrupted:
                run.keep(track, clip, answer)
        pool.shutdown(wait=not interrupted, cancel_futures=True)
    return run.summary()


def _tag(idle: SimpleQueue[Tagger], audio: bytes | Path) -> TrackMood:
    tagger = idle.get()
    try:
        return tagger.tag(audio)
    finally:
        idle.put(tagger)


class _Run:
    """Stores, counts and reports what comes of each track."""

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
        self._in_a_row: Counter[str] = Counter()

    def fetch(self, track: Track) -> Clip | None:
        """The track's clip; None where there is none, and then the track is done."""
        try:
            clip = _guard(lambda: self._find(make_query(track)), "fetched")
        except ClipSourceBroken:
            raise
        except ClipError as error:
            if not isinstance(error, ClipSourceBusy):
                self._in_a_row.pop(kind_of(ClipSourceBusy).reason, None)
            self._fail(track, error)
            return None
        self._in_a_row.pop(kind_of(ClipSourceBusy).reason, None)
        return clip

    def keep(self, track: Track, clip: Clip, answer: Future[TrackMood]) -> None:
        """Store the mood of the clip, or why it has none."""
        try:
            mood = _guard(answer.result, "read")
        except (ClipError, WorkerLost) as error:
            self._fail(track, error)
            return
        match = clip.match
        origin = Origin(clip.provider, clip.reference, match.confidence, match.by.value)
        save_tag(self._db, track.id, mood, origin, self._clock())
        self._tagged += 1
        self._in_a_row.clear()
        self._progress(track, mood.quadrant.value)

    def summary(self) -> TagSummary:
        return TagSummary(self._tagged, dict(self._reasons))

    def _fail(self, track: Track, error: ClipError | WorkerLost) -> None:
        kind = kind_of(type(error))
        save_failure(self._db, track.id, kind.reason, str(error), self._clock(), kind.retry)
        self._reasons[kind.reason] += 1
        self._in_a_row[kind.reason] += 1
        self._progress(track, kind.reason)
        if self._in_a_row[kind.reason] == kind.most_in_a_row:
            problem = f"{kind.most_in_a_row} tracks in a row got no tag, the last because: {error}"
            raise type(error)(problem, error.remedy) from error


def kind_of(error: type[CompanionError]) -> FailureKind:
    """The kind of the error, or of the nearest class above it that has one."""
    return next(FAILURES[kind] for kind in error.__mro__ if kind in FAILURES)


def make_query(track: Track) -> ClipQuery:
    """The question for the clip providers; a duration that makes no sense is unknown, 0."""
    duration_ms = track.duration_ms if track.duration_ms <= 1000 * LONGEST_TRACK_SECONDS else 0
    seconds = plausible_seconds(duration_ms / 1000)
    return ClipQuery(track.title, track.artists, seconds, track.isrc or None)


def _guard(call: Callable[[], Result], verb: str) -> Result:
    try:
        return call()
    except CompanionError:
        raise
    except Exception as error:  # one clip that trips a library is no reason to stop the others
        _logger.exception("a clip cannot be %s", verb)
        raise ClipError(f"The clip cannot be {verb}: {type(error).__name__}: {error}.") from error
