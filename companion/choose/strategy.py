"""A strategy turns the present mood into what the next track should be like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from companion.affect import Affect
from companion.choose.mood import PresentMood


@dataclass(frozen=True, slots=True)
class Target:
    """Where on the affect plane the next track should lie.

    Attributes:
        affect: the best place.
        tolerance: how far from it a track may lie; about the side of a quadrant.
        strategy: whose target it is.
    """

    affect: Affect
    tolerance: float
    strategy: str


Strategy = Callable[[PresentMood], Target]


def match(mood: PresentMood) -> Target:
    """Music like the mood."""
    return Target(mood.affect, tolerance=0.9, strategy="match")


STRATEGIES: Mapping[str, Strategy] = {"match": match}
