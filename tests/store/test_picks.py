from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.store.queue import (
    EntryState,
    entries_between,
    last_queued,
    move_entry,
    newest_entries,
    nth_newest,
    plan_entry,
)
from tests.store.samples import NOON, make_track

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
