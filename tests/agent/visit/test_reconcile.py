from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.agent.visit.reconcile import (
    FULL_VIEW,
    HIDDEN_FOR,
    SHOWN_WITHIN,
    next_state,
    reconcile,
)
from companion.store.history.queue import (
    OUTSTANDING,
    EntryState,
    QueueEntry,
    entries_in,
    move_entry,
    plan_entry,
)
from companion.track import Track
from tests.store.stored import last_entry

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
YOUNG = SHOWN_WITHIN - timedelta(seconds=1)
MINE = Track("mine", "spotify:track:mine", "Mine", ("Me",), duration_ms=200_000)
OTHER = Track("other", "spotify:track:other", "Other", ("You",), duration_ms=180_000)

PLANNED, SENT, ACCEPTED, PLAYING = (
    EntryState.PLANNED,
    EntryState.SENT,
    EntryState.ACCEPTED,
    EntryState.PLAYING,
)
LOST, UNKNOWN = EntryState.LOST, EntryState.UNKNOWN
ENDED = (EntryState.FINISHED, EntryState.SKIPPED, LOST, UNKNOWN)

VIEWS: dict[str, tuple[Track | None, list[Track]]] = {
    "playing": (MINE, [OTHER]),
    "upcoming": (OTHER, [OTHER, MINE]),
    "absent": (OTHER, [OTHER]),
    "nothing": (None, []),
}


def entry(state: EntryState, age: timedelta) -> QueueEntry:
    return QueueEntry(1, MINE, state, NOW - age, NOW - age, {})


def store_entry(db: sqlite3.Connection, state: EntryState, at: datetime = NOW) -> int:
    number = plan_entry(db, MINE, {}, at)
    assert number is not None
    assert move_entry(db, number, PLANNED, state, at)
    return number


@pytest.mark.parametrize(
    ("state", "view", "young", "old"),
    [
        # Nothing was sent, so what Spotify shows is not ours.
        (PLANNED, "playing", PLANNED, LOST),
        (PLANNED, "upcoming", PLANNED, LOST),
        (PLANNED, "absent", PLANNED, LOST),
        (PLANNED, "nothing", PLANNED, LOST),
        (SENT, "playing", PLAYING, PLAYING),
        (SENT, "upcoming", ACCEPTED, ACCEPTED),
        (SENT, "absent", SENT, LOST),
        (SENT, "nothing", SENT, LOST),
        (ACCEPTED, "playing", PLAYING, PLAYING),
        (ACCEPTED, "upcoming", ACCEPTED, ACCEPTED),
        (ACCEPTED, "absent", ACCEPTED, UNKNOWN),
        (ACCEPTED, "nothing", ACCEPTED, UNKNOWN),
    ],
)
def test_what_is_known_of_an_entry(
    state: EntryState, view: str, young: EntryState, old: EntryState
) -> None:
    playing, upcoming = VIEWS[view]
    for age, expected in ((timedelta(0), young), (YOUNG, young), (SHOWN_WITHIN, old)):
        waits = entry(state, age)
        begin = NOW - age
        seen = next_state(waits, playing=playing, upcoming=upcoming, now=NOW, unbroken=begin)
        assert seen is expected


@pytest.mark.parametrize(
    ("state", "ahead", "expected"),
    [
        (PLANNED, timedelta(days=3), LOST),
        (SENT, timedelta(seconds=1), SENT),  # a time server's correction
        (SENT, timedelta(days=3), UNKNOWN),
        (ACCEPTED, timedelta(seconds=1), ACCEPTED),
        (ACCEPTED, timedelta(days=3), UNKNOWN),
    ],
)
def test_no_track_is_waited_for_until_a_clock_that_was_wrong_is_reached(
    state: EntryState, ahead: timedelta, expected: EntryState
) -> None:
    waits = entry(state, -ahead)
    shown = [OTHER] * FULL_VIEW
    assert next_state(waits, playing=OTHER, upcoming=shown, now=NOW, unbroken=NOW) is expected


@pytest.mark.parametrize("state", [SENT, ACCEPTED])
def test_another_release_of_the_recording_is_the_track(state: EntryState) -> None:
    relinked = replace(MINE, id="elsewhere", uri="spotify:track:elsewhere", duration_ms=201_000)
    old = entry(state, SHOWN_WITHIN)
    assert next_state(old, playing=relinked, upcoming=[], now=NOW, unbroken=NOW) is PLAYING
    assert next_state(old, playing=None, upcoming=[relinked], now=NOW, unbroken=NOW) is ACCEPTED


