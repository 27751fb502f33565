"""Tagging in worker processes: this one fetches and stores, they decode and compute.

So one process asks the providers, at one pace, and one writes to the store, however many
listen. A worker that dies of a clip costs that clip.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from functools import cache
from pathlib import Path

from companion.affect import TrackMood
from companion.agent.library.tagging import Find, Progress, Tagger, TagRun, TagSummary
from companion.agent.models.worker import FEW_THREADS
from companion.errors import ClipDamaged
from companion.music.clips.provider import Clip
from companion.track import Track

AHEAD = 2  # clips fetched for each worker: one in work, one in hand

Audio = bytes | Path
MakeTagger = Callable[[], Tagger]


def load_tagger() -> Tagger:
    """The model that comes with the program.

    Raises:
        ModelError: the weights are missing or damaged.
    """
    from companion.music.tag import Tagger as MusicTagger

    return MusicTagger()


def tag_in_workers(
    db: sqlite3.Connection,
    tracks: Iterable[Track],
    find: Find,
    workers: TagWorkers,
    clock: Callable[[], datetime],
    progress: Progress,
) -> TagSummary:
    """Tag the tracks as `tag_tracks` does; what was fetched before an end is still heard.

    Raises:
        ClipSourceBusy: no source had time for several tracks in a row.
        ModelError: the weights are missing or damaged.
    """
    run = TagRun(db, find, clock, progress)
    waiting: deque[tuple[Track, Clip, Future[TrackMood]]] = deque()

    def finish() -> None:
        track, clip, answer = waiting.popleft()
        run.keep(track, clip, lambda: workers.wait(answer, clip.audio))

    try:
        for track in tracks:
            clip = run.fetch(track)
            if clip:
                waiting.append((track, clip, workers.hear(clip.audio)))
            if len(waiting) == AHEAD * workers.jobs:
                finish()
    finally:
        while waiting:
            finish()
    return run.summary()


class TagWorkers:
    """Processes that listen to clips. Use it in a `with`.

    Args:
        jobs: how many.
        make_tagger: makes each one's model; a function that can be pickled.
    """

    def __init__(self, jobs: int = 1, make_tagger: MakeTagger = load_tagger) -> None:
        self.jobs = jobs
        self._make_tagger = make_tagger
        self._pool = _start(jobs)

    def hear(self, audio: Audio) -> Future[TrackMood]:
        """Begin to listen to a clip."""
        try:
            return self._pool.submit(_hear, self._make_tagger, audio)
        except BrokenProcessPool:
            self._pool = _start(self.jobs)
            return self._pool.submit(_hear, self._make_tagger, audio)

    def wait(self, answer: Future[TrackMood], audio: Audio) -> TrackMood:
        """What `hear` of the same clip comes to.

        Raises:
            ClipDamaged: the worker died of it.
            CompanionError: what the model raised.
        """
        try:
            return answer.result()
        except BrokenProcessPool:
            return self._hear_alone(audio)

    def _hear_alone(self, audio: Audio) -> TrackMood:
        """Listen once more, where no other clip can be what a worker dies of."""
        try:
            with _start(1) as pool:
                return pool.submit(_hear, self._make_tagger, audio).result()
        except BrokenProcessPool as error:
            raise ClipDamaged("The clip ends the process that decodes it.") from error

    def __enter__(self) -> TagWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _start(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )


def _begin() -> None:
    """Leave Ctrl-C to the process that stores, and the other cores to the other workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(FEW_THREADS)


def _hear(make_tagger: MakeTagger, audio: Audio) -> TrackMood:
    return _tagger(make_tagger).tag(audio)


@cache
def _tagger(make_tagger: MakeTagger) -> Tagger:
    return make_tagger()
