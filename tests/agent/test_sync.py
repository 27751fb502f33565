from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from companion.affect import Affect
from companion.agent.sync import WHOLE_PASS_EVERY, SyncSummary, sync_library
from companion.errors import SpotifyError
from companion.simulator.clock import DAY
from companion.simulator.faults import FAULTS, Answer, Fault
from companion.simulator.library import Library, LocalFile, library, make_track
from companion.simulator.server import Simulator
from companion.spotify.library import PAGE_SIZE
from companion.spotify.session import SpotifySession
from companion.store.facts import LIBRARY_READ_WHOLE_AT, LIBRARY_SYNCED_AT, read_time
from companion.store.tags import Origin, count_tags, save_tag
from companion.store.tracks import count_tracks, known_ids
from tests.agent.desk import now_at, sign_in
from tests.choose.makers import track_mood

SAVED = "/v1/me/tracks"
SIZE = 120
PAGES = 3
DOWN = Fault("GET", SAVED, Answer(503, "upstream connect error"))


@dataclass
class Shelf:
    """A library at the stand-in, and the store that it is synced into."""

    sim: Simulator
    session: SpotifySession
    db: sqlite3.Connection
    told: list[tuple[int, int]] = field(default_factory=list)

    def sync(self) -> SyncSummary:
        self.told.clear()
        self.sim.requests.clear()
        return sync_library(
            self.db,
            self.session.saved_tracks,
            now_at(self.sim),
            lambda done, of: self.told.append((done, of)),
        )

    @property
    def asked(self) -> int:
        """The pages of the last sync."""
        return self.sim.count("GET", SAVED)

    @property
    def library(self) -> Library:
        return self.sim.library

    def save(self, *numbers: int) -> None:
        for number in numbers:
            newcomer = make_track(50_000 + number, f"New {number}", "The Newcomers", 180_000)
            self.library.save(newcomer, self.sim.clock.now())

    def is_true(self) -> bool:
        """Whether the store holds exactly what is saved."""
        ids = {track.id for track in self.library.tracks}
        return known_ids(self.db, ids) == ids and count_tracks(self.db) == len(ids)


@pytest.fixture
def shelf(db: sqlite3.Connection) -> Iterator[Shelf]:
    with Simulator(library(SIZE)) as sim, sign_in(sim) as session:
        yield Shelf(sim, session, db)


@pytest.fixture
def synced(shelf: Shelf) -> Shelf:
    """A day after the first sync."""
    shelf.sync()
    shelf.sim.clock.advance(DAY)
    return shelf


def test_the_first_sync_reads_the_library_whole(shelf: Shelf) -> None:
    assert shelf.sync() == SyncSummary(SIZE, added=SIZE, removed=0, skipped={}, whole=True)
    assert shelf.told == [(50, SIZE), (100, SIZE), (SIZE, SIZE)]
    assert shelf.is_true()
    now = now_at(shelf.sim)
    assert read_time(shelf.db, LIBRARY_READ_WHOLE_AT) == now
    assert read_time(shelf.db, LIBRARY_SYNCED_AT) == now


def test_the_next_one_stops_at_known_ground(synced: Shelf) -> None:
    summary = synced.sync()
    assert summary == SyncSummary(SIZE, added=0, removed=0, skipped={}, whole=False)
    assert synced.asked == 1
    assert read_time(synced.db, LIBRARY_SYNCED_AT) == now_at(synced.sim)


@pytest.mark.parametrize(("news", "pages"), [(1, 2), (PAGE_SIZE, 2), (PAGE_SIZE + 1, 3)])
def test_new_tracks_are_read_and_no_more(synced: Shelf, news: int, pages: int) -> None:
    synced.save(*range(news))
    summary = synced.sync()
    assert (summary.tracks, summary.added, summary.removed) == (SIZE + news, news, 0)
    assert not summary.whole
    assert synced.asked == pages
    assert synced.is_true()


def test_as_many_new_as_gone_do_not_hide_each_other(synced: Shelf) -> None:
    synced.library.remove(synced.library.tracks[60].uri)
    synced.save(1)
    assert synced.sync() == SyncSummary(SIZE, added=1, removed=1, skipped={}, whole=True)
    assert synced.is_true()


@pytest.mark.parametrize("place", [0, 60, SIZE - 1])
def test_a_removal_is_noticed_through_the_totals(synced: Shelf, place: int) -> None:
    synced.library.remove(synced.library.tracks[place].uri)
    summary = synced.sync()
    assert summary == SyncSummary(SIZE - 1, added=0, removed=1, skipped={}, whole=True)
    assert synced.asked == 1 + PAGES
    assert synced.is_true()
    synced.sync()
    assert synced.asked == 1


def test_with_a_removed_track_its_tag_goes(synced: Shelf) -> None:
    for track in synced.library.tracks[:2]:
        mood = track_mood(Affect(0.1, 0.2))
        save_tag(synced.db, track.id, mood, Origin("deezer", "1", 1.0), now_at(synced.sim))
    synced.library.remove(synced.library.tracks[0].uri)
    synced.sync()
    assert count_tags(synced.db).tagged == 1


