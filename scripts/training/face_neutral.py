"""The usual neutral face, and how far a person's own resting face is to be believed.

Each CK+ session of a person is read with the resting faces of that person's other sessions
as the baseline, as a user's would be who has calibrated. The weights must not have seen
these people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from companion.affect import Emotion
from companion.face.baseline import LogShares, Reference, correct, mean_log
from training.face_data import EMOTIONS, Pair
from training.face_infer import still_logits
from training.metrics import Floats, Integers, softmax

STRENGTHS = tuple(np.linspace(0, 1, 11).round(1).tolist())
NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)


def usual_neutral(variables: Any, temperature: float, pairs: Sequence[Pair]) -> dict[str, Any]:
    """What config.json holds as "baseline"."""
    ends = ([pair.onset for pair in pairs], [pair.apex for pair in pairs])
    rest, apex = (softmax(still_logits(variables, np.stack(end)), temperature) for end in ends)
    labels = np.array([EMOTIONS.index(pair.label) for pair in pairs])
    found = fit_reference(rest, apex, labels, [pair.subject for pair in pairs])
    return {"usual": [round(share, 4) for share in found.usual], "strength": found.strength}


def fit_reference(
    rest: Floats, apex: Floats, labels: Integers, subjects: Sequence[str]
) -> Reference:
    """The mean resting face, and the strength of least log loss.

    Args:
        rest: probabilities (n, 8) of each session's resting face.
        apex: the same of its apex.
        labels: (n,), the emotion of the apex.
        subjects: whose session each is; a person's only session decides nothing.
    """
    usual, own = mean_log(rest), _own_rest(rest, subjects)
    return Reference(
        usual, min(STRENGTHS, key=lambda one: _loss(one, usual, own, rest, apex, labels))
    )


def _own_rest(rest: Floats, subjects: Sequence[str]) -> dict[int, LogShares]:
    """For each session, the resting face of the same person's other sessions."""
    names = np.array(subjects)
    others = {k: (names == names[k]) & (np.arange(len(names)) != k) for k in range(len(names))}
    return {k: mean_log(rest[chosen]) for k, chosen in others.items() if chosen.any()}


def _loss(
    strength: float,
    usual: LogShares,
    own: dict[int, LogShares],
    rest: Floats,
    apex: Floats,
    labels: Integers,
) -> float:
    """The mean of -log p of what is true, over resting and apex faces alike."""
    reference = Reference(usual, strength)
    right = [correct(rest[k], mine, reference)[NEUTRAL] for k, mine in own.items()]
    right += [correct(apex[k], mine, reference)[labels[k]] for k, mine in own.items()]
    return float(-np.log(right).mean())
