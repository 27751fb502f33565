from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.store.database import open_database
from companion.store.history.feedback import FeedbackKind, save_feedback
from companion.store.history.queue import (
    OUTSTANDING,
    EndingCounts,
    EntryState,
    QueueEntry,
    count_endings,
    entries_between,
    entries_in,
    last_queued,
    move_entry,
    newest_entries,
    nth_newest,
    plan_entry,
    queued_since,
)
from companion.store.tracks.library import count_tracks, drop_unseen, save_tracks
from companion.track import Track
from tests.store.samples import MEMORY, NOON, make_track, moments, texts, tracks
from tests.store.stored import last_entry

LATER = NOON + timedelta(minutes=3)
ALL = tuple(EntryState)
reasons = st.dictionaries(
    texts, st.floats(allow_nan=False, allow_infinity=False) | texts | st.booleans(), max_size=4
)


def plan(db: sqlite3.Connection, id_: str = "1", at: datetime = NOON) -> int:
    entry = plan_entry(db, make_track(id_), {"score": 0.5}, at)
    assert entry is not None
    return entry


def plan_in(db: sqlite3.Connection, id_: str, state: EntryState, at: datetime = NOON) -> int:
    entry = plan(db, id_, at)
    assert move_entry(db, entry, EntryState.PLANNED, state, at)
    return entry


def the_last(db: sqlite3.Connection) -> QueueEntry:
    entry = last_entry(db)
    assert entry is not None
    return entry


@given(tracks, reasons, moments)
def test_an_entry_comes_back_as_it_was_planned(
    track: Track, why: dict[str, Any], at: datetime
) -> None:
    # what Spotify's queue needs
    known = replace(track, album="", explicit=False, added_at=None, is_playable=True)
    with open_database(MEMORY) as db:
        entry = plan_entry(db, track, why, at)
        assert entry is not None
        assert last_entry(db) == QueueEntry(entry, known, EntryState.PLANNED, at, at, why)


def test_before_the_first_there_is_none(db: sqlite3.Connection) -> None:
    assert last_entry(db) is None
    assert entries_in(db, ALL) == []


@pytest.mark.parametrize("state", EntryState)
def test_nothing_is_planned_while_something_is_outstanding(
    db: sqlite3.Connection, state: EntryState
) -> None:
    first = plan(db)
    move_entry(db, first, EntryState.PLANNED, state, NOON)
    second = plan_entry(db, make_track("2"), {}, LATER)
    if state in OUTSTANDING:
        assert second is None
        assert [entry.id for entry in entries_in(db, ALL)] == [first]
    else:
        assert [entry.id for entry in entries_in(db, ALL)] == [first, second]


def test_outstanding_is_what_spotify_may_yet_play() -> None:
    assert {state.value for state in OUTSTANDING} == {"planned", "sent", "accepted"}


def plan_at_once(file: Path, count: int) -> list[int | None]:
    start = threading.Barrier(count)

    def plan_one(number: int) -> int | None:
        with open_database(file) as db:
            start.wait()
            return plan_entry(db, make_track(str(number)), {}, NOON)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(plan_one, range(count)))


@pytest.mark.parametrize("attempt", range(5))
def test_of_several_that_plan_at_once_one_wins(file: Path, attempt: int) -> None:
    planned = [entry for entry in plan_at_once(file, 4) if entry is not None]
    assert len(planned) == 1
    with open_database(file) as db:
        assert [entry.id for entry in entries_in(db, ALL)] == planned


def test_an_entry_moves_and_says_when(db: sqlite3.Connection) -> None:
    entry = plan(db)
    assert move_entry(db, entry, EntryState.PLANNED, EntryState.SENT, LATER)
    assert the_last(db).state is EntryState.SENT
    assert the_last(db).planned_at == NOON
    assert the_last(db).changed_at == LATER


