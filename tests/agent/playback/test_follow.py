"""Inferring the fate of a queued track from snapshots: tables of what was seen first and then."""

from __future__ import annotations

import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from companion.agent.playback.follow import (
    LONGEST_SILENCE_GAP,
    NEXT_SHOWN_AFTER,
    SHORTEST_SILENCE_GAP,
    UNTIMED_GAP,
    SnapshotResult,
    observe,
)
from companion.playback import PlayerSnapshot
from companion.spotify.player import parse_player
from companion.store.history.queue import EntryState, move_entry, plan_entry
from companion.store.listening.snapshots import read_player_snapshot
from companion.track import Track
from tests.store.stored import last_entry

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
LENGTH_S = 200
LATE = timedelta(seconds=45)
EMPTY = PlayerSnapshot()
MINE = Track("mine", "spotify:track:mine", "Mine", ("Me",), duration_ms=LENGTH_S * 1000)
NEXT = Track("next", "spotify:track:next", "Next", ("You",), duration_ms=180_000)

PLANNED, SENT, ACCEPTED = EntryState.PLANNED, EntryState.SENT, EntryState.ACCEPTED
PLAYING, FINISHED, SKIPPED, UNKNOWN = (
    EntryState.PLAYING,
    EntryState.FINISHED,
    EntryState.SKIPPED,
    EntryState.UNKNOWN,
)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def snapshot(
    track: Track | None, at: float | None, *, playing: bool = True, exact: bool = True
) -> PlayerSnapshot:
    """A track, so many seconds in."""
    position = None if at is None else round(at * 1000)
    return PlayerSnapshot(track, playing, position, track.duration_ms if track else 0, exact)


PODCAST = PlayerSnapshot(is_playing=True, position_ms=60_000, duration_ms=1_500_000)


def store_entry(db: sqlite3.Connection, state: EntryState = ACCEPTED) -> int:
    entry = plan_entry(db, MINE, {}, NOON)
    assert entry is not None
    if state is not PLANNED:
        assert move_entry(db, entry, PLANNED, state, NOON)
    return entry


def state_of(db: sqlite3.Connection) -> EntryState:
    entry = last_entry(db)
    assert entry is not None
    return entry.state


def see(db: sqlite3.Connection, seen: PlayerSnapshot, at: float) -> SnapshotResult:
    return observe(db, seen, NOON + seconds(at), LATE)


@pytest.mark.parametrize("state", [SENT, ACCEPTED])
def test_what_is_seen_playing_plays(db: sqlite3.Connection, state: EntryState) -> None:
    store_entry(db, state)
    moved = see(db, snapshot(MINE, 3), 60).moved
    assert [(entry.track.id, entry.state) for entry in moved] == [("mine", PLAYING)]
    assert state_of(db) is PLAYING
    assert see(db, snapshot(MINE, 63), 120).moved == ()


def test_what_was_never_sent_is_not_ours(db: sqlite3.Connection) -> None:
    store_entry(db, PLANNED)
    assert see(db, snapshot(MINE, 3), 60).moved == ()
    assert state_of(db) is PLANNED


@pytest.mark.parametrize("state", [SENT, ACCEPTED])
def test_what_waits_goes_on_waiting_whatever_else_plays(
    db: sqlite3.Connection, state: EntryState
) -> None:
    store_entry(db, state)
    for at, seen in enumerate(
        (snapshot(NEXT, 3), PODCAST, EMPTY, snapshot(NEXT, 9, playing=False))
    ):
        assert see(db, seen, 600.0 * at).own_track
    assert state_of(db) is state


