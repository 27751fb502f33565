"""Label agreement of recordings that are in the sets twice: a bound for any model."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from companion.music.features.extract import GROUPS
from companion.music.model.standard import Block, Standard
from training.music.folds import CrossValidation

SAME = 0.35  # mean squared distance of the statistics: what is nearer sounds alike throughout


def near_copies(validation: CrossValidation) -> dict[str, int]:
    """Pairs of clips that sound alike, and how many carry two different labels."""
    recorded = ~validation.clips.rendered
    clips, statistics = validation.clips.take(recorded), validation.inputs.statistics[recorded]
    standard = Standard.measure(statistics, [Block(tuple(GROUPS.values()))]).apply(statistics)
    squares = (standard**2).sum(axis=1)
    distance = (squares[:, None] + squares - 2 * standard @ standard.T) / standard.shape[1]
    pairs = np.array([p for p in combinations(range(len(clips)), 2) if distance[p] < SAME], int)
    first, second = pairs.reshape(-1, 2).T
    return {
        "pairs": len(first),
        "two artist groups": int(np.sum(clips.artists[first] != clips.artists[second])),
        "two quadrants": _differing(clips.quadrant, first, second),
        "two clusters": _differing(clips.cluster, first, second),
    }


def _differing(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> int:
    both = (labels[first] >= 0) & (labels[second] >= 0)
    return int(np.sum(both & (labels[first] != labels[second])))
