from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import Affect, Emotion
from companion.store.database import open_database
from companion.store.overrides import SetMood, drop_set_mood, read_set_mood, save_set_mood
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