# The own track plays from 0 on; first seen at `position` s at that second. `then` is the
# next snapshot, at second `at`.
ENDS = {
    "the next began at the end": (155, 210, snapshot(NEXT, 10), FINISHED),
    "the same, seen much later": (155, 330, snapshot(NEXT, 130), FINISHED),
    "a crossfade of 12 s": (155, 210, snapshot(NEXT, 22), FINISHED),
    "a slow clock": (155, 214, snapshot(NEXT, 10), FINISHED),
    "left with 13 s to go": (155, 210, snapshot(NEXT, 23), SKIPPED),
    "left at once": (1, 155, snapshot(NEXT, 153), SKIPPED),
    "left, and another was left too": (10, 100, snapshot(NEXT, 5), SKIPPED),
    "left for the middle of a podcast": (10, 30, PODCAST, SKIPPED),
    "left at an unknown place": (10, 30, snapshot(NEXT, None), SKIPPED),
    "another one, and nobody knows since when": (155, 210, snapshot(NEXT, None), UNKNOWN),
    "a podcast resumed in its middle at the end": (155, 210, PODCAST, UNKNOWN),
    "two tracks later": (155, 400, snapshot(NEXT, 5), UNKNOWN),
    "the next morning": (155, 40_000, snapshot(NEXT, 5), UNKNOWN),
    "the clock was set back": (155, -300, snapshot(NEXT, 5), UNKNOWN),
    "another one is paused": (10, 30, snapshot(NEXT, 5, playing=False), UNKNOWN),
    "another one is paused, near the end": (195, 200, snapshot(NEXT, 0, playing=False), FINISHED),
    "no device near the end": (195, 201, EMPTY, FINISHED),
    "no device in the middle": (100, 120, EMPTY, PLAYING),
    "no device long after": (100, 400, EMPTY, UNKNOWN),
    "it still plays": (100, 150, snapshot(MINE, 150), PLAYING),
    "it is paused": (100, 150, snapshot(MINE, 120, playing=False), PLAYING),
    "it begins anew": (190, 205, snapshot(MINE, 5), PLAYING),
}


@pytest.mark.parametrize("case", ENDS)
def test_how_a_track_ended(db: sqlite3.Connection, case: str) -> None:
    position, at, then, expected = ENDS[case]
    store_entry(db)
    see(db, snapshot(MINE, position), position)
    see(db, then, at)
    assert state_of(db) is expected


def test_a_pause_that_a_poll_did_not_see_does_not_matter(db: sqlite3.Connection) -> None:
    store_entry(db)
    see(db, snapshot(MINE, 10), 10)
    see(db, snapshot(MINE, 155), 755)  # ten minutes of pause
    see(db, snapshot(NEXT, 10), 810)
    assert state_of(db) is FINISHED


def test_what_was_paused_and_then_left_is_unknown(db: sqlite3.Connection) -> None:
    store_entry(db)
    see(db, snapshot(MINE, 50, playing=False), 50)
    see(db, snapshot(NEXT, 2), 55)
    assert state_of(db) is UNKNOWN


def test_one_that_nobody_saw_play_on_is_unknown(db: sqlite3.Connection) -> None:
    """It was found in Spotify's queue as the playing one, and no snapshot met it."""
    store_entry(db, PLAYING)
    assert see(db, EMPTY, 5).own_track
    see(db, snapshot(NEXT, 2), 10)
    assert state_of(db) is UNKNOWN


def test_a_track_of_unknown_length_ends_unknown(db: sqlite3.Connection) -> None:
    store_entry(db)
    see(db, replace(snapshot(MINE, 10), duration_ms=0), 10)
    see(db, snapshot(NEXT, 5), 20)
    assert state_of(db) is UNKNOWN


def test_another_release_of_the_track_is_the_track(db: sqlite3.Connection) -> None:
    store_entry(db)
    relinked = replace(MINE, id="elsewhere", uri="spotify:track:elsewhere")
    see(db, snapshot(relinked, 155), 155)
    assert state_of(db) is PLAYING
    see(db, snapshot(NEXT, 10), 210)
    assert state_of(db) is FINISHED


