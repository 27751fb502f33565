"""The present mood: recent readings, weighted by confidence and age."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.affect import Affect, FaceMood

FORGOTTEN_AFTER_HALF_LIVES = 6
"""A reading of that age weighs 1/64, and is no longer gone by."""


@dataclass(frozen=True, slots=True)
class PresentMood:
    """What the choice goes by.

    Attributes:
        affect: the place on the affect plane.
        readings: how many readings it is made of.
        at: when the newest of them was taken.
    """

    affect: Affect
    readings: int
    at: datetime


def present_mood(
    readings: Iterable[tuple[datetime, FaceMood]], now: datetime, half_life: timedelta
) -> PresentMood | None:
    """The mean of the readings' affects; None when there is nothing recent to go by.

    A reading weighs confidence * 2 ** -(age / half_life).
    """
    oldest = now - FORGOTTEN_AFTER_HALF_LIVES * half_life
    recent = [(at, mood) for at, mood in readings if oldest <= at <= now]
    weighed = [(mood.confidence * 0.5 ** ((now - at) / half_life), mood) for at, mood in recent]
    total = sum(weight for weight, _ in weighed)
    if total <= 0:
        return None
    valence = sum(weight * mood.affect.valence for weight, mood in weighed) / total
    arousal = sum(weight * mood.affect.arousal for weight, mood in weighed) / total
    return PresentMood(Affect.clipped(valence, arousal), len(recent), max(at for at, _ in recent))
