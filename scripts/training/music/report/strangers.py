"""A forecast for strangers' music: learn from one set, read the other, which others labelled."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from training.music.data import NO_LABEL, Clips
from training.music.folds import CrossValidation
from training.music.metrics import AROUSAL_UP, VALENCE_UP
from training.music.report.places import cluster_order

# Which of the five clusters stand for pleasant and for excited music, by their adjectives:
# passionate, cheerful, wistful, humorous, aggressive.
CLUSTER_VALENCE = np.array([0.5, 1, -0.5, 0.5, -1])
CLUSTER_AROUSAL = np.array([1, 0.5, -1, 0, 1])


def leave_one_set_out(validation: CrossValidation) -> dict[str, Any]:
    """Both ways; artists who stand in both sets are left out of what is learned from."""
    clips = validation.clips
    quadrants, clusters = clips.judged().quadrant >= 0, clips.cluster >= 0
    return {
        "quadrants to clusters": _to_clusters(validation, quadrants & ~clusters, clusters),
        "clusters to quadrants": _to_quadrants(validation, clusters & ~quadrants, quadrants),
    }


def _to_clusters(
    validation: CrossValidation, learned: np.ndarray, read: np.ndarray
) -> dict[str, float]:
    said = _read(validation, learned, read).quadrant
    clips = _part(validation.clips, read)
    arousal, valence = said @ (2 * AROUSAL_UP - 1), said @ (2 * VALENCE_UP - 1)
    wanted = {
        "arousal, cluster 1 over 3": (arousal, "1", "3"),
        "arousal, cluster 5 over 3": (arousal, "5", "3"),
        "valence, cluster 2 over 3": (valence, "2", "3"),
        "valence, cluster 2 over 5": (valence, "2", "5"),
        "valence, cluster 4 over 5": (valence, "4", "5"),
    }
    return {name: round(cluster_order(clips, *how), 4) for name, how in wanted.items()}


def _to_quadrants(
    validation: CrossValidation, learned: np.ndarray, read: np.ndarray
) -> dict[str, float]:
    said = _read(validation, learned, read).cluster
    quadrant = validation.clips.quadrant[read]
    return {
        "arousal, high over low": _order(AROUSAL_UP[quadrant], said @ CLUSTER_AROUSAL),
        "valence, high over low": _order(VALENCE_UP[quadrant], said @ CLUSTER_VALENCE),
    }


def _read(validation: CrossValidation, learned: np.ndarray, read: np.ndarray) -> Any:
    known = set(validation.clips.artists[read])
    strange = np.array([artist not in known for artist in validation.clips.artists])
    return validation.fit(np.flatnonzero(learned & strange)).predict(validation.matrix[read])


def _part(clips: Clips, chosen: np.ndarray) -> Clips:
    names = tuple(name for name, kept in zip(clips.names, chosen, strict=True) if kept)
    nowhere = np.full(len(names), NO_LABEL)
    return dataclasses.replace(
        clips,
        names=names,
        artists=clips.artists[chosen],
        quadrant=nowhere,
        cluster=clips.cluster[chosen],
    )


def _order(up: np.ndarray, values: np.ndarray) -> float:
    return round(float(roc_auc_score(up, values)), 4)
