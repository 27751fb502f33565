"""Measure the inflation of figures when segments of one clip are in both training and test set.

The same models read the five MIREX clusters of three-second segments by what the taggers say of
each, once split at random, once by clip, once by artist: only the split differs.
"""

from __future__ import annotations

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.music.data import Clips
from training.music.patches import Patches

FOLDS = 3
SPLITS = ("segments at random", "by clip", "by artist")
MODELS: dict[str, ClassifierMixin] = {
    "nearest neighbour": KNeighborsClassifier(1),
    "logistic regression": LogisticRegression(C=1e-2, max_iter=300),
}


def compare_splits(clips: Clips, patches: list[Patches]) -> dict[str, dict[str, float]]:
    """The accuracy of each model on segments of the clips with a cluster, by SPLITS.

    Args:
        clips: the labelled clips.
        patches: what the taggers say of each, one entry a clip.
    """
    chosen = np.flatnonzero(clips.cluster >= 0)
    inputs = np.concatenate([patches[clip].embedding for clip in chosen])
    clip_of = np.repeat(chosen, [len(patches[clip].embedding) for clip in chosen])
    labels = clips.cluster[clip_of]
    grouped = GroupKFold(FOLDS, shuffle=True, random_state=0)
    folds = (
        list(KFold(FOLDS, shuffle=True, random_state=0).split(inputs)),
        list(grouped.split(inputs, groups=clip_of)),
        list(grouped.split(inputs, groups=clips.artists[clip_of])),
    )
    return {
        split: {name: _accuracy(model, inputs, labels, pairs) for name, model in MODELS.items()}
        for split, pairs in zip(SPLITS, folds, strict=True)
    }


def _accuracy(
    model: ClassifierMixin,
    inputs: np.ndarray,
    labels: np.ndarray,
    folds: list[tuple[np.ndarray, np.ndarray]],
) -> float:
    guesses = cross_val_predict(make_pipeline(StandardScaler(), model), inputs, labels, cv=folds)
    return round(float(accuracy_score(labels, guesses)), 4)
