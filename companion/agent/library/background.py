"""Tags the library in the background, within a share of one core.

The agent calls `step` again and again. A step tags a few tracks and tells how long to rest before
the next: so long that the worker's CPU time stays within the share that the settings state. On
battery nothing is tagged, and beside a busy machine only a part of the share is taken.
"""

import logging
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from companion.affect import KeptFeatures, TrackMood
from companion.agent.clock import Clock
from companion.agent.library.clip_sources import make_providers
from companion.agent.library.renewal import renew_tags
from companion.agent.library.tagging import tag_tracks
from companion.agent.library.tagging_order import due_tracks
from companion.config.schema import Clips, Config
from companion.music.clips.provider import ClipProvider
from companion.music.clips.search import find_clip
from companion.store.metadata import LIBRARY_SYNCED_AT, read_time
from companion.store.tracks.tags import has_tag_of
from companion.track import Track
from companion.weights import open_model

STEP_TRACKS = 5
STEP_SECONDS = 8.0  # after this a step takes no further track, so that a visit never waits long
SHORTEST_REST_S = 1.0
IDLE = timedelta(minutes=2)
"""The wait where there is nothing to tag, or tagging must not be."""
SEARCH_EVERY = timedelta(minutes=30)
"""The library is searched for tracks to tag only so often, where none was found before."""
BUSY = 0.5  # of all cores, used by others: beyond, the machine is busy
BUSY_PART = 0.25  # of the share, which is taken beside a busy machine
STEPS_KEPT = 20  # by which the pace is measured
ON_BATTERY, BUSY_MACHINE = "on battery", "the machine is busy"

_logger = logging.getLogger(__name__)


class Models(Protocol):
    """The worker, as tagging knows it."""

    @property
    def pid(self) -> int | None: ...

    @property
    def cpu_seconds(self) -> float:
        """The CPU time of the present process; 0 where there is none."""
        ...

    def tag(self, audio: bytes | Path) -> TrackMood: ...

    def tag_features(self, kept: KeptFeatures) -> TrackMood: ...


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine, as tagging knows it.

    Attributes:
        clock: its clocks.
        models: the worker.
        on_battery: True on battery; None where unknown, which counts as mains.
        busy_seconds: the CPU time of all processes on all cores since it started; None: unknown.
    """

    clock: Clock
    models: Models
    on_battery: Callable[[], bool | None]
    busy_seconds: Callable[[], float | None]
    cores: int = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class TaggingReport:
    """The progress of the background tagging.

    Attributes:
        left: tracks that are still to be tried.
        done_at: when that will be done at the present pace, in ISO 8601; None where unknown.
        resting: why nothing, or little, is tagged at present; "" where nothing is in the way.
    """

    left: int
    done_at: str | None
    resting: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """The clocks at one moment: seconds awake, the worker's CPU time, that of all processes."""

    awake: float
    pid: int | None
    worker: float
    busy: float | None


