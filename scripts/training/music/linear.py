"""The logistic regression beside the networks."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from training.music.data import QUADRANTS

STRENGTHS = (3e-4, 1e-3, 3e-3, 1e-2)  # C: how little the weights are held back
SMALLEST = 1e-7  # of the largest eigenvalue: what is smaller is rounding


def fit_linear(
    inputs: np.ndarray, labels: np.ndarray, weight: np.ndarray, strength: float
) -> dict[str, np.ndarray]:
    """Fit it.

    Args:
        inputs: (clips, inputs), standardised.
        labels: (clips,) quadrants; where there are none, all four stay alike.
        weight: (clips,) what each counts.
        strength: C.

    Returns:
        "kernel" (inputs, 4) and "bias" (4,).
    """
    if not len(inputs):
        quadrants = len(QUADRANTS)
        kernel = np.zeros((inputs.shape[1], quadrants), np.float32)
        return {"kernel": kernel, "bias": np.zeros(quadrants, np.float32)}
    axes = span(inputs)
    machine = _fit(inputs @ axes, labels, weight, strength)
    return {
        "kernel": (axes @ machine.coef_.T).astype(np.float32),
        "bias": machine.intercept_.astype(np.float32),
    }


def predict_each(
    inputs: np.ndarray, labels: np.ndarray, weight: np.ndarray, unseen: np.ndarray
) -> np.ndarray:
    """(STRENGTHS, clips, 4) probabilities of the unseen, by a regression of each strength.

    Args:
        inputs: (clips, inputs) that are learned from, standardised.
        labels: (clips,) their quadrants.
        weight: (clips,) what each counts.
        unseen: (clips, inputs) that are predicted.
    """
    axes = span(inputs)
    rows, asked = inputs @ axes, unseen @ axes
    machines = [_fit(rows, labels, weight, strength) for strength in STRENGTHS]
    return np.stack([machine.predict_proba(asked) for machine in machines])


def span(inputs: np.ndarray) -> np.ndarray:
    """(inputs, at most clips) orthonormal axes of the space that (clips, inputs) span.

    Weights held back by their squares lie in it, so the coordinates in it are all there is to
    learn from, and they are fewer than the inputs.
    """
    exact = inputs.astype(np.float64)
    values, vectors = np.linalg.eigh(exact @ exact.T)
    kept = values > SMALLEST * values[-1]
    axes: np.ndarray = exact.T @ (vectors[:, kept] / np.sqrt(values[kept]))
    return axes


def _fit(
    rows: np.ndarray, labels: np.ndarray, weight: np.ndarray, strength: float
) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300).fit(rows, labels, weight)
