from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from companion.affect import Affect
from companion.agent.library.sync import WHOLE_PASS_EVERY, SyncSummary, sync_library
from companion.demo.simulator.clock import DAY
from companion.demo.simulator.faults import FAULTS, OWN_FILE, Answer, Fault
from companion.demo.simulator.library import (
    Library,
    LocalFile,
    Playlist,
    Track,
    library,
    make_track,
    make_tracks,
    saved_library,
)
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import USER_ID
from companion.errors import QuotaExceeded, SpotifyError
from companion.spotify.client import SpotifySession
from companion.spotify.library import PAGE_SIZE
from companion.store.listening.snapshots import played_since
from companion.store.metadata import LIBRARY_SYNCED_AT, read_time
from companion.store.tracks.library import (
    SAVED,
    count_tracks,
    known_ids,
    read_progress,
    read_source,
)
from companion.store.tracks.tags import Origin, count_tags, save_tag
from tests.agent.visitor import now_at, sign_in
from tests.choose.makers import track_mood

PAGE = "/v1/me/tracks"
SIZE = 120
PAGES = 3
QUOTA = FAULTS["quota"].answer
DOWN = Fault("GET", PAGE, Answer(503, "upstream connect error"))


@dataclass
class Shelf:
    """A library at the simulator, and the store that it is synced into."""

    sim: Simulator
    session: SpotifySession
    db: sqlite3.Connection
    told: list[tuple[int, int]] = field(default_factory=list)
    playlists: bool = False

    def sync(self) -> SyncSummary:
        self.told.clear()
        self.sim.requests.clear()
        return sync_library(
            self.db,
            self.session,
            now_at(self.sim),
            lambda done, of: self.told.append((done, of)),
            playlists=self.playlists,
        )

    @property
    def played(self) -> set[str]:
        """The recently played tracks in the store."""
        return played_since(self.db, datetime.fromtimestamp(0, UTC))

    @property
    def asked(self) -> int:
        """The pages of the last sync."""
        return self.sim.count("GET", PAGE)

    @property
    def library(self) -> Library:
        return self.sim.library

    def save(self, *numbers: int) -> None:
        for number in numbers:
            newcomer = make_track(50_000 + number, f"New {number}", "The Newcomers", 180_000)
            self.library.save(newcomer, self.sim.clock.now())

    def is_true(self) -> bool:
        """Tell whether the store holds exactly the saved tracks."""
        ids = {track.id for track in self.library.tracks}
        return known_ids(self.db, ids) == ids and count_tracks(self.db) == len(ids)


@pytest.fixture
def shelf(db: sqlite3.Connection) -> Iterator[Shelf]:
    with Simulator(library(SIZE)) as sim, sign_in(sim, db) as session:
        yield Shelf(sim, session, db)


@pytest.fixture
def synced(shelf: Shelf) -> Shelf:
    """A day after the first sync."""
    shelf.sync()
    shelf.sim.clock.advance(DAY)
    return shelf


def test_the_first_sync_reads_the_library_whole(shelf: Shelf) -> None:
    now = now_at(shelf.sim)
    assert shelf.sync() == SyncSummary(SIZE, added=SIZE, removed=0, skipped={}, whole=True)
    assert shelf.told == [(50, SIZE), (100, SIZE), (SIZE, SIZE)]
    assert shelf.is_true()
    source = read_source(shelf.db, SAVED)
    assert source is not None
    assert source.read_at == now
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
    with Simulator(library(3)) as sim, sign_in(sim, db) as session:
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
    with Simulator(library(0)) as sim, sign_in(sim, db) as session:
        shelf = Shelf(sim, session, db)
        assert shelf.sync() == SyncSummary(0, 0, 0, {}, whole=True)
        assert shelf.sync() == SyncSummary(0, 0, 0, {}, whole=False)


def test_all_tracks_taken_out_are_all_removed(synced: Shelf) -> None:
    synced.library.saved.clear()
    assert synced.sync() == SyncSummary(0, added=0, removed=SIZE, skipped={}, whole=True)


