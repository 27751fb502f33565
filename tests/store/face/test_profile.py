from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.affect import (
    EMOTION_AFFECT,
    FEATURES,
    IDENTITY,
    Affect,
    Correction,
    Emotion,
    FaceProfile,
    LookDescription,
    MoodExample,
    RestingFace,
)
from companion.store.face.profile import (
    drop_profile,
    read_profile,
    read_resting,
    save_example,
    save_resting,
)
from companion.store.face.readings import save_reading
from companion.store.history.feedback import save_correction, undo_last
from tests.store.face.test_readings import make_mood
from tests.store.samples import NOON

MODEL = "face_adaptation/2"
READ_BY = "face_mood/4"
LATER = NOON + timedelta(minutes=5)
RESTING = RestingFace(
    MODEL, (0.25,) * FEATURES, (0.25,) * IDENTITY, 12.5, 17, 739_000, 1.5, 2, calibrated=True
)


def look(number: float) -> LookDescription:
    return LookDescription(MODEL, (number,) * FEATURES, (0.25,) * IDENTITY)


def example(emotion: Emotion, number: float, looks: float = 1) -> MoodExample:
    return MoodExample(emotion, (number,) * FEATURES, looks)


def correct(db: sqlite3.Connection, name: str, number: float | None, minutes: int = 0) -> None:
    """A reading that the user calls wrong."""
    at = NOON + timedelta(minutes=minutes)
    seen = None if number is None else look(number)
    save_reading(db, make_mood(Emotion.NEUTRAL), READ_BY, at, look=seen)
    place = EMOTION_AFFECT[Emotion(name)] if name in list(Emotion) else Affect(0, 0)
    save_correction(db, Correction(at, READ_BY, Emotion.NEUTRAL, name, place), LATER)


def test_nothing_is_known_at_first(db: sqlite3.Connection) -> None:
    assert read_profile(db, MODEL) == FaceProfile(MODEL)
    assert not drop_profile(db)


def test_a_resting_face_comes_back_as_it_was_saved(db: sqlite3.Connection) -> None:
    save_resting(db, RESTING, NOON)
    assert read_resting(db, MODEL) == RESTING


def test_there_is_one_resting_face(db: sqlite3.Connection) -> None:
    other = RestingFace(MODEL, (0.5,) * FEATURES, (0.25,) * IDENTITY, 1, 1, 1, 1)
    save_resting(db, RESTING, NOON)
    save_resting(db, other, LATER)
    assert read_resting(db, MODEL) == other
    assert db.execute("SELECT count(*) FROM resting_face").fetchone()[0] == 1


def test_numbers_of_other_weights_are_left_out(db: sqlite3.Connection) -> None:
    save_resting(db, RESTING, NOON)
    save_example(db, example(Emotion.SADNESS, 1), MODEL, NOON)
    correct(db, "anger", 2)
    assert read_profile(db, "face_adaptation/3") == FaceProfile("face_adaptation/3")


def test_an_example_replaces_one_of_its_mood(db: sqlite3.Connection) -> None:
    save_example(db, example(Emotion.SADNESS, 1), MODEL, NOON)
    save_example(db, example(Emotion.SADNESS, 2), MODEL, LATER)
    assert read_profile(db, MODEL).examples == (example(Emotion.SADNESS, 2),)


def test_a_corrected_reading_is_an_example_of_what_was_meant(db: sqlite3.Connection) -> None:
    correct(db, "sadness", 3)
    assert read_profile(db, MODEL).examples == (example(Emotion.SADNESS, 3),)


def test_examples_of_a_mood_are_one_by_their_looks(db: sqlite3.Connection) -> None:
    save_example(db, example(Emotion.SADNESS, 1, looks=2), MODEL, NOON)
    correct(db, "sadness", 4)
    assert read_profile(db, MODEL).examples == (example(Emotion.SADNESS, 2, looks=3),)


@pytest.mark.parametrize(
    ("name", "number"), [("", 1), ("calm", 1), ("neutral", 1), ("anger", None)]
)
def test_corrections_that_show_nothing(
    db: sqlite3.Connection, name: str, number: float | None
) -> None:
    correct(db, name, number)
    assert read_profile(db, MODEL).examples == ()


def test_an_example_goes_with_its_correction(db: sqlite3.Connection) -> None:
    correct(db, "sadness", 3)
    undone = undo_last(db)
    assert undone
    assert (undone.command, undone.name) == ("wrong", "sadness")
    assert read_profile(db, MODEL).examples == ()


def test_it_stays_when_its_reading_is_old_and_goes(db: sqlite3.Connection) -> None:
    correct(db, "sadness", 3)
    db.execute("DELETE FROM readings")
    assert read_profile(db, MODEL).examples == (example(Emotion.SADNESS, 3),)


def test_all_of_it_can_be_forgotten(db: sqlite3.Connection) -> None:
    save_resting(db, RESTING, NOON)
    save_example(db, example(Emotion.SADNESS, 1), MODEL, NOON)
    correct(db, "anger", 2)
    assert drop_profile(db)
    assert read_profile(db, MODEL) == FaceProfile(MODEL)
    assert db.execute("SELECT name FROM corrections").fetchone()[0] == "anger"


def test_numbers_only(db: sqlite3.Connection) -> None:
    save_resting(db, RESTING, NOON)
    [row] = db.execute("SELECT * FROM resting_face")
    assert all(not isinstance(value, bytes) for value in tuple(row))
    assert sum(len(str(value)) for value in tuple(row)) < 1000
