"""A person's resting face as the zero of what the model says of that face.

Some faces look sad, stern or amused at rest. The model then says so in every frame: its
log-probabilities carry an offset that belongs to the person and not to the moment. The
resting face shows that offset, as what it should read as is known: as neutral faces
usually do. With p the model's probabilities,

    log p'(k) = log p(k) - strength * (own(k) - usual(k)) + constant,

own(k) the mean of log p(k) over the user's resting face and usual(k) the same mean over
the neutral faces of people in training; the constant makes the sum 1. That is a change of
priors as in M. Saerens et al., "Adjusting the outputs of a classifier to new a priori
probabilities: a simple procedure", Neural Computation 14(1), 2002, equation (2.4), where
the ratio of the priors is p(k) of the resting faces rather than the share of the classes.

With strength 1 the resting face reads exactly as neutral faces usually do. Less than 1
believes the ten seconds less, as they are one sample of a face. The strength and the usual
neutral belong to the weights and are chosen on people of the training set.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.affect import Emotion
from companion.errors import ModelError
from companion.weights import Model

LEAST = 1e-3  # the least probability that counts: below it, a logarithm is mostly noise

Floats = NDArray[np.floating]
LogShares = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the weights know of neutral faces; "baseline" in their config.json.

    Attributes:
        usual: the mean log-probability of each emotion over people's neutral faces.
        strength: how much of the difference to them is taken away, in [0, 1].
    """

    usual: LogShares
    strength: float


def mean_log(shares: Floats) -> LogShares:
    """Readings of resting faces, (looks, 8), to the mean log-probability of each emotion."""
    return tuple(np.log(np.maximum(shares, LEAST)).mean(axis=0).tolist())


def correct(shares: Floats, own: LogShares, reference: Reference) -> Floats:
    """What the model says, seen from the user's resting face.

    Args:
        shares: calibrated probabilities (..., 8) in the order of `Emotion`.
        own: `mean_log` of the user's resting face.
        reference: of the weights.

    Returns:
        (..., 8) float64, not negative, each row of sum 1. Where `own` equals the usual
        neutral, or the strength is 0, they are the shares themselves.
    """
    offset = reference.strength * (np.asarray(own) - np.asarray(reference.usual))
    weighted = shares * np.exp(offset.min() - offset)  # at most 1 each, so that none overflows
    corrected: Floats = weighted / weighted.sum(axis=-1, keepdims=True)
    return corrected


def read_reference(model: Model) -> Reference:
    """The reference that lies beside the weights: {"baseline": {"usual": [...], "strength": s}}.

    Raises:
        ModelError: it is missing or damaged.
    """
    try:
        found = model.read_json("config.json")["baseline"]
        reference = Reference(tuple(map(float, found["usual"])), float(found["strength"]))
        if len(reference.usual) != len(Emotion) or not 0 <= reference.strength <= 1:
            raise ValueError("it needs eight numbers and a strength in [0, 1]")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The usual neutral of {model.label} cannot be read: {error}.") from error
    return reference
