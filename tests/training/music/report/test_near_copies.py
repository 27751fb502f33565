from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from training.music.data import NO_LABEL
from training.music.report.near_copies import near_copies

from tests.training.music.test_folds import COUNT, make_cross_validation


def test_copies_are_found_and_their_labels_compared(tmp_path: Path) -> None:
    validation = make_cross_validation(tmp_path)
    random = np.random.default_rng(0)
    validation.inputs.statistics[:] = random.standard_normal(validation.inputs.statistics.shape)
    for copy, origin in ((1, 0), (3, 2), (5, 4)):
        validation.inputs.statistics[copy] = validation.inputs.statistics[origin] + 0.01
    quadrant, cluster = np.full(COUNT, NO_LABEL), np.full(COUNT, NO_LABEL)
    quadrant[:4] = (0, 0, 1, 2)
    cluster[4:6] = (3, 4)
    clips = dataclasses.replace(validation.clips, quadrant=quadrant, cluster=cluster)
    found = near_copies(dataclasses.replace(validation, clips=clips))
    assert found == {"pairs": 3, "two artist groups": 0, "two quadrants": 1, "two clusters": 1}


def test_where_all_differ_none_is_found(tmp_path: Path) -> None:
    validation = make_cross_validation(tmp_path)
    shape = validation.inputs.statistics.shape
    validation.inputs.statistics[:] = np.random.default_rng(0).standard_normal(shape)
    assert near_copies(validation)["pairs"] == 0
