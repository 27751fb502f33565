"""Does a person's own resting face help? CK+ people as users who have calibrated.

Each session of a person is read with the resting faces of that person's other sessions as
the baseline; who has one session only is left out. All readings are by models that have
not seen the person. The strength of the correction is chosen on the people of the other
folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.face.data import EMOTIONS, Pair
from training.face.evaluation.ckplus import NEUTRAL, FoldModel, unseen_pairs
from training.face.infer import still_logits
from training.metrics import Floats, Integers, softmax

STRENGTHS = tuple(np.linspace(0, 1, 11).round(1).tolist())

Chosen = NDArray[np.bool_]


LEAST = 1e-3  # the least probability that counts: below it, a logarithm is mostly noise

LogShares = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The usual neutral face and the strength of the correction by a person's own.

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
    """Correct the model's probabilities by those of the user's resting face.

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


class Said(NamedTuple):
    """Probabilities (n, 8) and what is true (n,)."""

    shares: Floats
    labels: Integers


@dataclass(frozen=True)
class Sessions:
    """Single crops of CK+ sessions, read by models that have not seen the person.

    Attributes:
        onset, apex: probabilities (n, 8) of the resting face and of the apex.
        labels: (n,), the emotion of the apex.
        subjects, folds: (n,).
    """

    onset: Floats
    apex: Floats
    labels: Integers
    subjects: NDArray[np.str_]
    folds: Integers


def read_sessions_apart(models: Sequence[FoldModel], pairs: Sequence[Pair]) -> Sessions:
    """Every pair by the model of its fold."""
    parts = [_read(fold, unseen_pairs(fold, pairs), k) for k, fold in enumerate(models)]
    return Sessions(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _read(fold: FoldModel, pairs: list[Pair], index: int) -> tuple[Any, ...]:
    def shares(images: list[Any]) -> Floats:
        logits = still_logits(fold.model.variables, np.stack(images))
        return softmax(logits / fold.model.temperature + np.asarray(fold.model.prior))

    return (
        shares([pair.onset for pair in pairs]),
        shares([pair.apex for pair in pairs]),
        np.array([EMOTIONS.index(pair.label) for pair in pairs]),
        np.array([pair.subject for pair in pairs]),
        np.full(len(pairs), index),
    )


def fit_reference(sessions: Sessions, chosen: Chosen) -> Reference:
    """The usual neutral of the chosen sessions, and the strength of least log loss on them."""
    usual = mean_log(sessions.onset[chosen])
    losses = [
        _log_loss(*_corrected(sessions, chosen, Reference(usual, strength)))
        for strength in STRENGTHS
    ]
    return Reference(usual, STRENGTHS[int(np.argmin(losses))])


def measure_baseline(sessions: Sessions) -> dict[str, Any]:
    """Accuracy and log loss on resting and apex faces, without and with the correction."""
    before, after, strengths = [], [], []
    for index in np.unique(sessions.folds):
        here = sessions.folds == index
        reference = fit_reference(sessions, ~here)
        before.append(_corrected(sessions, here, Reference(reference.usual, 0.0)))
        after.append(_corrected(sessions, here, reference))
        strengths.append(reference.strength)
    return {
        "sessions": sum(len(rest.labels) for rest, _ in before),
        "without": _figures(before),
        "with": _figures(after),
        "strengths": strengths,
    }


def _figures(parts: list[tuple[Said, Said]]) -> dict[str, float]:
    rest, apex = (_join([part[k] for part in parts]) for k in range(2))
    return {
        "rest": round(_accuracy(rest), 4),
        "apex": round(_accuracy(apex), 4),
        "log_loss": round(_log_loss(rest, apex), 4),
    }


def _accuracy(said: Said) -> float:
    return float(np.mean(said.shares.argmax(axis=1) == said.labels))


def _log_loss(*parts: Said) -> float:
    """The mean of -log p of what is true, over resting and apex faces alike."""
    said = _join(parts)
    return float(-np.log(said.shares[np.arange(len(said.labels)), said.labels]).mean())


def _join(parts: Sequence[Said]) -> Said:
    return Said(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _corrected(sessions: Sessions, chosen: Chosen, reference: Reference) -> tuple[Said, Said]:
    """Resting and apex faces, each seen from the person's other sessions."""
    rest, apex, labels = [], [], []
    for index in np.flatnonzero(chosen):
        others = sessions.subjects == sessions.subjects[index]
        others[index] = False
        if others.any():
            own = mean_log(sessions.onset[others])
            rest.append(correct(sessions.onset[index], own, reference))
            apex.append(correct(sessions.apex[index], own, reference))
            labels.append(sessions.labels[index])
    neutral = np.full(len(labels), NEUTRAL)
    return Said(np.stack(rest), neutral), Said(np.stack(apex), np.array(labels))
