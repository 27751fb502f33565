"""The present mood as the store tells it: set by hand, else from the face and from listening."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from companion.affect import FaceMood
from companion.agent.playback.learn_trust import trusted
from companion.agent.visit.listening import Listening, read_listening
from companion.choose.correction import correct, learn
from companion.choose.fusion.estimate import (
    MOST_SPREAD,
    Estimate,
    Source,
    face_estimate,
    fuse,
    shares,
)
from companion.choose.mood import (
    FORGOTTEN_AFTER_HALF_LIVES,
    PresentMood,
    present_mood,
    weigh_readings,
)
from companion.config.schema import Choose
from companion.store.face.readings import readings_since
from companion.store.history.feedback import read_corrections
from companion.store.history.overrides import read_set_mood


@dataclass(frozen=True, slots=True)
class Sources:
    """The answer of each source of the mood.

    Attributes:
        face: the mood that recent readings make; None where there are none.
        listening: what was played, and what it says.
        estimates: of the sources that say anything.
        trust: by source.
    """

    face: PresentMood | None
    listening: Listening
    estimates: Mapping[Source, Estimate]
    trust: Mapping[Source, float]


def read_sources(
    db: sqlite3.Connection, settings: Choose, now: datetime, reading: FaceMood | None = None
) -> Sources:
    """Ask every source; see `current_mood` for the arguments."""
    half_life = timedelta(minutes=settings.half_life_minutes)
    stored = readings_since(db, now - FORGOTTEN_AFTER_HALF_LIVES * half_life)
    if reading:
        stored.append((now, reading))
    readings = correct(stored, read_corrections(db))
    face = present_mood(readings, now, half_life)
    listening = read_listening(db, now)
    estimates: dict[Source, Estimate] = {}
    if face:
        told = face_estimate(face.affect, weigh_readings(readings, now, half_life))
        if told:
            estimates[Source.FACE] = told
    if listening.mood.is_known:
        estimates[Source.LISTENING] = listening.mood.estimate
    return Sources(face, listening, estimates, trusted(db))


def current_mood(
    db: sqlite3.Connection,
    settings: Choose,
    now: datetime,
    reading: FaceMood | None = None,
    sources: Sources | None = None,
) -> PresentMood | None:
    """The mood that the choice goes by now; None where nothing recent tells it.

    A mood set by hand outranks all. Without any reading, listening must tell it well enough
    (`choose.fusion.estimate.MOST_SPREAD`).

    Args:
        db: the store.
        settings: how long readings count.
        now: the present time.
        reading: what the camera said just now, where it is not in the store yet.
        sources: what the sources say, where that is read already.
    """
    by_hand = read_set_mood(db, now)
    if by_hand:
        return PresentMood(by_hand.affect, 0, by_hand.at, by_hand.emotion, by_hand.name)
    told = sources or read_sources(db, settings, now, reading)
    fused = fuse(told.estimates, told.trust)
    if fused is None:
        return None
    parts = shares(told.estimates, told.trust)
    if told.face:
        return replace(told.face, affect=fused.affect, spread=fused.spread, shares=parts)
    if fused.spread > MOST_SPREAD:
        return None
    recent = told.listening.mood.plays
    at = recent[-1].started_at if recent else now
    return PresentMood(fused.affect, 0, at, spread=fused.spread, shares=parts)


def adjustment(db: sqlite3.Connection, reading: FaceMood) -> str:
    """The change that corrections make to such a reading, in words; "" for none."""
    lesson = learn(read_corrections(db)).get(reading.emotion)
    return lesson.words if lesson else ""
