from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from companion.affect import Affect, Correction, Emotion, FaceMood
from companion.agent.visit.mood import adjustment, current_mood
from companion.config.schema import Choose
from companion.store.face.readings import save_reading
from companion.store.history.feedback import save_correction
from companion.store.history.overrides import SetMood, save_set_mood
from tests.agent.listener import MODEL, NOW, read

ANGRY = read(Emotion.ANGER, Affect(-0.5, 0.6))
CALM = Affect(0.6, -0.6)
HOUR = timedelta(hours=1)


def correct(db: sqlite3.Connection, at: datetime, reading: FaceMood = ANGRY) -> None:
    save_reading(db, reading, MODEL, at)
    save_correction(db, Correction(at, MODEL, reading.emotion, "calm", CALM), at)


def valence(db: sqlite3.Connection, reading: FaceMood | None = None) -> float:
    mood = current_mood(db, Choose(), NOW, reading)
    assert mood is not None
    return mood.affect.valence


def test_it_is_unknown_when_there_is_nothing_recent(db: sqlite3.Connection) -> None:
    assert current_mood(db, Choose(), NOW) is None
    save_reading(db, ANGRY, MODEL, NOW - 3 * HOUR)
    assert current_mood(db, Choose(), NOW) is None


def test_readings_tell_it(db: sqlite3.Connection) -> None:
    save_reading(db, ANGRY, MODEL, NOW)
    mood = current_mood(db, Choose(), NOW)
    assert mood is not None
    assert (mood.affect, mood.emotion, mood.readings) == (ANGRY.affect, Emotion.ANGER, 1)


def test_what_is_set_by_hand_wins_while_it_lasts(db: sqlite3.Connection) -> None:
    save_reading(db, ANGRY, MODEL, NOW)
    save_set_mood(db, SetMood(NOW - HOUR, NOW + HOUR, "calm", CALM))
    mood = current_mood(db, Choose(), NOW, ANGRY)
    assert mood is not None
    assert (mood.affect, mood.name, mood.readings) == (CALM, "calm", 0)
    assert current_mood(db, Choose(), NOW + HOUR) != mood


def test_a_corrected_reading_counts_as_it_should_have_been(db: sqlite3.Connection) -> None:
    correct(db, NOW - timedelta(minutes=5))
    assert valence(db) == CALM.valence
    assert adjustment(db, ANGRY) == ""


def test_a_few_consistent_corrections_adjust_the_next_reading(db: sqlite3.Connection) -> None:
    for days in (3, 2):
        correct(db, NOW - timedelta(days=days))
    assert valence(db, ANGRY) == ANGRY.affect.valence
    correct(db, NOW - timedelta(days=1))
    assert -0.5 < valence(db, ANGRY) < CALM.valence
    assert "you called anger wrong 3 times" in adjustment(db, ANGRY)
    assert adjustment(db, read(Emotion.FEAR, Affect(-0.6, 0.6))) == ""


def test_forgetting_the_corrections_undoes_it(db: sqlite3.Connection) -> None:
    for days in (3, 2, 1):
        correct(db, NOW - timedelta(days=days))
    db.execute("DELETE FROM corrections")
    assert valence(db, ANGRY) == ANGRY.affect.valence
    assert adjustment(db, ANGRY) == ""
