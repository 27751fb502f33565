"""Listening habits: where on the affect plane a user's own choices lie at an hour and weekday.

A kernel regression (E. A. Nadaraya, "On estimating regression", Theory of Probability and its
Applications 9(1), 1964) over the time of day, which is circular, with less weight for the other
kind of day (working days and weekends) and for what is long ago. It shrinks to the user's overall
mean, and that to the origin, by pseudo-counts: with few plays it says little, and says so by its
spread. Only what the user started counts, so that the companion does not learn its own picks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from companion.affect import Affect
from companion.choose.fusion.estimate import WIDEST_SPREAD, Estimate
from companion.playback import Initiative, Play, PlayEnding

KERNEL_HOURS = 1.5
OTHER_KIND_OF_DAY = 0.4
HALF_LIFE_DAYS = 21.0
PSEUDO_PLAYS = 4.0
"""So many plays near the hour count as much as the user's mean over all hours."""
LEAST_PLAYS = 1.0
"""Weighted plays near the hour, below which there is no habit to speak of."""
WEEKEND = 5  # weekday() from which a day is of the weekend


@dataclass(frozen=True, slots=True)
class Habit:
    """A user's habit at an hour.

    Attributes:
        estimate: where the user's choices lie, and how far they scatter.
        plays: the weight of the plays behind it; below `LEAST_PLAYS` it is no habit.
    """

    estimate: Estimate
    plays: float

    @property
    def is_known(self) -> bool:
        return self.plays >= LEAST_PLAYS


def counts_as_habit(play: Play) -> bool:
    """True if a play tells what the user likes at that hour."""
    return (
        play.initiative is Initiative.USER
        and play.affect is not None
        and play.ending is not PlayEnding.SKIPPED_EARLY
    )


def habit_at(plays: Iterable[Play], now: datetime) -> Habit:
    """The habit at the local hour and weekday of `now`.

    Args:
        plays: of some weeks, in any order.
        now: an aware time in the user's zone.
    """
    chosen = [play for play in plays if counts_as_habit(play) and play.started_at < now]
    if not chosen:
        return Habit(Estimate(Affect(0, 0), WIDEST_SPREAD), 0.0)
    places = [play.affect for play in chosen if play.affect]
    fading = [_fading(play, now) for play in chosen]
    near = [
        fade * _nearness(play.started_at, now) for fade, play in zip(fading, chosen, strict=True)
    ]
    overall = _shrunk(places, fading, Affect(0, 0))
    place = _shrunk(places, near, overall)
    return Habit(Estimate(place, _spread(places, near, place)), sum(near))


def _fading(play: Play, now: datetime) -> float:
    days = (now - play.started_at).total_seconds() / 86_400
    return math.exp2(-days / HALF_LIFE_DAYS)


def _nearness(at: datetime, now: datetime) -> float:
    local = at.astimezone(now.tzinfo)
    apart = abs(_hour(local) - _hour(now))
    apart = min(apart, 24 - apart)
    same = (local.weekday() >= WEEKEND) == (now.weekday() >= WEEKEND)
    return math.exp(-0.5 * (apart / KERNEL_HOURS) ** 2) * (1 if same else OTHER_KIND_OF_DAY)


def _hour(at: datetime) -> float:
    return at.hour + at.minute / 60


def _shrunk(places: Sequence[Affect], weights: Sequence[float], prior: Affect) -> Affect:
    total = sum(weights) + PSEUDO_PLAYS
    pairs = list(zip(places, weights, strict=True))
    return Affect.clipped(
        (sum(w * p.valence for p, w in pairs) + PSEUDO_PLAYS * prior.valence) / total,
        (sum(w * p.arousal for p, w in pairs) + PSEUDO_PLAYS * prior.arousal) / total,
    )


def _spread(places: Sequence[Affect], weights: Sequence[float], middle: Affect) -> float:
    """The scatter about the habit, shrunk to that of knowing nothing."""
    squares = sum(w * p.distance(middle) ** 2 / 2 for p, w in zip(places, weights, strict=True))
    total = sum(weights) + PSEUDO_PLAYS
    return math.sqrt((squares + PSEUDO_PLAYS * WIDEST_SPREAD**2) / total)
