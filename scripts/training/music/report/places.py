"""Measure the places on the affect plane: their spread, their order, and the picks by them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from companion.affect import QUADRANT_AFFECT
from companion.music.model.place import place
from training.metrics import expected_calibration_error
from training.music.data import CLUSTERS, QUADRANTS, Clips
from training.music.metrics import AROUSAL_UP, VALENCE_UP

EDGE = 0.55  # beyond it a coordinate lies at the edge
NEAREST = (10, 20, 40)  # picks of each quadrant
CORNERS = np.array([[QUADRANT_AFFECT[q].valence, QUADRANT_AFFECT[q].arousal] for q in QUADRANTS])


def places(probabilities: np.ndarray) -> np.ndarray:
    """(clips, 4) to (clips, 2): valence and arousal."""
    rows = [place(dict(zip(QUADRANTS, map(float, row), strict=True))) for row in probabilities]
    return np.array([[row.affect.valence, row.affect.arousal] for row in rows])


def means_of_corners(probabilities: np.ndarray) -> np.ndarray:
    """(clips, 4) to (clips, 2): the corners of the plane, weighted; as version 2 placed."""
    mean: np.ndarray = probabilities @ CORNERS
    return mean


def measure_places(clips: Clips, probabilities: np.ndarray) -> dict[str, Any]:
    """The figures of both ways of placing, of all clips read out of fold."""
    known = clips.quadrant >= 0
    ways = {"probit": places(probabilities), "mean of corners": means_of_corners(probabilities)}
    return {
        name: {
            "valence beyond the edge": _share(np.abs(where[:, 0]) > EDGE),
            "arousal beyond the edge": _share(np.abs(where[:, 1]) > EDGE),
            "deviation of valence": _rounded(where[:, 0].std()),
            "deviation of arousal": _rounded(where[:, 1].std()),
            **_nearest(where[known], clips.quadrant[known]),
        }
        for name, where in ways.items()
    } | {"order": _order(clips, ways["probit"]), "signs": _signs(clips, probabilities)}


def _nearest(where: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Of the clips nearest to each corner, the share that is of its quadrant."""
    distance = np.linalg.norm(where[:, None] - CORNERS, axis=2)
    ranked = np.argsort(distance, axis=0, kind="stable")
    right = labels[ranked] == np.arange(len(CORNERS))
    return {f"{count} nearest right": _share(right[:count]) for count in NEAREST}


def _order(clips: Clips, where: np.ndarray) -> dict[str, float]:
    """Return the share of pairs of clips, told apart by people, that lie in the right order."""
    known = clips.quadrant >= 0
    quadrant = clips.quadrant[known]
    valence, arousal = where.T
    figures = {
        "valence, by quadrants": roc_auc_score(VALENCE_UP[quadrant], valence[known]),
        "arousal, by quadrants": roc_auc_score(AROUSAL_UP[quadrant], arousal[known]),
    }
    for axis, values, high, low in (
        ("arousal", arousal, "1", "3"),
        ("arousal", arousal, "5", "3"),
        ("valence", valence, "2", "5"),
        ("valence", valence, "2", "3"),
    ):
        figures[f"{axis}, cluster {high} over {low}"] = cluster_order(clips, values, high, low)
    for axis, values, up in (("arousal", arousal, AROUSAL_UP), ("valence", valence, VALENCE_UP)):
        other = VALENCE_UP if up is AROUSAL_UP else AROUSAL_UP
        halves = [other[clips.quadrant] == side for side in (0, 1)]
        within = [
            roc_auc_score(up[clips.quadrant[half & known]], values[half & known]) for half in halves
        ]
        figures[f"{axis}, where the other axis is alike"] = float(np.mean(within))
    return {name: _rounded(figure) for name, figure in figures.items()}


def cluster_order(clips: Clips, values: np.ndarray, high: str, low: str) -> float:
    """Return the probability that a clip of one cluster lies higher than one of another."""
    names = np.array(["", *CLUSTERS])[clips.cluster + 1]
    both = np.isin(names, [high, low])
    return float(roc_auc_score(names[both] == high, values[both]))


def _signs(clips: Clips, probabilities: np.ndarray) -> dict[str, float]:
    """The calibration error of each axis's sign, whose probability the place stands for."""
    known = clips.quadrant >= 0
    figures = {}
    for axis, up in (("valence", VALENCE_UP), ("arousal", AROUSAL_UP)):
        share = probabilities[known] @ up
        both = np.stack([1 - share, share], axis=1).clip(0, 1)
        error = expected_calibration_error(both, up[clips.quadrant[known]])
        figures[f"{axis}'s calibration error"] = _rounded(error)
    return figures


def _share(right: np.ndarray) -> float:
    return _rounded(np.mean(right))


def _rounded(figure: Any) -> float:
    return round(float(figure), 4)
