from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from training.music.data import QUADRANTS
from training.music.folds import EVERYTHING
from training.music.svm import measure_svm, svm_scores

from tests.training.music.test_folds import make_bench


@pytest.mark.parametrize("weighted", [True, False])
def test_it_reads_what_stands_in_the_statistics(tmp_path: Path, weighted: bool) -> None:
    bench = dataclasses.replace(make_bench(tmp_path), groups=EVERYTHING[1:])
    scores = svm_scores(bench, split=0, weighted=weighted)
    assert scores.shape == (len(bench.clips), len(QUADRANTS))
    assert measure_svm(scores, bench.clips.quadrant)["accuracy"] > 0.9


def test_it_cannot_guess_labels_that_mean_nothing(tmp_path: Path) -> None:
    bench = dataclasses.replace(make_bench(tmp_path), groups=("key", "shape mean"))
    shuffled = np.random.default_rng(5).permutation(bench.clips.quadrant)
    bench = dataclasses.replace(bench, clips=dataclasses.replace(bench.clips, quadrant=shuffled))
    scores = svm_scores(bench, split=0, weighted=True)
    assert measure_svm(scores, shuffled)["accuracy"] < 0.5


def test_the_figures_of_perfect_scores_are_one() -> None:
    labels = np.arange(80) % 4
    figures = measure_svm(np.eye(4)[labels] - 0.5, labels)
    assert set(figures.values()) == {1.0}
