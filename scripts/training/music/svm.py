"""The support vector machine that the network is measured against, on the same folds."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from companion.music.model.standard import Standard
from training.music.data import QUADRANTS, split_by_artist
from training.music.folds import Bench, see
from training.music.metrics import (
    AROUSAL_UP,
    VALENCE_UP,
    macro_f1,
    pick_precision,
    sign_accuracy,
)


def svm_scores(bench: Bench, split: int, *, weighted: bool) -> np.ndarray:
    """What an untuned SVM with an RBF kernel says out-of-fold: (clips, 4), higher is surer.

    Args:
        bench: the clips, and the groups of inputs that it sees.
        split: the seed of the split into folds.
        weighted: whether it sees them as the network does, each weighted by the size of its
            group and with outliers brought in; else each has deviation 1.
    """
    quadrant = bench.clips.quadrant
    scores = np.zeros((len(quadrant), len(QUADRANTS)))
    for train, test in split_by_artist(bench.clips, split):
        _, inputs, sizes = see(bench, train)
        seen = inputs[0]
        if weighted:
            seen = Standard.measure(seen[train], sizes).apply(seen)
        known = train[quadrant[train] >= 0]
        machine = SVC() if weighted else make_pipeline(StandardScaler(), SVC())
        machine.fit(seen[known], quadrant[known])
        scores[test] = machine.decision_function(seen[test])
    return scores


def measure_svm(scores: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """The figures of scores (N, 4) that are no probabilities."""
    guesses = scores.argmax(axis=1)
    sure = np.eye(len(QUADRANTS))[guesses]
    return {
        "accuracy": float(accuracy_score(labels, guesses)),
        "macro_f1": macro_f1(guesses, labels),
        "arousal_sign": sign_accuracy(sure, labels, AROUSAL_UP),
        "valence_sign": sign_accuracy(sure, labels, VALENCE_UP),
        "picks_top_10": pick_precision(scores, labels),
        "picks_top_tenth": pick_precision(scores, labels, 0.1),
    }