@pytest.mark.parametrize("fault", ["server_error", "quota", "owner_premium"])
def test_a_failure_half_way_keeps_what_was_read(shelf: Shelf, fault: str) -> None:
    shelf.sim.faults.add(replace(FAULTS[fault], path=PAGE), after=1, times=None)
    with pytest.raises(SpotifyError):
        shelf.sync()
    assert count_tracks(shelf.db) == PAGE_SIZE
    assert read_source(shelf.db, SAVED) is None
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
    """A removal shifts the pages, so that a plain pass would miss a track that is still saved."""
    shelf.sync()
    for track in shelf.library.tracks:
        mood = track_mood(Affect(0.1, 0.2))
        save_tag(shelf.db, track.id, mood, Origin("deezer", "1", 1.0), now_at(shelf.sim))
    shelf.sim.clock.advance(WHOLE_PASS_EVERY.total_seconds())
    shelf.sim.faults.add(fault, after=page)
    before = {track.id for track in shelf.library.tracks}
    assert shelf.sync().whole
    kept = before & {track.id for track in shelf.library.tracks}
    assert known_ids(shelf.db, kept) == kept
    shelf.sim.clock.advance(60)
    shelf.sync()
    assert shelf.is_true()
    assert count_tags(shelf.db).tagged == len(kept)


def test_a_library_that_never_stands_still_is_read_to_its_end_and_nothing_dropped(
    synced: Shelf,
) -> None:
    synced.sim.clock.advance(WHOLE_PASS_EVERY.total_seconds())
    gone = synced.library.tracks[-1]
    synced.library.remove(gone.uri)
    synced.sim.faults.add("library_grows", times=None)
    assert not synced.sync().whole
    assert count_tracks(synced.db) >= SIZE
    assert known_ids(synced.db, [gone.id]) == {gone.id}
    assert synced.asked < 40


class TestInHelpings:
    """A library of many pages, of which each sync gets through a few."""

    def helping(self, shelf: Shelf, pages: int) -> bool:
        """Sync until the quota stops it; whether it came to its end. A day passes."""
        shelf.sim.faults.clear()
        shelf.sim.faults.add(replace(FAULTS["quota"], path=PAGE), after=pages, times=None)
        try:
            shelf.sync()
        except QuotaExceeded:
            return False
        finally:
            shelf.sim.clock.advance(DAY)
        return True

    @pytest.fixture
    def long(self, db: sqlite3.Connection) -> Iterator[Shelf]:
        with Simulator(library(500)) as sim, sign_in(sim, db) as session:
            yield Shelf(sim, session, db)

    def test_the_first_read_goes_on_where_it_stopped(self, long: Shelf) -> None:
        days = 1
        while not self.helping(long, 4):
            days += 1
        assert days == 3  # 10 pages: 4, then the front and 3 a day
        assert long.is_true()
        assert read_progress(long.db, SAVED) is None
        long.sim.faults.clear()
        assert long.sync().whole is False
        assert long.asked == 1

    def test_it_tells_how_far_it_is(self, long: Shelf) -> None:
        self.helping(long, 4)
        assert long.told[-1] == (200, 500)
        self.helping(long, 4)
        assert long.told == [(50, 500), (250, 500), (300, 500), (350, 500)]

    @pytest.mark.parametrize("saved", [0, 60])
    @pytest.mark.parametrize("removed", [3, 60])
    @pytest.mark.parametrize("place", [0, 120, 350])
    def test_what_changes_between_two_days_is_not_missed(
        self, long: Shelf, saved: int, removed: int, place: int
    ) -> None:
        assert not self.helping(long, 5)
        for track in long.library.tracks[place : place + removed]:
            long.library.remove(track.uri)
        long.save(*range(saved))
        still_there = {track.id for track in long.library.tracks}
        while not self.helping(long, 5):
            pass
        assert known_ids(long.db, still_there) == still_there
        while not self.helping(long, 5):
            pass
        assert long.is_true()

    def test_one_of_long_ago_begins_anew(self, long: Shelf) -> None:
        self.helping(long, 4)
        long.sim.clock.advance(WHOLE_PASS_EVERY.total_seconds())
        self.helping(long, 2)
        assert long.told == [(50, 500), (100, 500)]


