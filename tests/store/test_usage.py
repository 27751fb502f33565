from __future__ import annotations

import sqlite3
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from companion.store.database import open_database
from companion.store.usage import LONGEST_POSTPONEMENT, postpone_requests, reserve_request
from tests.store.samples import MEMORY, NOON

GAP = timedelta(seconds=0.25)
SECOND = timedelta(seconds=1)


def test_the_first_turn_is_now(db: sqlite3.Connection) -> None:
    assert reserve_request(db, "deezer", GAP, NOON) == NOON


def test_each_next_turn_is_a_gap_later(db: sqlite3.Connection) -> None:
    turns = [reserve_request(db, "deezer", GAP, NOON) for _ in range(4)]
    assert turns == [NOON + n * GAP for n in range(4)]


def test_after_a_pause_nobody_waits(db: sqlite3.Connection) -> None:
    reserve_request(db, "deezer", GAP, NOON)
    assert reserve_request(db, "deezer", GAP, NOON + SECOND) == NOON + SECOND


def test_each_provider_has_its_own_pace(db: sqlite3.Connection) -> None:
    reserve_request(db, "deezer", GAP, NOON)
    assert reserve_request(db, "other", GAP, NOON) == NOON


def test_a_rest_holds_all_back(db: sqlite3.Connection) -> None:
    postpone_requests(db, "deezer", NOON + 5 * SECOND, NOON)
    assert reserve_request(db, "deezer", GAP, NOON) == NOON + 5 * SECOND


def test_a_shorter_rest_does_not_end_a_longer_one(db: sqlite3.Connection) -> None:
    postpone_requests(db, "deezer", NOON + 5 * SECOND, NOON)
    postpone_requests(db, "deezer", NOON + SECOND, NOON)
    assert reserve_request(db, "deezer", GAP, NOON) == NOON + 5 * SECOND


def test_it_outlives_the_process(file: Path) -> None:
    with open_database(file) as db:
        postpone_requests(db, "deezer", NOON + 5 * SECOND, NOON)
    with open_database(file) as db:
        assert reserve_request(db, "deezer", GAP, NOON) == NOON + 5 * SECOND


def test_two_processes_take_turns(file: Path) -> None:
    with open_database(file) as one, open_database(file) as two:
        turns = [reserve_request(db, "deezer", GAP, NOON) for db in (one, two, one, two)]
    assert turns == [NOON + n * GAP for n in range(4)]


def test_a_clock_that_was_set_back_stops_nothing(db: sqlite3.Connection) -> None:
    postpone_requests(db, "deezer", NOON + LONGEST_POSTPONEMENT, NOON)
    before = NOON - timedelta(days=300)
    assert reserve_request(db, "deezer", GAP, before) == before


steps = st.lists(st.tuples(st.booleans(), st.floats(0, 3)), max_size=20)


@given(steps)
def test_two_turns_never_come_closer_than_the_gap(taken: list[tuple[bool, float]]) -> None:
    with open_database(MEMORY) as db:
        now, turns = NOON, []
        for resting, seconds in taken:
            now += timedelta(seconds=seconds / 4)
            if resting:
                postpone_requests(db, "deezer", now + timedelta(seconds=seconds), now)
            else:
                turns.append(reserve_request(db, "deezer", GAP, now))
                assert turns[-1] >= now
    rounding = timedelta(microseconds=2)
    assert all(after - before >= GAP - rounding for before, after in pairwise(turns))
