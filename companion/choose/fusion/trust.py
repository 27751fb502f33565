"""The trust in each source of the mood, learned from what the user likes, skips, corrects.

The Hedge rule (Y. Freund and R. E. Schapire, "A decision-theoretic generalization of on-line
learning and an application to boosting", Journal of Computer and System Sciences 55(1), 1997,
section 2): a source whose estimate was further from what the user showed loses weight against the
others. It is slow, bounded, and drifts back to 1 where nothing speaks any more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from companion.affect import Affect
from companion.choose.fusion.estimate import Estimates, Source

RATE = 0.4
"""The change that one unit of loss makes to the logarithm of the trust."""
MEMORY = 0.99
"""The factor by which the logarithm of the trust decays at each lesson."""
LEAST_TRUST, MOST_TRUST = 0.3, 3.0
FARTHEST = 1.5
"""A distance on the plane that counts as a whole unit of loss."""
LESSON_WEIGHT = {"corrected": 1.0, "liked": 0.5, "finished": 0.15, "skipped": 0.4}
"""A correction tells where the user was; a track that is skipped or finished only hints at it."""

Trust = Mapping[Source, float]


def learn_trust(
    trust: Trust, estimates: Estimates, lesson: str, place: Affect
) -> dict[Source, float]:
    """The trust after one lesson; unchanged where fewer than two sources spoke.

    Args:
        trust: by source, each in [LEAST_TRUST, MOST_TRUST]; an absent one is 1.
        estimates: what each source said at the time.
        lesson: a key of `LESSON_WEIGHT`.
        place: where the user said to be, or where the track lies that was finished or skipped.
    """
    changes = _changes(estimates, lesson, place)
    return dict(trust) | {
        source: _bounded(MEMORY * math.log(trust.get(source, 1.0)) + change)
        for source, change in changes.items()
    }


def unlearn_trust(
    trust: Trust, estimates: Estimates, lesson: str, place: Affect
) -> dict[Source, float]:
    """The trust without a lesson that is taken back; the arguments are those of `learn_trust`.

    It is what it was before, where the lesson was the last one and no bound was met.
    """
    changes = _changes(estimates, lesson, place)
    return dict(trust) | {
        source: _bounded((math.log(trust.get(source, 1.0)) - change) / MEMORY)
        for source, change in changes.items()
    }


def _changes(estimates: Estimates, lesson: str, place: Affect) -> dict[Source, float]:
    """Return what a lesson adds to the log of each trust; nothing where one source spoke alone."""
    if len(estimates) <= 1:
        return {}
    losses = {
        source: min(one.affect.distance(place) / FARTHEST, 1.0) for source, one in estimates.items()
    }
    if lesson == "skipped":
        losses = {source: 1 - loss for source, loss in losses.items()}
    mean = sum(losses.values()) / len(losses)
    return {source: RATE * LESSON_WEIGHT[lesson] * (mean - loss) for source, loss in losses.items()}


def _bounded(log: float) -> float:
    return min(max(math.exp(log), LEAST_TRUST), MOST_TRUST)
