from __future__ import annotations

import sqlite3
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.store.database import open_database
from companion.store.history.visits import (
    CameraUse,
    Visit,
    camera_uses_between,
    count_camera_uses,
    drop_camera_uses,
    last_visit,
    save_camera_use,
    save_visit,
)
from tests.store.samples import MEMORY, NOON, moments, texts

visits = st.builds(Visit, at=moments, outcome=texts, detail=texts, camera=st.booleans())


@given(visits)
def test_a_visit_comes_back_as_it_was_saved(visit: Visit) -> None:
    with open_database(MEMORY) as db:
        save_visit(db, visit)
        assert last_visit(db) == visit


def test_before_the_first_there_is_none(db: sqlite3.Connection) -> None:
    assert last_visit(db) is None


@given(st.lists(visits, min_size=1, max_size=5, unique_by=lambda visit: visit.at))
def test_the_newest_is_the_last_whatever_the_order(several: list[Visit]) -> None:
    with open_database(MEMORY) as db:
        for visit in several:
            save_visit(db, visit)
        assert last_visit(db) == max(several, key=lambda visit: visit.at)


def test_of_two_at_one_moment_the_one_saved_last_counts(db: sqlite3.Connection) -> None:
    for outcome in ("queued", "failed"):
        save_visit(db, Visit(NOON, outcome, "", camera=True))
    save_visit(db, Visit(NOON - timedelta(hours=1), "quota", "", camera=False))
    visit = last_visit(db)
    assert visit is not None
    assert visit.outcome == "failed"


@given(visits, visits)
def test_a_visit_takes_the_place_of_what_stood_in_its_row(begun: Visit, ended: Visit) -> None:
    with open_database(MEMORY) as db:
        other = save_visit(db, begun)
        row = save_visit(db, begun)
        assert save_visit(db, ended, row) == row != other
        assert db.execute("SELECT count(*) FROM visits").fetchone()[0] == 2


HOUR = timedelta(hours=1)


def test_uses_are_kept_and_dropped(db: sqlite3.Connection) -> None:
    uses = [CameraUse(NOON + n * HOUR, "look") for n in range(3)]
    for use in reversed(uses):
        save_camera_use(db, use)
    assert camera_uses_between(db, NOON, NOON + 2 * HOUR) == uses[:2]
    assert drop_camera_uses(db, NOON + HOUR) == 1
    assert camera_uses_between(db, NOON, NOON + 9 * HOUR) == uses[1:]


def test_visits_and_commands_that_open_the_camera_are_counted(db: sqlite3.Connection) -> None:
    minute = timedelta(minutes=1)
    save_visit(db, Visit(NOON, "queued", "", camera=True))
    save_visit(db, Visit(NOON + minute, "paused", "", camera=False))
    for command, at in (("look", NOON + 2 * minute), ("calibrate", NOON + 9 * minute)):
        save_camera_use(db, CameraUse(at, command))
    assert count_camera_uses(db, NOON - minute, NOON + 5 * minute) == 2
    assert count_camera_uses(db, NOON, NOON + 9 * minute) == 2
    assert count_camera_uses(db, NOON + 9 * minute, NOON + 10 * minute) == 0
