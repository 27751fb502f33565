from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.affect import Affect, TrackMood
from companion.agent.library.tag_workers import AHEAD, TagWorkers, tag_in_workers
from companion.agent.library.tagging import TagSummary
from companion.errors import ClipDamaged, ClipMissing, ModelError
from companion.music.clips.provider import Clip, ClipQuery, Match, MatchedBy
from companion.store.library import save_tracks
from companion.store.tags import count_tags, due_tracks
from companion.track import Track
from tests.agent.library.test_tagging import MODEL, NOW
from tests.choose.makers import track, track_mood
from tests.store.stored import tagged_tracks

MOOD = track_mood(Affect(0.2, -0.3))


class Listener:
    """A music model that does what the clip says."""

    def tag(self, audio: bytes | Path) -> TrackMood:
        match audio:
            case b"damaged":
                raise ClipDamaged("Silent.", "Nothing to do.")
            case b"odd":
                raise ValueError("odd")
            case b"broken model":
                raise ModelError("Damaged.")
            case b"deadly":
                os._exit(3)
            case b"slow":
                time.sleep(0.3)
        return MOOD


@pytest.fixture(scope="module")
def workers() -> Iterator[TagWorkers]:
    with TagWorkers(2, Listener) as both:
        yield both


class Room:
    """A library of tracks whose clips say what is to come of them."""

    def __init__(self, db: sqlite3.Connection, workers: TagWorkers, clips: list[bytes]) -> None:
        self.db, self.workers = db, workers
        self.clips = {f"Song {number}": audio for number, audio in enumerate(clips)}
        self.fetched: Counter[str] = Counter()
        self.told: list[tuple[str, str]] = []
        self.interrupt_at: str | None = None
        save_tracks(db, [track(str(number)) for number in range(len(clips))], NOW)

    def find(self, query: ClipQuery) -> Clip:
        if query.title == self.interrupt_at:
            raise KeyboardInterrupt
        if self.clips[query.title] == b"":
            raise ClipMissing("None.")
        self.fetched[query.title] += 1
        return Clip(self.clips[query.title], "deezer", query.title, Match(MatchedBy.ISRC, 1.0))

    def run(self) -> TagSummary:
        tracks = due_tracks(self.db, MODEL, NOW, again=False)
        return tag_in_workers(self.db, tracks, self.find, self.workers, lambda: NOW, self._tell)

    def _tell(self, done: Track, word: str) -> None:
        self.told.append((done.id, word))

    @property
    def tagged(self) -> list[str]:
        return [one.id for one, _ in tagged_tracks(self.db)]


def test_every_track_is_tagged_and_told(db: sqlite3.Connection, workers: TagWorkers) -> None:
    room = Room(db, workers, [b"slow", b"well"] * 6)
    assert room.run() == TagSummary(12, {})
    assert {id_ for id_, _ in room.told} == set(room.tagged)
    assert all(mood == MOOD for _, mood in tagged_tracks(db))
    assert set(room.fetched.values()) == {1}
    assert db.execute("SELECT DISTINCT matched_by FROM tags").fetchone()[0] == "isrc"
    assert room.run() == TagSummary(0, {})


def test_what_goes_wrong_is_kept_with_its_reason(
    db: sqlite3.Connection, workers: TagWorkers
) -> None:
    room = Room(db, workers, [b"well", b"damaged", b"", b"odd", b"well"])
    summary = room.run()
    assert summary == TagSummary(2, {"damaged_clip": 1, "no_clip": 1, "clip_failed": 1})
    assert count_tags(db).reasons == summary.reasons
    assert dict(room.told)["1"] == "damaged_clip"


def test_no_more_is_fetched_ahead_than_the_workers_hold(
    db: sqlite3.Connection, workers: TagWorkers
) -> None:
    room = Room(db, workers, [b"slow"] * 9)
    most = 0
    find = room.find

    def count(query: ClipQuery) -> Clip:
        nonlocal most
        most = max(most, sum(room.fetched.values()) - len(room.told))
        return find(query)

    room.find = count  # type: ignore[method-assign] # watched
    room.run()
    assert most < AHEAD * 2


def test_a_worker_that_dies_costs_the_clip_it_died_of(
    db: sqlite3.Connection, workers: TagWorkers
) -> None:
    room = Room(db, workers, [b"well", b"slow", b"deadly", b"well", b"slow", b"well"])
    assert room.run() == TagSummary(5, {"damaged_clip": 1})
    assert set(room.tagged) == set("01345")
    assert set(room.fetched.values()) == {1}


def test_a_model_that_cannot_be_read_ends_the_run(
    db: sqlite3.Connection, workers: TagWorkers
) -> None:
    room = Room(db, workers, [b"well", b"broken model", b"well"])
    with pytest.raises(ModelError, match="Damaged"):
        room.run()
    assert count_tags(db).reasons == {}


@pytest.mark.parametrize("place", [0, 1, 3])
def test_ctrl_c_keeps_what_was_fetched_and_the_next_run_fetches_nothing_twice(
    db: sqlite3.Connection, workers: TagWorkers, place: int
) -> None:
    room = Room(db, workers, [b"slow"] * 5)
    order = [one.title for one in due_tracks(db, MODEL, NOW, again=False)]
    room.interrupt_at = order[place]
    with pytest.raises(KeyboardInterrupt):
        room.run()
    assert len(room.tagged) == sum(room.fetched.values()) == place
    room.interrupt_at = None
    assert room.run().tagged == 5 - place
    assert set(room.fetched.values()) == {1}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to one process")
def test_the_terminals_ctrl_c_does_not_reach_the_workers() -> None:
    with TagWorkers(1, Listener) as alone:
        alone.hear(b"well").result()
        [worker] = alone._pool._processes.values()
        answer = alone.hear(b"slow")
        os.kill(worker.pid or 0, signal.SIGINT)
        assert answer.result() == MOOD


def test_nothing_is_left_running() -> None:
    with TagWorkers(2, Listener) as both:
        both.hear(b"well").result()
        processes = list(both._pool._processes.values())
    assert processes
    assert not any(process.is_alive() for process in processes)