class BackgroundTagging:
    """Tags step by step. One thread owns it."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._backlog: deque[Track] = deque()
        self._providers: list[ClipProvider] = []
        self._state: object = None
        self._renewed: object = None
        self._db: sqlite3.Connection | None = None
        self._searched_at: datetime | None = None
        self._steps: deque[tuple[float, int]] = deque(maxlen=STEPS_KEPT)
        self._last: _Reading | None = None
        self._resting = ""

    def step(self, db: sqlite3.Connection, config: Config) -> timedelta:
        """Tag a few tracks; tells how long to rest.

        Raises:
            CompanionError: tagging cannot go on now.
        """
        self._resting = ""
        if self._machine.on_battery():
            self._resting = ON_BATTERY
            return IDLE
        label = open_model("track_mood").label
        share = config.agent.tagging_share * (BUSY_PART if self._is_busy() else 1)
        if self._renewed != (label, db) and (rest := self._renew(db, label, share)):
            return rest
        if not config.clips.providers:
            self._backlog.clear()
            return IDLE
        self._refill(db, config.clips, label)
        if not self._backlog:
            return IDLE
        began, before = self._read(), len(self._backlog)
        done = tag_tracks(
            db,
            self._take(db, label, began.awake + STEP_SECONDS),
            lambda query: find_clip(self._providers, query),
            [self._machine.models],
            lambda: self._machine.clock().wall,
            lambda *_: None,
        )
        _logger.info("tagging: %d tagged, %s", done.tagged, done.reasons or "none failed")
        seconds = self._rest(began, share)
        self._steps.append(
            (self._read().awake - began.awake + seconds, before - len(self._backlog))
        )
        return timedelta(seconds=seconds)

    def _renew(self, db: sqlite3.Connection, label: str, share: float) -> timedelta | None:
        """Renew older tags for a step; tells how long to rest, None where all are."""
        began = self._read()

        def go_on(*_: int) -> bool:
            return self._machine.clock().awake < began.awake + STEP_SECONDS

        if renew_tags(db, self._machine.models, label, go_on):
            return timedelta(seconds=self._rest(began, share))
        self._renewed = (label, db)
        return None

    def report(self) -> dict[str, Any] | None:
        """The `TaggingReport` as data; None while nothing is known to be left."""
        left = len(self._backlog)
        if not left:
            return None
        seconds, done = (sum(column) for column in zip((0.0, 0), *self._steps, strict=True))
        done_at = None
        if done and self._resting != ON_BATTERY:
            ahead = timedelta(seconds=left * seconds / done)
            done_at = (self._machine.clock().wall + ahead).isoformat()
        return asdict(TaggingReport(left, done_at, self._resting))

    def _refill(self, db: sqlite3.Connection, clips: Clips, label: str) -> None:
        """Search the library anew where it or the settings changed, or nothing is left."""
        now, state = self._machine.clock().wall, (clips, label, read_time(db, LIBRARY_SYNCED_AT))
        known = state == self._state and db is self._db  # on which the providers' pace is kept
        if known and (self._backlog or not self._is_due(now)):
            return
        self._backlog = deque(due_tracks(db, label, now, again=False))
        self._db, self._state, self._searched_at = db, state, now
        self._providers = make_providers(clips, db) if self._backlog else []

    def _is_due(self, now: datetime) -> bool:
        before = self._searched_at
        return before is None or not before <= now < before + SEARCH_EVERY

    def _take(self, db: sqlite3.Connection, label: str, until: float) -> Iterator[Track]:
        """The next tracks, without those that another process tagged meanwhile."""
        taken = 0
        while self._backlog and taken < STEP_TRACKS and self._machine.clock().awake < until:
            track = self._backlog.popleft()
            if not has_tag_of(db, track.id, label):
                taken += 1
                yield track

    def _read(self) -> _Reading:
        machine = self._machine
        return _Reading(
            machine.clock().awake,
            machine.models.pid,
            machine.models.cpu_seconds,
            machine.busy_seconds(),
        )

    def _rest(self, began: _Reading, share: float) -> float:
        """Return the seconds until the worker's CPU time is within its share of one core."""
        ended = self._read()
        used, elapsed = _worker_seconds(began, ended), ended.awake - began.awake
        return max(SHORTEST_REST_S, used / share - elapsed)

    def _is_busy(self) -> bool:
        """True where others used more than `BUSY` of the cores since the last step began."""
        now, last = self._read(), self._last
        self._last = now
        if last is None or last.busy is None or now.busy is None or now.awake <= last.awake:
            return False
        others = now.busy - last.busy - _worker_seconds(last, now)
        busy = others / ((now.awake - last.awake) * self._machine.cores) > BUSY
        self._resting = BUSY_MACHINE if busy else ""
        return busy


def _worker_seconds(before: _Reading, after: _Reading) -> float:
    """The worker's CPU time between two moments; a new process began at 0."""
    same = before.pid == after.pid and after.worker >= before.worker
    return after.worker - before.worker if same else after.worker
