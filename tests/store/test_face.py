from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import EMOTION_AFFECT, Baseline, Emotion, FaceMood
from companion.store.database import open_database
from companion.store.face import (
    drop_baseline,
    read_baseline,
    readings_since,
    save_baseline,
    save_reading,
)
from tests.store.samples import MEMORY, NOON, face_moods, moments

MODEL = "face_mood/1"


def make_mood(sure: Emotion) -> FaceMood:
    rest = dict.fromkeys(Emotion, 0.05)
    return FaceMood(rest | {sure: 0.65}, EMOTION_AFFECT[sure], 0.7, 12)


@given(face_moods, moments)
def test_a_reading_comes_back_as_it_was_saved(mood: FaceMood, at: datetime) -> None:
    with open_database(MEMORY) as db:
        save_reading(db, mood, MODEL, at)
        assert readings_since(db, at) == [(at, mood)]
        assert readings_since(db, at + timedelta(seconds=1)) == []


def test_readings_come_oldest_first_from_the_moment_asked(db: sqlite3.Connection) -> None:
    emotions = [Emotion.ANGER, Emotion.HAPPINESS, Emotion.SADNESS, Emotion.FEAR]
    for minutes, emotion in zip((5, 0, 10, 5), emotions, strict=True):
        save_reading(db, make_mood(emotion), MODEL, NOON + timedelta(minutes=minutes))
    read = readings_since(db, NOON + timedelta(minutes=5))
    assert [mood.emotion for _, mood in read] == [Emotion.ANGER, Emotion.FEAR, Emotion.SADNESS]
    assert [at.minute for at, _ in readings_since(db, NOON)] == [0, 5, 5, 10]


def test_nothing_is_read_before_the_first(db: sqlite3.Connection) -> None:
    assert readings_since(db, datetime.fromtimestamp(0, NOON.tzinfo)) == []


def test_only_numbers_are_kept(db: sqlite3.Connection) -> None:
    save_reading(db, make_mood(Emotion.SURPRISE), MODEL, NOON)
    row = dict(db.execute("SELECT * FROM readings").fetchone())
    assert not any(isinstance(value, bytes) for value in row.values())
    assert row["model"] == MODEL


def test_a_mood_that_is_no_number_is_not_kept(db: sqlite3.Connection) -> None:
    mood = FaceMood(dict.fromkeys(Emotion, 0.125), EMOTION_AFFECT[Emotion.NEUTRAL], float("nan"), 1)
    with pytest.raises(sqlite3.IntegrityError):
        save_reading(db, mood, MODEL, NOON)


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