@pytest.mark.parametrize(
    ("state", "shown", "unbroken", "age", "expected"),
    [
        # behind all that is shown: not to be seen is not to be lost
        (ACCEPTED, FULL_VIEW, HIDDEN_FOR, HIDDEN_FOR - SHOWN_WITHIN, ACCEPTED),
        (SENT, FULL_VIEW, HIDDEN_FOR, SHOWN_WITHIN, UNKNOWN),
        # too long for that
        (ACCEPTED, FULL_VIEW, HIDDEN_FOR, HIDDEN_FOR, UNKNOWN),
        # all is shown
        (ACCEPTED, FULL_VIEW - 1, HIDDEN_FOR, SHOWN_WITHIN, UNKNOWN),
        (SENT, FULL_VIEW - 1, HIDDEN_FOR, SHOWN_WITHIN, LOST),
        # it may have played
        (ACCEPTED, FULL_VIEW, YOUNG, SHOWN_WITHIN, UNKNOWN),
        (SENT, FULL_VIEW, YOUNG, SHOWN_WITHIN, UNKNOWN),
        (SENT, 0, YOUNG, SHOWN_WITHIN, UNKNOWN),
    ],
)
def test_behind_twenty_others_a_track_is_not_shown(
    state: EntryState, shown: int, unbroken: timedelta, age: timedelta, expected: EntryState
) -> None:
    seen = next_state(
        entry(state, age),
        playing=OTHER,
        upcoming=[OTHER] * shown,
        now=NOW,
        unbroken=NOW - unbroken,
    )
    assert seen is expected


@given(
    st.sampled_from(OUTSTANDING),
    st.sampled_from(sorted(VIEWS)),
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_nothing_is_ever_called_skipped_or_finished_unseen(
    state: EntryState, view: str, age: timedelta
) -> None:
    playing, upcoming = VIEWS[view]
    waits = entry(state, age)
    seen = next_state(waits, playing=playing, upcoming=upcoming, now=NOW, unbroken=NOW)
    assert seen not in (EntryState.SKIPPED, EntryState.FINISHED)
    assert seen is not PLAYING or view == "playing"


@pytest.mark.parametrize("state", [SENT, ACCEPTED])
def test_reconciling_returns_what_still_waits(db: sqlite3.Connection, state: EntryState) -> None:
    store_entry(db, state)
    waiting = reconcile(db, playing=OTHER, upcoming=[MINE], now=NOW)
    assert waiting is not None
    assert (waiting.track.id, waiting.state) == ("mine", ACCEPTED)


def test_reconciling_stores_each_step_and_its_time(db: sqlite3.Connection) -> None:
    store_entry(db, SENT)
    later = NOW + timedelta(minutes=3)
    assert reconcile(db, playing=MINE, upcoming=[], now=later) is None
    stored = last_entry(db)
    assert stored is not None
    assert (stored.state, stored.planned_at, stored.changed_at) == (PLAYING, NOW, later)
    assert reconcile(db, playing=OTHER, upcoming=[], now=later + timedelta(minutes=4)) is None
    assert [one.id for one in entries_in(db, (PLAYING,))] == [stored.id]  # for `listen` to end


def test_a_step_that_changes_nothing_does_not_renew_the_wait(db: sqlite3.Connection) -> None:
    store_entry(db, SENT)
    assert reconcile(db, playing=OTHER, upcoming=[], now=NOW + YOUNG) is not None
    assert reconcile(db, playing=OTHER, upcoming=[], now=NOW + SHOWN_WITHIN) is None
    assert len(entries_in(db, (UNKNOWN,))) == 1


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("view", VIEWS)
def test_what_has_ended_stays_so(db: sqlite3.Connection, state: EntryState, view: str) -> None:
    store_entry(db, state)
    playing, upcoming = VIEWS[view]
    for age in (timedelta(0), YOUNG, 2 * SHOWN_WITHIN):
        assert reconcile(db, playing=playing, upcoming=upcoming, now=NOW + age) is None
    stored = last_entry(db)
    assert stored is not None
    assert (stored.state, stored.changed_at) == (state, NOW)


def test_an_older_one_plays_while_the_next_waits(db: sqlite3.Connection) -> None:
    store_entry(db, PLAYING)
    assert plan_entry(db, OTHER, {}, NOW) is not None
    waiting = reconcile(db, playing=MINE, upcoming=[], now=NOW)
    assert waiting is not None
    assert waiting.track.id == "other"
    assert [one.track.id for one in entries_in(db, (PLAYING,))] == ["mine"]


def test_an_empty_store_has_nothing_to_reconcile(db: sqlite3.Connection) -> None:
    assert reconcile(db, playing=MINE, upcoming=[MINE], now=NOW) is None
