from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.affect import Affect
from companion.agent.visit.context import LOOK_BACK, SESSION, read_session, recent_picks
from companion.choose.strategy import RecentPick
from companion.config.schema import Choose
from companion.store.history.queue import EntryState
from tests.agent.listener import NOW, queue, song

MINUTE = timedelta(minutes=1)
PLACE = Affect(0.6, 0.6)


def test_a_session_ends_with_a_long_pause(db: sqlite3.Connection) -> None:
    for minutes in (200, 130, 75, 20):
        queue(db, song(f"{minutes}"), EntryState.FINISHED, NOW - minutes * MINUTE)
    assert [entry.track.id for entry in read_session(db, NOW)] == ["130", "75", "20"]
    assert read_session(db, NOW + 2 * SESSION) == []


def test_a_session_looks_back_as_far_as_artists_are_spaced(db: sqlite3.Connection) -> None:
    for number in range(LOOK_BACK + 5):
        queue(db, song(f"{number}"), EntryState.FINISHED, NOW + number * MINUTE)
    assert len(read_session(db, NOW + (LOOK_BACK + 5) * MINUTE)) == LOOK_BACK
    setting = Choose.__dataclass_fields__["artist_spacing"]
    assert setting.metadata["check"](LOOK_BACK) is None
    assert setting.metadata["check"](LOOK_BACK + 1)


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        (EntryState.FINISHED, True),
        (EntryState.PLAYING, True),
        (EntryState.SKIPPED, False),
        (EntryState.ACCEPTED, None),
        (EntryState.UNKNOWN, None),
    ],
)
def test_what_a_strategy_sees_of_a_pick(
    db: sqlite3.Connection, state: EntryState, heard: bool | None
) -> None:
    queue(db, song("1"), state, NOW, strategy="lift")
    assert recent_picks(read_session(db, NOW)) == [RecentPick(PLACE, "lift", heard)]


def test_an_entry_whose_reading_was_forgotten_says_nothing(db: sqlite3.Connection) -> None:
    queue(db, song("1"), EntryState.FINISHED, NOW)
    db.execute("UPDATE queue_entries SET why = '{}'")
    assert len(read_session(db, NOW)) == 1
    assert recent_picks(read_session(db, NOW)) == []
