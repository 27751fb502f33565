"""The mood that listening tells: what the user played of late, skipped, and plays at such hours.

A Bayes filter on a grid of the affect plane (S. Thrun, W. Burgard and D. Fox, Probabilistic
Robotics, MIT Press 2005, section 4.1). The prior is the user's habit at this hour. With m a place
of the grid, x_i the place of a track, w_i its weight and s_i its spread:

    log p(m) = -|m - habit|^2 / 2 s_habit^2
               - sum_i w_i |m - x_i|^2 / 2 (MATCH_SPREAD^2 + s_i^2)            played
               + sum_j w_j log(1 - AVERSION exp(-|m - x_j|^2 / 2 SKIP_SPREAD^2))  skipped early

A weight halves every `HALF_LIFE`. What the user started counts whole, what went on by itself
less, and the companion's own picks that were let run least and with a ceiling for all of them
together, so that it does not follow itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from companion.affect import Affect
from companion.choose.fusion.estimate import NARROWEST_SPREAD, WIDEST_SPREAD, Estimate
from companion.choose.fusion.habits import Habit
from companion.playback import Initiative, Play, PlayEnding

HALF_LIFE = timedelta(minutes=20)
RECENT = timedelta(hours=2)
MATCH_SPREAD = 0.35
"""The standard deviation, along an axis, of chosen music around the listener's mood."""
AVERSION = 0.9
SKIP_SPREAD = 0.4
INITIATIVE_WEIGHT = {
    Initiative.USER: 1.0,
    Initiative.CONTINUED: 0.35,
    Initiative.COMPANION: 0.1,
}
MOST_OF_OWN_PICKS = 0.25
"""The most that the companion's own picks weigh together."""
SKIPPED_LATE_SHARE = 0.5
AGAIN_SHARE = 1.5
"""A track that the user played again tells so much more."""
VOLUME_PER_DEVIATION = 0.25
"""So much arousal goes with one standard deviation of the user's own volume."""
VOLUME_SPREAD = 0.6
LEAST_VOLUMES = 12
GRID = tuple(step / 8 for step in range(-8, 9))


@dataclass(frozen=True, slots=True)
class ListeningMood:
    """The mood that listening tells.

    Attributes:
        estimate: the place, with a spread that is wide when little is known.
        habit: of this hour.
        plays: the plays of the last hours that counted for it, oldest first.
        skips: how many of them were skipped early.
    """

    estimate: Estimate
    habit: Habit
    plays: tuple[Play, ...]
    skips: int

    @property
    def is_known(self) -> bool:
        """True where there is anything that the estimate comes from."""
        return bool(self.plays) or self.habit.is_known


@dataclass(frozen=True, slots=True)
class UsualVolume:
    """The volume that the user listens at.

    Attributes:
        mean, deviation: over the plays of some weeks, in [0, 100].
        plays: how many told a volume.
    """

    mean: float
    deviation: float
    plays: int


def listening_mood(
    plays: Sequence[Play], habit: Habit, now: datetime, usual: UsualVolume | None = None
) -> ListeningMood:
    """Estimate the mood from what was played of late.

    Args:
        plays: oldest first; those of the last `RECENT` count.
        habit: of this hour, see `choose.fusion.habits.habit_at`.
        now: the present time.
        usual: the volume to compare with; None where the player does not tell it.
    """
    recent = [play for play in plays if now - RECENT <= play.started_at <= now and play.affect]
    weights = _weights(recent, now)
    skipped = [pair for pair in weights if pair[0].ending is PlayEnding.SKIPPED_EARLY]
    played = [pair for pair in weights if pair[0].ending is not PlayEnding.SKIPPED_EARLY]
    estimate = _posterior(habit.estimate, played, skipped, _volume(recent, habit, usual))
    return ListeningMood(estimate, habit, tuple(recent), len(skipped))


