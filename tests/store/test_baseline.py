from __future__ import annotations

import sqlite3
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Baseline
from companion.store.database import open_database
from companion.store.face import drop_baseline, read_baseline, save_baseline
from tests.store.samples import MEMORY, NOON

MINE = Baseline("face_mood/1", (-0.2, -3.0, -4.0, -2.0, -3.5, -5.0, -6.0, -4.5), 17)

baselines = st.builds(
    Baseline,
    model=st.text("abc/1"),
    log_shares=st.tuples(*[st.floats(-20, 0)] * 8),
    looks=st.integers(1, 1000),
)


def test_before_any_there_is_none(db: sqlite3.Connection) -> None:
    assert read_baseline(db) is None
    assert not drop_baseline(db)


@given(baselines)
def test_it_comes_back_as_it_was_saved(baseline: Baseline) -> None:
    with open_database(MEMORY) as db:
        save_baseline(db, baseline, NOON)
        assert read_baseline(db) == (baseline, NOON)


def test_the_next_replaces_it(db: sqlite3.Connection) -> None:
    save_baseline(db, MINE, NOON)
    other = Baseline("face_mood/2", (-1.0,) * 8, 9)
    save_baseline(db, other, NOON + timedelta(days=1))
    assert read_baseline(db) == (other, NOON + timedelta(days=1))
    assert db.execute("SELECT count(*) FROM baseline").fetchone()[0] == 1


def test_it_can_be_forgotten(db: sqlite3.Connection) -> None:
    save_baseline(db, MINE, NOON)
    assert drop_baseline(db)
    assert read_baseline(db) is None


def test_numbers_only(db: sqlite3.Connection) -> None:
    save_baseline(db, MINE, NOON)
    [row] = db.execute("SELECT * FROM baseline")
    assert all(not isinstance(value, bytes) for value in tuple(row))
    assert len(row["log_shares"]) < 400
