from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

import pytest

from companion.affect import Emotion
from companion.agent.visit.history import read_day
from companion.agent.visit.outcome import Outcome
from companion.store.face import save_reading
from companion.store.queue import EntryState
from companion.store.visits import Visit, save_visit
from tests.agent.listener import HAPPY, MODEL, add, queue, read

DAY = date(2026, 5, 4)
NINE = datetime(2026, 5, 4, 9).astimezone()
SECOND = timedelta(seconds=1)


def visit(db: sqlite3.Connection, at: datetime, outcome: Outcome, *, camera: bool) -> None:
    save_visit(db, Visit(at, outcome.value, "", camera))


@pytest.fixture
def lived(db: sqlite3.Connection) -> sqlite3.Connection:
    for minute, name in ((0, "a"), (20, "b")):
        at = NINE + timedelta(minutes=minute)
        save_reading(db, read(Emotion.HAPPINESS, HAPPY), MODEL, at)
        queue(db, add(db, name), EntryState.FINISHED, at + SECOND)
        visit(db, at + 2 * SECOND, Outcome.QUEUED, camera=True)
    visit(db, NINE + timedelta(minutes=40), Outcome.NO_FACE, camera=True)
    visit(db, NINE + timedelta(minutes=50), Outcome.NOT_PLAYING, camera=False)
    return db


def test_each_visit_has_what_it_read_and_queued(lived: sqlite3.Connection) -> None:
    events = read_day(lived, DAY).events
    assert [event.visit.outcome for event in events] == [
        "queued",
        "queued",
        "no_face",
        "not_playing",
    ]
    assert [event.entry and event.entry.track.id for event in events] == ["a", "b", None, None]
    assert [event.reading is not None for event in events] == [True, True, False, False]


def test_every_camera_use_is_counted(lived: sqlite3.Connection) -> None:
    assert read_day(lived, DAY).camera_uses == 3


def test_a_day_ends_at_local_midnight(db: sqlite3.Connection) -> None:
    midnight = datetime(2026, 5, 5).astimezone()
    visit(db, midnight - SECOND, Outcome.NO_FACE, camera=True)
    visit(db, midnight, Outcome.QUEUED, camera=False)
    assert [event.visit.outcome for event in read_day(db, DAY).events] == ["no_face"]
    assert [event.visit.outcome for event in read_day(db, date(2026, 5, 5)).events] == ["queued"]


def test_an_entry_of_a_killed_visit_is_in_the_day(db: sqlite3.Connection) -> None:
    queue(db, add(db, "a"), EntryState.SENT, NINE)
    found = read_day(db, DAY)
    assert (len(found.events), len(found.entries)) == (0, 1)