def test_what_the_totals_hide_the_weekly_whole_pass_finds(synced: Shelf) -> None:
    synced.library.remove(synced.library.tracks[60].uri)
    own = LocalFile("Rehearsal", "The Garage", "Tapes", 200_000)
    synced.library.save(own, synced.sim.clock.now())
    assert synced.sync().whole is False
    assert not synced.is_true()
    synced.sim.clock.advance(WHOLE_PASS_EVERY.total_seconds())
    summary = synced.sync()
    assert (summary.whole, summary.added, summary.removed) == (True, 0, 1)
    assert synced.is_true()


@pytest.mark.parametrize(("after", "whole"), [(-1.0, False), (0.0, True), (365 * DAY, True)])
def test_a_week_after_a_whole_pass_comes_the_next(
    db: sqlite3.Connection, after: float, *, whole: bool
) -> None:
    with Simulator(library(3)) as sim, sign_in(sim) as session:
        shelf = Shelf(sim, session, db)
        shelf.sync()
        sim.clock.advance(min(WHOLE_PASS_EVERY.total_seconds() + after, 180 * DAY))
        assert shelf.sync().whole is whole


def test_what_cannot_be_queued_is_counted_and_asks_for_no_whole_pass(shelf: Shelf) -> None:
    for number in range(3):
        own = LocalFile(f"Rehearsal {number}", "The Garage", "Tapes", 200_000)
        shelf.library.save(own, shelf.sim.clock.now())
    summary = shelf.sync()
    assert summary == SyncSummary(SIZE, SIZE, 0, {"local file": 3}, whole=True)
    shelf.sim.clock.advance(DAY)
    assert shelf.sync() == SyncSummary(SIZE, 0, 0, {"local file": 3}, whole=False)
    assert shelf.asked == 1


def test_an_empty_library_is_a_library(db: sqlite3.Connection) -> None:
    with Simulator(library(0)) as sim, sign_in(sim) as session:
        shelf = Shelf(sim, session, db)
        assert shelf.sync() == SyncSummary(0, 0, 0, {}, whole=True)
        assert shelf.sync() == SyncSummary(0, 0, 0, {}, whole=False)


def test_all_tracks_taken_out_are_all_removed(synced: Shelf) -> None:
    synced.library.saved.clear()
    assert synced.sync() == SyncSummary(0, added=0, removed=SIZE, skipped={}, whole=True)


@pytest.mark.parametrize("fault", ["server_error", "quota", "owner_premium"])
def test_a_failure_half_way_keeps_what_was_read(shelf: Shelf, fault: str) -> None:
    shelf.sim.faults.add(replace(FAULTS[fault], path=SAVED), after=1, times=None)
    with pytest.raises(SpotifyError):
        shelf.sync()
    assert count_tracks(shelf.db) == PAGE_SIZE
    assert read_time(shelf.db, LIBRARY_READ_WHOLE_AT) is None
    assert read_time(shelf.db, LIBRARY_SYNCED_AT) is None
    shelf.sim.faults.clear()
    shelf.sim.clock.advance(DAY)
    assert shelf.sync().whole
    assert shelf.is_true()


def changed_much(shelf: Shelf) -> None:
    shelf.save(*range(70))
    shelf.library.remove(shelf.library.tracks[-1].uri)


@pytest.mark.parametrize("change", [changed_much, lambda shelf: shelf.save(*range(70))])
@pytest.mark.parametrize("good_pages", range(4))
def test_wherever_a_later_sync_fails_the_next_makes_it_whole(
    synced: Shelf, change: Callable[[Shelf], None], good_pages: int
) -> None:
    change(synced)
    synced.sim.faults.add(DOWN, after=good_pages, times=None)
    try:
        synced.sync()
    except SpotifyError:
        assert count_tracks(synced.db) >= SIZE
    synced.sim.faults.clear()
    synced.sim.clock.advance(60)
    synced.sync()
    assert synced.is_true()


@pytest.mark.parametrize("fault", ["library_grows", "library_shrinks"])
@pytest.mark.parametrize("page", [1, 2])
def test_a_library_that_changes_while_it_is_read_is_not_forgotten(
    shelf: Shelf, fault: str, page: int
) -> None:
    """A removal shifts the pages, so that the pass misses a track that is still saved."""
    shelf.sync()
    for track in shelf.library.tracks:
        mood = track_mood(Affect(0.1, 0.2))
        save_tag(shelf.db, track.id, mood, Origin("deezer", "1", 1.0), now_at(shelf.sim))
    shelf.sim.clock.advance(WHOLE_PASS_EVERY.total_seconds())
    shelf.sim.faults.add(fault, after=page)
    before = {track.id for track in shelf.library.tracks}
    assert not shelf.sync().whole
    kept = before & {track.id for track in shelf.library.tracks}
    assert known_ids(shelf.db, kept) == kept
    shelf.sim.clock.advance(60)
    shelf.sync()
    assert shelf.is_true()
    assert count_tags(shelf.db).tagged == len(kept)
