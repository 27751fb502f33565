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

from companion.agent.library.tagging import AHEAD, TagSummary, tag_tracks
from companion.agent.library.tagging_order import due_tracks
from companion.agent.models.worker import TAG_SECONDS, Worker, open_workers
from companion.errors import ClipMissing, ModelError, WorkerLost
from companion.music.clips.provider import Clip, ClipQuery, Match, MatchedBy
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import count_tags
from companion.track import Track
from tests.agent.fake_work import BRIGHT, COMMAND
from tests.agent.library.test_tagging import NOW
from tests.agent.live import ROOT
from tests.agent.models.test_worker import gone
from tests.choose.makers import track
from tests.store.stored import tagged_tracks


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Worker]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        with open_workers(2, tmp_path_factory.mktemp("cache"), COMMAND) as both:
            yield both


@pytest.fixture
def own_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Worker]]:
    """Workers that may be left at work: Ctrl-C does not wait for them."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with open_workers(2, tmp_path / "own", COMMAND) as both:
        yield both


class Library:
    """A library of tracks whose clips say what is to come of them."""

    def __init__(self, db: sqlite3.Connection, workers: list[Worker], clips: list[bytes]) -> None:
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
        tracks = due_tracks(self.db, BRIGHT.model, NOW, again=False)
        return tag_tracks(self.db, tracks, self.find, self.workers, lambda: NOW, self._tell)

    def _tell(self, done: Track, word: str) -> None:
        self.told.append((done.id, word))

    @property
    def tagged(self) -> list[str]:
        return [one.id for one, _ in tagged_tracks(self.db)]


def test_every_track_is_tagged_and_told(db: sqlite3.Connection, workers: list[Worker]) -> None:
    library = Library(db, workers, [b"slow", b"well"] * 6)
    assert library.run() == TagSummary(12, {})
    assert {id_ for id_, _ in library.told} == set(library.tagged)
    assert all(mood == BRIGHT for _, mood in tagged_tracks(db))
    assert set(library.fetched.values()) == {1}
    assert db.execute("SELECT DISTINCT matched_by FROM tags").fetchone()[0] == "isrc"
    assert library.run() == TagSummary(0, {})


def test_what_goes_wrong_is_kept_with_its_reason(
    db: sqlite3.Connection, workers: list[Worker]
) -> None:
    library = Library(db, workers, [b"well", b"damaged", b"", b"odd", b"well"])
    summary = library.run()
    assert summary == TagSummary(2, {"damaged_clip": 1, "no_clip": 1, "worker_failed": 1})
    assert count_tags(db).reasons == summary.reasons
    assert dict(library.told)["1"] == "damaged_clip"


def test_no_more_is_fetched_ahead_than_the_workers_hold(
    db: sqlite3.Connection, workers: list[Worker]
) -> None:
    library = Library(db, workers, [b"slow"] * 9)
    most = 0
    find = library.find

    def count(query: ClipQuery) -> Clip:
        nonlocal most
        most = max(most, sum(library.fetched.values()) - len(library.told))
        return find(query)

    library.find = count  # type: ignore[method-assign] # watched
    library.run()
    assert most < AHEAD * 2


def test_a_worker_that_dies_costs_one_clip_and_is_replaced(
    db: sqlite3.Connection, workers: list[Worker]
) -> None:
    library = Library(db, workers, [b"well", b"slow", b"crash", b"well", b"slow", b"well"])
    assert library.run() == TagSummary(5, {"worker_failed": 1})
    assert set(library.tagged) == set("01345")
    assert set(library.fetched.values()) == {1}


def test_a_model_that_cannot_be_read_ends_the_run(
    db: sqlite3.Connection, workers: list[Worker]
) -> None:
    library = Library(db, workers, [b"well", b"broken model", b"well"])
    with pytest.raises(ModelError, match="Damaged"):
        library.run()
    assert count_tags(db).reasons == {}


@pytest.mark.parametrize("place", [0, 1, 3])
def test_after_ctrl_c_the_next_run_goes_on(
    db: sqlite3.Connection, own_workers: list[Worker], place: int, tmp_path: Path
) -> None:
    library = Library(db, own_workers, [b"slow"] * 5)
    order = [one.title for one in due_tracks(db, BRIGHT.model, NOW, again=False)]
    library.interrupt_at = order[place]
    with pytest.raises(KeyboardInterrupt):
        library.run()
    kept = len(library.tagged)
    assert kept <= place
    library.interrupt_at = None
    with open_workers(2, tmp_path, COMMAND) as library.workers:
        assert library.run().tagged == 5 - kept
    assert sum(library.fetched.values()) - 5 <= place - kept


def test_ctrl_c_waits_for_no_clip(db: sqlite3.Connection, own_workers: list[Worker]) -> None:
    library = Library(db, own_workers, [b"hang"] * 3)
    library.interrupt_at = due_tracks(db, BRIGHT.model, NOW, again=False)[2].title
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        library.run()
    assert time.monotonic() - began < TAG_SECONDS / 2
    assert library.tagged == []


def test_a_model_that_ends_every_process_ends_the_run(
    db: sqlite3.Connection, workers: list[Worker]
) -> None:
    library = Library(db, workers, [b"crash"] * 12)
    with pytest.raises(WorkerLost, match=r"3 tracks in a row.*signal 6"):
        library.run()
    assert set(count_tags(db).reasons) == {"worker_failed"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to one process")
def test_the_terminals_ctrl_c_does_not_reach_the_workers(workers: list[Worker]) -> None:
    worker = workers[0]
    worker.tag(b"well")
    assert worker.pid
    os.kill(worker.pid, signal.SIGINT)
    first = worker.pid
    assert worker.tag(b"slow") == BRIGHT
    assert worker.pid == first


def test_nothing_is_left_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with open_workers(2, tmp_path, COMMAND) as both:
        pids = [worker.tag(b"well") and worker.pid for worker in both]
    assert all(pid and gone(pid) for pid in pids)
