"""Estimates of the mood with their spread, and their fusion.

Several sources say where the mood is: the face, what the user listens to, what the user set by
hand. Each says it as a place on the affect plane with a spread. They are combined by precision
weighting, the optimal rule for independent normal errors (M. O. Ernst and M. S. Banks, "Humans
integrate visual and haptic information in a statistically optimal fashion", Nature 415, 2002,
equations (1) and (2)):

    precision_i = trust_i / spread_i ** 2
    place       = sum_i precision_i * place_i / sum_i precision_i
    spread      = (sum_i precision_i) ** -1/2

`trust` is learned from the user (`choose.fusion.trust`); 1 believes a source as it presents itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from companion.affect import EMOTION_AFFECT, Affect, Emotion, FaceMood

WIDEST_SPREAD = 0.58
"""The standard deviation of a uniform place in [-1, 1]: nothing is known."""
NARROWEST_SPREAD = 0.05
EXPRESSION_SPREAD = 0.45
"""The standard deviation, along an axis, of a mood around the place of its expression."""
NEUTRAL_SPREAD = 1.5
"""The same for a face that shows nothing. Most felt emotions do not show (J. I. Duran and J.-M.
Fernandez-Dols, "Do emotions result in their predicted facial expressions? A meta-analysis of
studies on the co-occurrence of expression and emotion", Emotion 21(7), 2021), so a neutral face
says little of the mood."""

MOST_SPREAD = EXPRESSION_SPREAD
"""Without a fresh look at the face, a mood with a wider spread is as good as unknown: it is told
worse than by one expression that is sure. Of simulated listeners, those whose kinds the constants
were chosen on left such picks early as often as random ones."""


class Source(StrEnum):
    """A source of the mood that is fused with others."""

    FACE = "face"
    LISTENING = "listening"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A place on the affect plane and how far from it the truth may lie.

    Attributes:
        affect: the most likely place.
        spread: the standard deviation along each axis, above 0.
    """

    affect: Affect
    spread: float

    def __post_init__(self) -> None:
        if not self.spread > 0:
            raise ValueError(f"a spread must be above 0: {self.spread}")


Estimates = Mapping[Source, Estimate]


def fuse(estimates: Estimates, trust: Mapping[Source, float]) -> Estimate | None:
    """Combine the estimates by precision; None without any.

    Args:
        estimates: by source.
        trust: by source, above 0; a source that is absent has 1.
    """
    if not estimates:
        return None
    weights = _precisions(estimates, trust)
    total = sum(weights.values())
    places = {source: one.affect for source, one in estimates.items()}
    return Estimate(
        Affect.clipped(
            sum(weights[source] * place.valence for source, place in places.items()) / total,
            sum(weights[source] * place.arousal for source, place in places.items()) / total,
        ),
        max(total**-0.5, NARROWEST_SPREAD),
    )


def shares(estimates: Estimates, trust: Mapping[Source, float]) -> dict[Source, float]:
    """The share of each source in the fused place; they sum to 1."""
    weights = _precisions(estimates, trust)
    total = sum(weights.values())
    return {source: weight / total for source, weight in weights.items()}


def _precisions(estimates: Estimates, trust: Mapping[Source, float]) -> dict[Source, float]:
    return {source: trust.get(source, 1.0) / one.spread**2 for source, one in estimates.items()}


def reading_spread(mood: FaceMood) -> float:
    """The spread of one reading, along an axis.

    That of its probabilities over the plane, and, of each emotion, how loosely a mood is tied to
    its expression. A sure expression is narrow, a neutral face and an even answer are wide.
    """
    variance = sum(
        share * (_looseness(emotion) ** 2 + EMOTION_AFFECT[emotion].distance(mood.affect) ** 2 / 2)
        for emotion, share in mood.probabilities.items()
    )
    return math.sqrt(variance)


def _looseness(emotion: Emotion) -> float:
    return NEUTRAL_SPREAD if emotion is Emotion.NEUTRAL else EXPRESSION_SPREAD


def face_estimate(affect: Affect, readings: Sequence[tuple[float, FaceMood]]) -> Estimate | None:
    """The estimate that weighted readings make together; None without weight.

    Args:
        affect: their mean, see `choose.mood`.
        readings: each with its weight in [0, 1]: its confidence, faded by age. Weights add up to
            at most 1, as looks at one face a few minutes apart repeat each other's errors.
    """
    weight = sum(weight for weight, _ in readings)
    if weight <= 0:
        return None
    variance = sum(w * reading_spread(mood) ** 2 for w, mood in readings) / weight
    return Estimate(affect, math.sqrt(variance / min(weight, 1.0)))