@pytest.mark.parametrize("wrong", [state for state in EntryState if state is not EntryState.SENT])
def test_an_entry_that_is_elsewhere_does_not_move(
    db: sqlite3.Connection, wrong: EntryState
) -> None:
    entry = plan_in(db, "1", EntryState.SENT)
    assert not move_entry(db, entry, wrong, EntryState.ACCEPTED, LATER)
    assert the_last(db).state is EntryState.SENT
    assert the_last(db).changed_at == NOON


def test_an_entry_that_is_not_there_does_not_move(db: sqlite3.Connection) -> None:
    entry = plan(db)
    assert not move_entry(db, entry + 1, EntryState.PLANNED, EntryState.SENT, LATER)
    assert the_last(db).state is EntryState.PLANNED


def test_only_the_named_entry_moves(db: sqlite3.Connection) -> None:
    old = plan_in(db, "1", EntryState.PLAYING)
    new = plan_in(db, "2", EntryState.PLAYING)
    assert move_entry(db, old, EntryState.PLAYING, EntryState.FINISHED, LATER)
    assert {entry.id: entry.state for entry in entries_in(db, ALL)} == {
        old: EntryState.FINISHED,
        new: EntryState.PLAYING,
    }


@pytest.mark.parametrize("attempt", range(5))
def test_of_several_that_settle_one_entry_one_acts(file: Path, attempt: int) -> None:
    with open_database(file) as db:
        entry = plan_in(db, "1", EntryState.SENT)
    start = threading.Barrier(4)

    def move(_: int) -> bool:
        with open_database(file) as mine:
            start.wait()
            return move_entry(mine, entry, EntryState.SENT, EntryState.ACCEPTED, LATER)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(move, range(4))) == [False, False, False, True]


def test_entries_come_oldest_first_by_state(db: sqlite3.Connection) -> None:
    for number, state in enumerate((EntryState.LOST, EntryState.FINISHED, EntryState.LOST)):
        plan_in(db, str(number), state)
    lost = entries_in(db, (EntryState.LOST,))
    assert [entry.track.id for entry in lost] == ["0", "2"]
    both = entries_in(db, (EntryState.FINISHED, EntryState.LOST))
    assert [entry.track.id for entry in both] == ["0", "1", "2"]
    assert entries_in(db, ()) == []


def test_what_was_queued_lately_without_what_was_lost(db: sqlite3.Connection) -> None:
    for number, state in enumerate((EntryState.FINISHED, EntryState.LOST, EntryState.SKIPPED)):
        plan_in(db, str(number), state, NOON + timedelta(hours=number))
    plan(db, "0", NOON + timedelta(hours=4))
    assert queued_since(db, NOON) == {"0", "2"}
    assert queued_since(db, NOON + timedelta(hours=2)) == {"0", "2"}
    assert queued_since(db, NOON + timedelta(hours=3)) == {"0"}
    assert queued_since(db, NOON + timedelta(hours=5)) == set()


def test_an_entry_outlives_its_track(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track("1")], NOON)
    plan(db, "1")
    drop_unseen(db, LATER)
    assert count_tracks(db) == 0
    assert the_last(db).track.title == "Song 1"


MINUTE = timedelta(minutes=1)


def queue(db: sqlite3.Connection, id_: str, minute: int, state: EntryState) -> None:
    at = NOON + minute * MINUTE
    entry = plan_entry(db, make_track(id_), {}, at)
    assert entry is not None
    move_entry(db, entry, EntryState.PLANNED, state, at)


@pytest.fixture
def history(db: sqlite3.Connection) -> sqlite3.Connection:
    queue(db, "a", 0, EntryState.FINISHED)
    queue(db, "b", 1, EntryState.SKIPPED)
    queue(db, "a", 2, EntryState.UNKNOWN)
    queue(db, "c", 3, EntryState.LOST)
    return db


def test_the_entries_of_a_span(history: sqlite3.Connection) -> None:
    found = entries_between(history, NOON, NOON + 2 * MINUTE)
    assert [entry.track.id for entry in found] == ["a", "b"]
    assert entries_between(history, NOON + 4 * MINUTE, NOON + 9 * MINUTE) == []