class TestPlaylists:
    """Five saved tracks; playlists of the user's own and of somebody else."""

    OTHERS = 40  # playlists of other people's

    @pytest.fixture
    def shelf(self, db: sqlite3.Connection) -> Iterator[Shelf]:
        tracks = make_tracks(12)
        own = [
            Playlist("mix", "Mix", (*tracks[3:8], tracks[3], OWN_FILE), USER_ID),
            Playlist("empty", "Empty", (), USER_ID),
        ]
        others = [
            Playlist(f"theirs{n}", "Theirs", tuple(tracks[8:]), "somebody")
            for n in range(self.OTHERS)
        ]
        shelf = saved_library(tracks[:5], [*others, *own])
        with Simulator(shelf) as sim, sign_in(sim, db, playlists=True) as session:
            yield Shelf(sim, session, db, playlists=True)

    def ids(self, shelf: Shelf) -> list[str]:
        return [row["id"] for row in shelf.db.execute("SELECT id FROM tracks")]

    def edit(self, shelf: Shelf, *tracks: Track | LocalFile) -> None:
        lists = shelf.library.playlists
        lists[-2] = replace(lists[-2], tracks=tracks)

    def test_each_track_comes_once_and_only_from_the_users_own(self, shelf: Shelf) -> None:
        summary = shelf.sync()
        assert summary.tracks == 8
        assert summary.skipped == {"local file": 1, "seen before": 1}
        assert sorted(self.ids(shelf)) == sorted(track.id for track in make_tracks(8))
        paths = {request.path for request in shelf.sim.requests}
        assert not any("theirs" in path for path in paths)

    def test_what_has_not_changed_is_not_read_again(self, shelf: Shelf) -> None:
        shelf.sync()
        shelf.sync()
        assert shelf.sim.count("GET", "/v1/playlists/mix/items") == 0

    def test_a_track_leaves_with_its_last_source(self, shelf: Shelf) -> None:
        tracks = make_tracks(12)
        shelf.sync()
        shelf.library.remove(tracks[3].uri)  # in the playlist still
        shelf.library.remove(tracks[0].uri)
        self.edit(shelf, *tracks[3:6])  # 4 is saved still; 5 is nowhere else
        shelf.sim.clock.advance(60)
        assert shelf.sync().removed == 3
        assert sorted(self.ids(shelf)) == sorted(track.id for track in tracks[1:6])

    def test_a_playlist_that_is_gone_takes_its_tracks_along(self, shelf: Shelf) -> None:
        shelf.sync()
        del shelf.library.playlists[-2]
        assert shelf.sync().removed == 3

    def test_without_the_setting_they_go(self, shelf: Shelf) -> None:
        shelf.sync()
        shelf.playlists = False
        assert shelf.sync() == SyncSummary(5, 0, 3, {}, whole=False)
        assert shelf.sim.count("GET", "/v1/me/playlists") == 0

    def test_a_long_one_goes_on_where_it_stopped(self, shelf: Shelf) -> None:
        self.edit(shelf, *make_tracks(120))
        shelf.sim.faults.add(Fault("GET", "/v1/playlists/mix/*", QUOTA), after=1, times=None)
        with pytest.raises(QuotaExceeded):
            shelf.sync()
        assert count_tracks(shelf.db) == PAGE_SIZE
        shelf.sim.faults.clear()
        shelf.sim.clock.advance(DAY)
        assert shelf.sync().tracks == 120
        assert shelf.sim.count("GET", "/v1/playlists/mix/items") == 2

    def test_the_day_it_was_saved_holds(self, shelf: Shelf) -> None:
        shelf.sync()
        saved_at = shelf.library.saved[3].added_at
        row = shelf.db.execute(
            "SELECT added_at FROM tracks WHERE id = ?", (make_tracks(4)[3].id,)
        ).fetchone()
        assert row["added_at"] == saved_at


def test_the_first_sync_learns_what_played_lately(shelf: Shelf) -> None:
    played = shelf.library.tracks[70]
    shelf.sim.player.play([played, *shelf.library.tracks[:1]])
    shelf.sim.clock.advance(played.duration_ms / 1000 + 5)
    shelf.sync()
    assert shelf.played == {played.id}
    save_tag(
        shelf.db, played.id, track_mood(Affect(0, 0)), Origin("local", "", 1), now_at(shelf.sim)
    )
    shelf.sync()
    assert shelf.sim.count("GET", "/v1/me/player/recently-played") == 0


def test_a_sync_is_done_where_spotify_does_not_tell_what_played(shelf: Shelf) -> None:
    down = Fault("GET", "/v1/me/player/recently-played", Answer(503, "upstream connect error"))
    shelf.sim.faults.add(down, times=None)
    assert shelf.sync().tracks == SIZE
    assert shelf.played == set()