class TestSignal:
    """Snapshots every five seconds, at a desktop's positions."""

    def listen(self, db: sqlite3.Connection, until: int, *, position: float | None = 1.0) -> None:
        """Hear the own track up to a second, at that share of the true position."""
        store_entry(db)
        see(db, snapshot(NEXT, 175, exact=False), -5)
        for at in range(0, until, 5):
            told = None if position is None else at * position
            see(db, snapshot(MINE, told, exact=False), at)

    @pytest.mark.parametrize("position", [1.0, None])
    def test_finished(self, db: sqlite3.Connection, position: float | None) -> None:
        self.listen(db, LENGTH_S, position=position)
        see(db, snapshot(NEXT, position and 2, exact=False), LENGTH_S + 2)
        assert state_of(db) is FINISHED

    @pytest.mark.parametrize("position", [1.0, None, 0.1])
    def test_skipped(self, db: sqlite3.Connection, position: float | None) -> None:
        self.listen(db, 60, position=position)
        see(db, snapshot(NEXT, position and 2, exact=False), 62)
        assert state_of(db) is SKIPPED

    def test_a_position_that_lies_leaves_it_unknown(self, db: sqlite3.Connection) -> None:
        self.listen(db, LENGTH_S, position=0.1)
        see(db, snapshot(NEXT, 2, exact=False), LENGTH_S + 2)
        assert state_of(db) is UNKNOWN

    def test_our_own_clock_tells_what_remains(self, db: sqlite3.Connection) -> None:
        self.listen(db, 60, position=None)
        assert see(db, snapshot(MINE, None, exact=False), 60).remaining == seconds(LENGTH_S - 60)

    def test_without_the_beginning_nothing_remains_known(self, db: sqlite3.Connection) -> None:
        store_entry(db)
        for at in (0, 5, 10):
            seen = see(db, snapshot(MINE, None, exact=False), at)
            assert seen.remaining is None
        see(db, snapshot(NEXT, None, exact=False), 15)
        assert state_of(db) is UNKNOWN

    def test_what_goes_on_as_expected_is_seldom_written(self, db: sqlite3.Connection) -> None:
        self.listen(db, 10)
        before = db.total_changes
        for at in range(10, 150, 5):
            see(db, snapshot(MINE, at + 0.5, exact=False), at)
        assert db.total_changes - before <= 140 / 30

    def test_a_pause_is_not_counted_as_playing(self, db: sqlite3.Connection) -> None:
        self.listen(db, 105)
        for at in range(105, 1000, 5):
            see(db, snapshot(MINE, 100, playing=False, exact=False), at)
        for at in range(1000, 1100, 5):
            see(db, snapshot(MINE, at - 900, exact=False), at)
        see(db, snapshot(NEXT, 2, exact=False), 1102)
        assert state_of(db) is FINISHED


def test_what_ended_stays_so(db: sqlite3.Connection) -> None:
    store_entry(db)
    see(db, snapshot(MINE, 155), 155)
    see(db, snapshot(NEXT, 10), 210)
    see(db, snapshot(MINE, 5), 400)
    assert not see(db, snapshot(NEXT, 5), 420).own_track
    assert state_of(db) is FINISHED


@pytest.mark.parametrize(
    ("seen", "wait"),
    [
        (snapshot(NEXT, 0), seconds(180) - LATE),
        (snapshot(NEXT, 120), seconds(60) - LATE),
        (snapshot(NEXT, 130), seconds(50) + NEXT_SHOWN_AFTER),
        (snapshot(NEXT, 175), seconds(5) + NEXT_SHOWN_AFTER),
        (snapshot(NEXT, 200), NEXT_SHOWN_AFTER),
        (snapshot(NEXT, None), UNTIMED_GAP),
        (PlayerSnapshot(is_playing=True), UNTIMED_GAP),
        (snapshot(NEXT, 100, playing=False), SHORTEST_SILENCE_GAP),
        (EMPTY, SHORTEST_SILENCE_GAP),
    ],
)
def test_when_the_next_snapshot_is_worth_its_call(
    db: sqlite3.Connection, seen: PlayerSnapshot, wait: timedelta
) -> None:
    assert see(db, seen, 0).next_at == NOON + wait


