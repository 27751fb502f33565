"""Metrics of the music model, as shown in its card.

Conventions: `probabilities` is (N, 4) over the quadrants in their order, `labels` is (N,)
integers, both over the clips that have a quadrant.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from training.metrics import expected_calibration_error, validate
from training.music.data import QUADRANTS

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]

TOP = 10
VALENCE_UP = np.array([1, 0, 0, 1])  # of Q1 to Q4
AROUSAL_UP = np.array([1, 1, 0, 0])


def macro_f1(guesses: Integers, labels: Integers) -> float:
    """The mean of the classes' F1 scores."""
    return float(f1_score(labels, guesses, average="macro"))


def sign_accuracy(probabilities: Floats, labels: Integers, up: Integers) -> float:
    """Return the accuracy of an axis's likelier sign; `up` is 1 for the quadrants with +."""
    return float(np.mean((probabilities @ (2 * up - 1) > 0) == (up[labels] > 0)))


def pick_precision(scores: Floats, labels: Integers, share: float | None = None) -> float:
    """Of each quadrant's highest-scored clips, the share that is of it; the mean of the four.

    Args:
        scores: (N, 4), higher is surer.
        labels: (N,).
        share: how many of the clips of a quadrant are picked, one at least; TOP clips where
            left out.
    """
    precisions = []
    for quadrant in range(len(QUADRANTS)):
        count = TOP if share is None else max(1, round(share * np.sum(labels == quadrant)))
        surest = np.argsort(-scores[:, quadrant], kind="stable")[:count]
        precisions.append(np.mean(labels[surest] == quadrant))
    return float(np.mean(precisions))


def measure(probabilities: Floats, labels: Integers) -> dict[str, Any]:
    """All figures of one set of predictions."""
    validate(probabilities, labels)
    guesses = probabilities.argmax(axis=1)
    return {
        "accuracy": float(accuracy_score(labels, guesses)),
        "macro_f1": macro_f1(guesses, labels),
        "arousal_sign": sign_accuracy(probabilities, labels, AROUSAL_UP),
        "valence_sign": sign_accuracy(probabilities, labels, VALENCE_UP),
        "picks_top_10": pick_precision(probabilities, labels),
        "picks_top_tenth": pick_precision(probabilities, labels, 0.1),
        "ece": expected_calibration_error(probabilities, labels),
        "confusion": confusion_matrix(labels, guesses, labels=range(len(QUADRANTS))),
    }


def average(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of each figure over several splits, rounded."""
    return {
        name: np.round(np.mean([run[name] for run in runs], axis=0), 4).tolist() for name in runs[0]
    }


def spread(runs: list[dict[str, Any]]) -> dict[str, float]:
    """The standard deviation of each figure over several splits, rounded."""
    return {
        name: round(float(np.std([run[name] for run in runs], ddof=1)), 4)
        for name in runs[0]
        if name != "confusion"
    }