def test_the_newest_come_first_and_lost_ones_not_at_all(history: sqlite3.Connection) -> None:
    assert [entry.track.id for entry in newest_entries(history, 9)] == ["a", "b", "a"]
    assert [entry.track.id for entry in newest_entries(history, 2)] == ["a", "b"]
    assert list(newest_entries(history, 0)) == []


def test_the_nth_newest_counts_every_entry(history: sqlite3.Connection) -> None:
    found = [nth_newest(history, number) for number in (1, 2, 4, 5)]
    assert [entry and entry.track.id for entry in found] == ["c", "a", "a", None]


def test_when_each_was_last_queued(history: sqlite3.Connection) -> None:
    assert last_queued(history, ["a", "b", "c", "d"]) == {
        "a": NOON + 2 * MINUTE,
        "b": NOON + MINUTE,
    }
    assert last_queued(history, []) == {}


def song(id_: str, artist: str = "Who") -> Track:
    return Track(id_, f"spotify:track:{id_}", f"Song {id_}", (artist,) if artist else ())


def end(db: sqlite3.Connection, track: Track, state: EntryState, region: str = "Q1") -> None:
    entry = plan_entry(db, track, {"region": region}, NOON)
    assert entry is not None
    move_entry(db, entry, EntryState.PLANNED, state, NOON)


def test_a_track_and_its_artists_others_are_told_apart(db: sqlite3.Connection) -> None:
    end(db, song("a"), EntryState.FINISHED)
    end(db, song("a"), EntryState.SKIPPED)
    end(db, song("b"), EntryState.FINISHED)
    end(db, song("c"), EntryState.SKIPPED)
    end(db, song("d", "Whom"), EntryState.FINISHED)
    assert count_endings(db, [song("a")], "Q1") == [
        EndingCounts("Who", None, 1, 1, 0),
        EndingCounts("Who", "a", 1, 1, 0),
    ]


@pytest.mark.parametrize(
    "state", [state for state in EntryState if state not in (EntryState.FINISHED, "skipped")]
)
def test_what_nobody_saw_end_is_not_counted(db: sqlite3.Connection, state: EntryState) -> None:
    end(db, song("a"), state)
    assert count_endings(db, [song("a")], "Q1") == []


def test_each_mood_region_has_its_own_ends(db: sqlite3.Connection) -> None:
    end(db, song("a"), EntryState.FINISHED, "Q3")
    assert count_endings(db, [song("a")], "Q1") == []
    assert count_endings(db, [song("a")], "Q3") == [EndingCounts("Who", "a", 1, 0, 0)]


def test_what_the_user_said_counts_too(db: sqlite3.Connection) -> None:
    save_feedback(db, song("a"), FeedbackKind.LIKE, "Q1", NOON)
    save_feedback(db, song("a"), FeedbackKind.SKIP, None, NOON + timedelta(minutes=1))
    save_feedback(db, song("a"), FeedbackKind.SKIP, "Q2", NOON)
    assert count_endings(db, [song("a")], "Q1") == [EndingCounts("Who", "a", 0, 1, 1)]


def test_what_was_said_without_a_mood_counts_in_every_region(db: sqlite3.Connection) -> None:
    save_feedback(db, song("a"), FeedbackKind.LIKE, None, NOON)
    assert count_endings(db, [song("a")], "Q1") == count_endings(db, [song("a")], "Q4")
    assert count_endings(db, [song("a")], "Q1")[0].liked == 1


def test_a_track_without_artists_has_its_own_ends(db: sqlite3.Connection) -> None:
    end(db, song("a", ""), EntryState.FINISHED)
    assert count_endings(db, [song("a", "")], "Q1") == [EndingCounts("", "a", 1, 0, 0)]


def test_where_the_mood_was_forgotten_nothing_is_learnt(db: sqlite3.Connection) -> None:
    end(db, song("a"), EntryState.FINISHED)
    db.execute("UPDATE queue_entries SET why = '{}'")
    assert count_endings(db, [song("a")], "Q1") == []
