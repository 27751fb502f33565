from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import Affect, Emotion
from companion.store.database import open_database
from companion.store.history.overrides import (
    Pause,
    SetMood,
    drop_pause,
    drop_set_mood,
    read_pause,
    read_set_mood,
    save_pause,
    save_set_mood,
)
from tests.store.samples import MEMORY, NOON, affects, moments, texts

HOUR = timedelta(hours=1)
CALM = SetMood(NOON, NOON + HOUR, "calm", Affect(0.6, -0.6))


def test_it_holds_while_it_lasts(db: sqlite3.Connection) -> None:
    save_set_mood(db, CALM)
    assert read_set_mood(db, NOON + HOUR - timedelta(seconds=1)) == CALM
    assert read_set_mood(db, NOON + HOUR) is None


def test_a_new_one_takes_the_place_of_the_old(db: sqlite3.Connection) -> None:
    angry = SetMood(NOON, None, "anger", Affect(-0.5, 0.6), Emotion.ANGER)
    save_set_mood(db, CALM)
    save_set_mood(db, angry)
    assert read_set_mood(db, NOON + 1000 * HOUR) == angry


def test_it_can_be_taken_back(db: sqlite3.Connection) -> None:
    save_set_mood(db, CALM)
    assert drop_set_mood(db)
    assert not drop_set_mood(db)
    assert read_set_mood(db, NOON) is None


@given(moments, texts, affects, st.none() | st.sampled_from(list(Emotion)))
@settings(max_examples=30)
def test_any_is_read_as_it_was_saved(
    at: datetime, name: str, affect: Affect, emotion: Emotion | None
) -> None:
    mood = SetMood(at, None, name, affect, emotion)
    with open_database(MEMORY) as db:
        save_set_mood(db, mood)
        assert read_set_mood(db, at) == mood


NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_at_first_there_is_none(db: sqlite3.Connection) -> None:
    assert read_pause(db, NOW) is None
    assert drop_pause(db) is False


def test_a_pause_holds_until_its_end(db: sqlite3.Connection) -> None:
    pause = Pause(NOW, NOW + HOUR)
    save_pause(db, pause)
    assert read_pause(db, NOW) == pause
    assert read_pause(db, NOW + HOUR - timedelta(seconds=1)) == pause
    assert read_pause(db, NOW + HOUR) is None


def test_one_without_an_end_holds_until_it_is_dropped(db: sqlite3.Connection) -> None:
    save_pause(db, Pause(NOW, None))
    assert read_pause(db, NOW + 10_000 * HOUR) == Pause(NOW, None)
    assert drop_pause(db) is True
    assert read_pause(db, NOW) is None


def test_the_newest_replaces_the_one_before(db: sqlite3.Connection) -> None:
    save_pause(db, Pause(NOW, None))
    save_pause(db, Pause(NOW + HOUR, NOW + 2 * HOUR))
    assert read_pause(db, NOW + HOUR) == Pause(NOW + HOUR, NOW + 2 * HOUR)
    assert db.execute("SELECT count(*) FROM pause").fetchone()[0] == 1
