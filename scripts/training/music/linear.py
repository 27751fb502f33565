"""The logistic regression beside the networks; its strength is chosen among what it learns from."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold

from training.music.data import QUADRANTS

STRENGTHS = (3e-4, 1e-3, 3e-3)  # C: how little the weights are held back
INNER_FOLDS = 3


def fit_linear(inputs: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> dict[str, np.ndarray]:
    """Fit it with the strength that tells unseen artists among these clips best.

    Args:
        inputs: (clips, inputs), standardised.
        labels: (clips,) quadrants; where there are none, all four stay alike.
        groups: (clips,) artist groups.

    Returns:
        "kernel" (inputs, 4) and "bias" (4,).
    """
    if not len(inputs):
        quadrants = len(QUADRANTS)
        kernel = np.zeros((inputs.shape[1], quadrants), np.float32)
        return {"kernel": kernel, "bias": np.zeros(quadrants, np.float32)}
    # Ridge-penalised weights lie in the span of the clips, so their coordinates in it suffice.
    _, _, axes = np.linalg.svd(inputs, full_matrices=False)
    rows = (inputs @ axes.T).astype(np.float64)
    machine = _fit(rows, labels, choose_strength(rows, labels, groups))
    return {
        "kernel": (axes.T @ machine.coef_.T).astype(np.float32),
        "bias": machine.intercept_.astype(np.float32),
    }


def choose_strength(rows: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> float:
    """The one of STRENGTHS with the least log loss over INNER_FOLDS folds by group."""
    folds = list(StratifiedGroupKFold(INNER_FOLDS).split(rows, labels, groups))

    def loss(strength: float) -> float:
        said = np.zeros((len(rows), len(np.unique(labels))))
        for train, test in folds:
            said[test] = _fit(rows[train], labels[train], strength).predict_proba(rows[test])
        return float(log_loss(labels, said))

    return min(STRENGTHS, key=loss)


def _fit(rows: np.ndarray, labels: np.ndarray, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300).fit(rows, labels)
