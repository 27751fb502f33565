from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from training.music.data import NO_LABEL
from training.music.report.ceiling import near_copies

from tests.training.music.test_folds import COUNT, make_bench


def test_copies_are_found_and_their_labels_compared(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    random = np.random.default_rng(0)
    bench.inputs.statistics[:] = random.standard_normal(bench.inputs.statistics.shape)
    for copy, origin in ((1, 0), (3, 2), (5, 4)):
        bench.inputs.statistics[copy] = bench.inputs.statistics[origin] + 0.01
    quadrant, cluster = np.full(COUNT, NO_LABEL), np.full(COUNT, NO_LABEL)
    quadrant[:4] = (0, 0, 1, 2)
    cluster[4:6] = (3, 4)
    clips = dataclasses.replace(bench.clips, quadrant=quadrant, cluster=cluster)
    found = near_copies(dataclasses.replace(bench, clips=clips))
    assert found == {"pairs": 3, "two artist groups": 0, "two quadrants": 1, "two clusters": 1}


def test_where_all_differ_none_is_found(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    shape = bench.inputs.statistics.shape
    bench.inputs.statistics[:] = np.random.default_rng(0).standard_normal(shape)
    assert near_copies(bench)["pairs"] == 0
