"""The present mood as the store tells it: set by hand, else from readings and corrections."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from companion.affect import FaceMood
from companion.choose.correction import correct, learn
from companion.choose.mood import FORGOTTEN_AFTER_HALF_LIVES, PresentMood, present_mood
from companion.config.schema import Choose
from companion.store.face import readings_since
from companion.store.feedback import read_corrections
from companion.store.overrides import read_set_mood


def current_mood(
    db: sqlite3.Connection, settings: Choose, now: datetime, reading: FaceMood | None = None
) -> PresentMood | None:
    """The mood that the choice goes by now; None where nothing recent tells it.

    Args:
        db: the store.
        settings: how long readings count.
        now: the present time.
        reading: what the camera said just now, where it is not in the store yet.
    """
    by_hand = read_set_mood(db, now)
    if by_hand:
        return PresentMood(by_hand.affect, 0, by_hand.at, by_hand.emotion, by_hand.name)
    half_life = timedelta(minutes=settings.half_life_minutes)
    readings = readings_since(db, now - FORGOTTEN_AFTER_HALF_LIVES * half_life)
    if reading:
        readings.append((now, reading))
    return present_mood(correct(readings, read_corrections(db)), now, half_life)


def adjustment(db: sqlite3.Connection, reading: FaceMood) -> str:
    """The change that corrections make to such a reading, in words; "" for none."""
    lesson = learn(read_corrections(db)).get(reading.emotion)
    return lesson.words if lesson else ""