@pytest.mark.parametrize("seen", [EMPTY, snapshot(NEXT, 50, playing=False)])
def test_silence_is_polled_more_and_more_seldom(
    db: sqlite3.Connection, seen: PlayerSnapshot
) -> None:
    now, waits = NOON, []
    see(db, snapshot(NEXT, 49), -1)
    while now < NOON + timedelta(hours=1):
        next_at = observe(db, seen, now, LATE).next_at
        waits.append(next_at - now)
        now = next_at
    assert waits == sorted(waits)
    assert (waits[0], waits[-1], len(waits)) == (SHORTEST_SILENCE_GAP, LONGEST_SILENCE_GAP, 11)
    assert observe(db, snapshot(NEXT, 50), now, LATE).next_at - now == seconds(130) - LATE
    assert observe(db, seen, now + LATE, LATE).next_at - now - LATE == SHORTEST_SILENCE_GAP


def unbroken(db: sqlite3.Connection) -> float:
    """Since when, in seconds from noon, nothing could have played unseen."""
    kept = read_player_snapshot(db)
    assert kept is not None
    return (kept.unbroken_since - NOON).total_seconds()


def test_snapshots_in_time_leave_no_gap(db: sqlite3.Connection) -> None:
    at = 0.0
    for _ in range(10):
        at = (see(db, snapshot(NEXT, 0), at).next_at - NOON).total_seconds()
        at = (see(db, snapshot(NEXT, 135), at).next_at - NOON).total_seconds()
    see(db, snapshot(NEXT, 0), at)
    assert unbroken(db) == 0


@pytest.mark.parametrize(("at", "since"), [(135, 0), (194, 0), (196, 196), (9_000, 9_000)])
def test_a_snapshot_that_comes_too_late_leaves_one(
    db: sqlite3.Connection, at: float, since: float
) -> None:
    see(db, snapshot(NEXT, 0), 0)
    see(db, snapshot(NEXT, 100), at)
    assert unbroken(db) == since


def test_a_snapshot_outlives_the_process(db: sqlite3.Connection) -> None:
    assert read_player_snapshot(db) is None
    see(db, snapshot(MINE, 10, exact=False), 10)
    kept = read_player_snapshot(db)
    assert kept is not None
    assert (kept.at, kept.played_ms, kept.silent_since) == (NOON + seconds(10), 10_000, None)
    assert kept.snapshot == snapshot(MINE, 10, exact=False)


@pytest.mark.parametrize(
    ("seen", "left"),
    [
        (snapshot(NEXT, 30), 150),
        (snapshot(NEXT, 500), 0),
        (snapshot(NEXT, None), None),
        (snapshot(NEXT, 30, playing=False), None),
        (replace(snapshot(NEXT, 30), duration_ms=0), None),
        (PODCAST, 1440),
        (EMPTY, None),
    ],
)
def test_what_remains_of_what_plays(seen: PlayerSnapshot, left: float | None) -> None:
    assert seen.remaining == (None if left is None else seconds(left))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, EMPTY),
        ({"is_playing": True, "currently_playing_type": "ad"}, PlayerSnapshot(is_playing=True)),
        (
            {
                "is_playing": True,
                "progress_ms": 7,
                "item": {
                    "type": "episode",
                    "uri": "spotify:episode:1",
                    "name": "E",
                    "duration_ms": 9,
                },
            },
            PlayerSnapshot(is_playing=True, position_ms=7, duration_ms=9),
        ),
        (
            {
                "is_playing": False,
                "progress_ms": 7,
                "item": {"type": "track", "uri": "spotify:track:1", "id": "1", "name": "T"},
            },
            PlayerSnapshot(Track("1", "spotify:track:1", "T"), position_ms=7),
        ),
    ],
)
def test_what_a_poll_shows(body: dict[str, object], expected: PlayerSnapshot) -> None:
    state = parse_player(body)
    seen = [getattr(state, one.name) for one in fields(PlayerSnapshot)]
    assert PlayerSnapshot(*seen) == expected
