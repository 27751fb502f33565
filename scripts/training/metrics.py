"""Metrics of a classifier, as shown in the model cards.

Conventions: `probabilities` is (N, K) float, each row in [0, 1] and summing to 1;
`labels` is (N,) integers in [0, K); `logits` is (N, K) float, unnormalised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]

CALIBRATION_BINS = 15
TEMPERATURE_BOUNDS = (0.05, 20.0)


def validate(probabilities: Floats, labels: Integers) -> None:
    """Check the shapes and ranges that every metric expects.

    Raises:
        ValueError: a shape does not fit, a row is no distribution, a label is out of range,
            or there is nothing to measure.
    """
    if probabilities.shape[:-1] != labels.shape or labels.ndim != 1 or not len(labels):
        raise ValueError(f"shapes do not fit: {probabilities.shape} and {labels.shape}")
    if not np.all((probabilities >= 0) & (probabilities <= 1)):
        raise ValueError("a probability is outside [0, 1]")
    if not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3):
        raise ValueError("the probabilities of a row do not sum to 1")
    if labels.min() < 0 or labels.max() >= probabilities.shape[1]:
        raise ValueError("a label is outside the classes")


def summarise(probabilities: Floats, labels: Integers, classes: Sequence[str]) -> dict[str, Any]:
    """Accuracy, UAR, recall by class, confusion matrix (rows: truth), ECE; ready for JSON.

    UAR, the unweighted average recall, is the mean over the classes that occur.
    """
    validate(probabilities, labels)
    guesses = probabilities.argmax(axis=1)
    every = np.arange(len(classes))
    present = np.unique(labels)
    recalls = recall_score(labels, guesses, labels=present, average=None)
    return {
        "count": len(labels),
        "accuracy": round(float(accuracy_score(labels, guesses)), 4),
        "uar": round(float(np.mean(recalls)), 4),
        "ece": round(expected_calibration_error(probabilities, labels), 4),
        "recall": {classes[k]: round(float(r), 4) for k, r in zip(present, recalls, strict=True)},
        "confusion": confusion_matrix(labels, guesses, labels=every).tolist(),
    }


def expected_calibration_error(
    probabilities: Floats, labels: Integers, bins: int = CALIBRATION_BINS
) -> float:
    """The mean gap between confidence and accuracy over equal-width bins, in [0, 1].

    C. Guo et al., "On calibration of modern neural networks", ICML 2017, equation 3.
    """
    validate(probabilities, labels)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(which, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def reliability(
    probabilities: Floats, labels: Integers, bins: int = CALIBRATION_BINS
) -> list[dict[str, float]]:
    """Mean confidence, accuracy and count of each equal-width bin that has cases.

    The diagram of Guo et al. 2017, section 2.
    """
    validate(probabilities, labels)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        {
            "confidence": round(float(confidence[which == k].mean()), 4),
            "accuracy": round(float(right[which == k].mean()), 4),
            "count": int(np.sum(which == k)),
        }
        for k in np.unique(which)
    ]


def accuracy_at_coverage(probabilities: Floats, labels: Integers, coverage: float) -> float:
    """The accuracy on the most confident share `coverage`, in (0, 1], of all cases."""
    validate(probabilities, labels)
    kept = max(1, round(coverage * len(labels)))
    surest = np.argsort(-probabilities.max(axis=1), kind="stable")[:kept]
    return float(np.mean(probabilities.argmax(axis=1)[surest] == labels[surest]))


def threshold_at_coverage(probabilities: Floats, coverage: float) -> float:
    """The confidence that the share `coverage` of all cases reaches."""
    return float(np.quantile(probabilities.max(axis=1), 1 - coverage))


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities of the logits divided by the temperature."""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit_temperature(logits: Floats, targets: Floats) -> float:
    """The temperature of least cross-entropy against targets (N, K), one-hot or soft.

    Guo et al. 2017, section 4.2.
    """

    def cross_entropy(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        shifted = scaled - scaled.max(axis=1, keepdims=True)
        log_shares = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(targets * log_shares).sum(axis=1).mean())

    low, high = np.log(TEMPERATURE_BOUNDS)
    found = minimize_scalar(cross_entropy, bounds=(low, high), method="bounded")
    return float(np.exp(found.x))


def bootstrap_interval(
    groups: Sequence[Any],
    statistic: Callable[[Integers], float],
    *,
    seed: int = 0,
    rounds: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """A percentile bootstrap interval that draws whole groups (subjects, artists).

    Args:
        groups: the group of each case, length N.
        statistic: the figure for the cases at the given indices.
        seed: of the drawing.
        rounds: how many samples are drawn.
        level: the share of samples between the two ends.

    B. Efron and R. Tibshirani, "An introduction to the bootstrap", 1993, section 13.3.
    """
    names, members = np.unique(np.asarray(groups), return_inverse=True)
    cases = [np.flatnonzero(members == k) for k in range(len(names))]
    random = np.random.default_rng(seed)
    drawn = [
        statistic(np.concatenate([cases[k] for k in random.integers(len(cases), size=len(cases))]))
        for _ in range(rounds)
    ]
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)