def _weights(recent: Sequence[Play], now: datetime) -> list[tuple[Play, float]]:
    weighed = []
    for play in recent:
        weight = 0.5 ** ((now - play.started_at) / HALF_LIFE)
        if play.ending is PlayEnding.SKIPPED_EARLY:
            weighed.append((play, weight))
            continue
        weight *= INITIATIVE_WEIGHT[play.initiative]
        weight *= SKIPPED_LATE_SHARE if play.ending is PlayEnding.SKIPPED_LATE else 1
        weighed.append((play, weight * (AGAIN_SHARE if play.again else 1)))
    own = sum(weight for play, weight in weighed if _is_own_pick_heard(play))
    if own <= MOST_OF_OWN_PICKS:
        return weighed
    share = MOST_OF_OWN_PICKS / own
    return [(play, weight * (share if _is_own_pick_heard(play) else 1)) for play, weight in weighed]


def _is_own_pick_heard(play: Play) -> bool:
    return play.initiative is Initiative.COMPANION and play.ending is not PlayEnding.SKIPPED_EARLY


def _volume(recent: Sequence[Play], habit: Habit, usual: UsualVolume | None) -> float | None:
    """The arousal that the present volume speaks for; None where it cannot be told."""
    volume = next((play.volume for play in reversed(recent) if play.volume is not None), None)
    if volume is None or usual is None or usual.plays < LEAST_VOLUMES or usual.deviation < 1:
        return None
    above = max(min((volume - usual.mean) / usual.deviation, 2.0), -2.0)
    return habit.estimate.affect.arousal + VOLUME_PER_DEVIATION * above


def _posterior(
    prior: Estimate,
    attracting: Sequence[tuple[Play, float]],
    repelling: Sequence[tuple[Play, float]],
    volume_arousal: float | None,
) -> Estimate:
    valence = [-((v - prior.affect.valence) ** 2) / (2 * prior.spread**2) for v in GRID]
    arousal = [-((a - prior.affect.arousal) ** 2) / (2 * prior.spread**2) for a in GRID]
    for play, weight in attracting:
        place = play.affect or Affect(0, 0)
        factor = weight / (2 * (MATCH_SPREAD**2 + play.spread**2))
        for index, value in enumerate(GRID):
            valence[index] -= factor * (value - place.valence) ** 2
            arousal[index] -= factor * (value - place.arousal) ** 2
    if volume_arousal is not None:
        for index, value in enumerate(GRID):
            arousal[index] -= (value - volume_arousal) ** 2 / (2 * VOLUME_SPREAD**2)
    logs = [[v + a for a in arousal] for v in valence]
    for play, weight in repelling:
        _repel(logs, play.affect or Affect(0, 0), weight)
    return _summarise(logs)


def _repel(logs: list[list[float]], place: Affect, weight: float) -> None:
    for row, aversions in zip(logs, _aversions(place, AVERSION), strict=True):
        for index, aversion in enumerate(aversions):
            row[index] += weight * aversion


@lru_cache(maxsize=256)  # a skip counts for several visits
def _aversions(place: Affect, aversion: float) -> list[list[float]]:
    """The logarithm of p(skipped | mood) at each place of the grid."""
    near_valence = [math.exp(-((v - place.valence) ** 2) / (2 * SKIP_SPREAD**2)) for v in GRID]
    near_arousal = [math.exp(-((a - place.arousal) ** 2) / (2 * SKIP_SPREAD**2)) for a in GRID]
    return [[math.log1p(-aversion * v * a) for a in near_arousal] for v in near_valence]


def _summarise(logs: Sequence[Sequence[float]]) -> Estimate:
    highest = max(map(max, logs))
    chances = [[math.exp(log - highest) for log in row] for row in logs]
    total = sum(map(sum, chances))
    by_valence = [sum(row) / total for row in chances]
    by_arousal = [sum(column) / total for column in zip(*chances, strict=True)]
    mean_v, var_v = _moments(by_valence)
    mean_a, var_a = _moments(by_arousal)
    spread = math.sqrt((var_v + var_a) / 2)
    return Estimate(
        Affect.clipped(mean_v, mean_a), min(max(spread, NARROWEST_SPREAD), WIDEST_SPREAD)
    )


def _moments(chances: Sequence[float]) -> tuple[float, float]:
    mean = sum(chance * value for chance, value in zip(chances, GRID, strict=True))
    return mean, sum(c * (value - mean) ** 2 for c, value in zip(chances, GRID, strict=True))
