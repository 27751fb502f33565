from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

import pytest

from companion.affect import Emotion
from companion.agent.visit.history import read_day
from companion.agent.visit.outcome import Outcome
from companion.store.face.readings import save_reading
from companion.store.history.queue import EntryState, move_entry, plan_entry
from companion.store.history.visits import Visit, save_visit
from tests.agent.listener import HAPPY, MODEL, add, queue, read

DAY = date(2026, 5, 4)
NINE = datetime(2026, 5, 4, 9).astimezone()
SECOND = timedelta(seconds=1)


def visit(db: sqlite3.Connection, at: datetime, outcome: Outcome, *, camera: bool) -> int:
    return save_visit(db, Visit(at, outcome.value, "", camera))


@pytest.fixture
def lived(db: sqlite3.Connection) -> sqlite3.Connection:
    for minute, name in ((0, "a"), (20, "b")):
        at = NINE + timedelta(minutes=minute)
        visit_id = visit(db, at, Outcome.QUEUED, camera=True)
        save_reading(db, read(Emotion.HAPPINESS, HAPPY), MODEL, at + SECOND, visit_id)
        entry = plan_entry(db, add(db, name), {}, at + SECOND, visit_id)
        assert entry is not None
        move_entry(db, entry, EntryState.PLANNED, EntryState.FINISHED, at + 2 * SECOND)
    visit(db, NINE + timedelta(minutes=40), Outcome.NO_FACE, camera=True)
    visit(db, NINE + timedelta(minutes=50), Outcome.NOT_PLAYING, camera=False)
    return db


def test_each_visit_has_what_it_read_and_queued(lived: sqlite3.Connection) -> None:
    records = read_day(lived, DAY).visits
    assert [record.visit.outcome for record in records] == [
        "queued",
        "queued",
        "no_face",
        "not_playing",
    ]
    assert [record.entry and record.entry.track.id for record in records] == ["a", "b", None, None]
    assert [record.reading is not None for record in records] == [True, True, False, False]


def test_every_camera_use_is_counted(lived: sqlite3.Connection) -> None:
    assert read_day(lived, DAY).camera_uses == 3


def test_a_day_ends_at_local_midnight(db: sqlite3.Connection) -> None:
    midnight = datetime(2026, 5, 5).astimezone()
    visit(db, midnight - SECOND, Outcome.NO_FACE, camera=True)
    visit(db, midnight, Outcome.QUEUED, camera=False)
    assert [record.visit.outcome for record in read_day(db, DAY).visits] == ["no_face"]
    assert [record.visit.outcome for record in read_day(db, date(2026, 5, 5)).visits] == ["queued"]


def test_an_entry_whose_visit_is_not_known_is_in_the_day(db: sqlite3.Connection) -> None:
    queue(db, add(db, "a"), EntryState.SENT, NINE)
    found = read_day(db, DAY)
    assert (len(found.visits), len(found.entries)) == (0, 1)


def test_a_killed_visit_keeps_its_reading_and_leaves_the_next_one_without(
    db: sqlite3.Connection,
) -> None:
    killed = visit(db, NINE, Outcome.FAILED, camera=True)
    save_reading(db, read(Emotion.HAPPINESS, HAPPY), MODEL, NINE + SECOND, killed)
    visit(db, NINE + 2 * SECOND, Outcome.NO_FACE, camera=True)
    assert [record.reading is not None for record in read_day(db, DAY).visits] == [True, False]
