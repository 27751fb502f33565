from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from companion.affect import EMOTION_AFFECT, Emotion, FaceMood, LookDescription
from companion.store.database import open_database
from companion.store.face.readings import readings_since, save_reading
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


def test_what_was_seen_is_kept_with_a_reading_but_not_whose_face_it_is(
    db: sqlite3.Connection,
) -> None:
    look = LookDescription("face_adaptation/1", (0.5, -0.5), (0.1234, 0.9876))
    save_reading(db, make_mood(Emotion.SADNESS), MODEL, NOON, look=look)
    row = dict(db.execute("SELECT * FROM readings").fetchone())
    assert (row["look_model"], row["features"]) == ("face_adaptation/1", "[0.5, -0.5]")
    assert "0.1234" not in str(row)
