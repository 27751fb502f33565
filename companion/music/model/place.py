"""Place a track on the affect plane: a position with a spread, from its probabilities.

Imports nothing heavy, so that stored tags can be placed without the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from companion.affect import Affect, Quadrant

AROUSAL_SPREAD = 0.22
VALENCE_SPREAD = 0.27
"""The standard deviation of a true place about the one that is told. Valence is heard less well;
both are such that the places of many tracks deviate by some .4 from the middle."""
SUREST = 0.999  # probability of a sign; what is surer lies no further out

AROUSED = (Quadrant.Q1, Quadrant.Q2)
PLEASANT = (Quadrant.Q1, Quadrant.Q4)


@dataclass(frozen=True, slots=True)
class Place:
    """A position and the standard deviations of the true one about it.

    Attributes:
        affect: the position.
        valence_spread, arousal_spread: on each axis.
    """

    affect: Affect
    valence_spread: float = VALENCE_SPREAD
    arousal_spread: float = AROUSAL_SPREAD


def place(probabilities: Mapping[Quadrant, float]) -> Place:
    """The place of a track, by how sure the sign of each axis is.

    A true position x that is known up to a normal error of spread s is positive with the
    probability Phi(x / s); so x = s * Phi^-1(p) (the probit model: C. I. Bliss, "The method of
    probits", Science 79, 1934). A mean of corner points would put all that is sure of its
    quadrant into one point.

    Args:
        probabilities: over the quadrants, calibrated.
    """
    return Place(
        Affect.clipped(
            VALENCE_SPREAD * _probit(sum(probabilities[q] for q in PLEASANT)),
            AROUSAL_SPREAD * _probit(sum(probabilities[q] for q in AROUSED)),
        )
    )


def _probit(share: float) -> float:
    return NormalDist().inv_cdf(min(max(share, 1 - SUREST), SUREST))
