"""The logistic regressions beside the networks, and the gate between them."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from companion.music.model.words import NAMES
from training.music.data import QUADRANTS

STRENGTHS = (3e-4, 1e-3, 3e-3, 1e-2)  # C: how little the weights are held back
GATE_TAGS = (
    *("mtt piano", "mtt solo", "mtt classical", "mtt drums", "mtt beat", "mtt guitar"),
    *("mtt singing", "mtt vocals", "msd rock", "msd instrumental"),
)
"""The tags by which solo piano is told; more would tell the sound font instead."""
CLOSED = -20.0  # the gate's bias where no piano was learned
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


def predict_each(inputs: np.ndarray, labels: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    """(STRENGTHS, clips, 4) probabilities of the unseen, by a regression of each strength.

    Args:
        inputs: (clips, inputs) that are learned from, standardised.
        labels: (clips,) their quadrants.
        unseen: (clips, inputs) that are predicted.
    """
    axes = span(inputs)
    rows, asked = inputs @ axes, unseen @ axes
    alike = np.ones(len(rows))
    machines = [_fit(rows, labels, alike, strength) for strength in STRENGTHS]
    return np.stack([machine.predict_proba(asked) for machine in machines])


def fit_gate(tags: np.ndarray, rendered: np.ndarray) -> dict[str, np.ndarray]:
    """Tell solo piano from other music.

    Args:
        tags: (clips, len(NAMES)) logits.
        rendered: (clips,) which are solo piano; where there are none, nothing is taken for it.

    Returns:
        "kernel" (len(NAMES), 1) and "bias" (1,), for logits as they are.
    """
    kernel = np.zeros((len(NAMES), 1), np.float32)
    if not rendered.any():
        return {"kernel": kernel, "bias": np.array([CLOSED], np.float32)}
    columns = [NAMES.index(name) for name in GATE_TAGS]
    chosen = tags[:, columns]
    deviation = chosen.std(axis=0)
    machine = LogisticRegression(max_iter=1000).fit(
        (chosen - chosen.mean(axis=0)) / deviation, rendered
    )
    kernel[columns, 0] = machine.coef_[0] / deviation
    bias = machine.intercept_ - chosen.mean(axis=0) @ kernel[columns, 0]
    return {"kernel": kernel, "bias": bias.astype(np.float32)}


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
    return LogisticRegression(C=strength, max_iter=1000).fit(rows, labels, weight)
