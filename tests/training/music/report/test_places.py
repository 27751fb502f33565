from __future__ import annotations

import numpy as np
import pytest
from training.music.data import Clips
from training.music.report.places import means_of_corners, measure_places, places

RANDOM = np.random.default_rng(0)
COUNT = 500
SHARES = RANDOM.dirichlet([0.3] * 4, COUNT)
QUADRANT = np.array([RANDOM.choice(4, p=row) for row in SHARES])
CLIPS = Clips(
    tuple(map(str, range(COUNT))),
    np.arange(COUNT).astype(str),
    QUADRANT,
    np.arange(COUNT) % 5,
)


def test_places_lie_in_the_same_half_as_the_corners_mean() -> None:
    assert np.array_equal(np.sign(places(SHARES)), np.sign(means_of_corners(SHARES)))


def test_honest_probabilities_are_ordered_and_calibrated() -> None:
    figures = measure_places(CLIPS, SHARES)
    assert figures["order"]["valence, by quadrants"] > 0.8
    assert figures["order"]["arousal, cluster 1 over 3"] == pytest.approx(0.5, abs=0.1)
    assert figures["signs"]["arousal's calibration error"] < 0.06


def test_both_ways_are_measured_by_the_same_figures() -> None:
    figures = measure_places(CLIPS, SHARES)
    assert figures["probit"].keys() == figures["mean of corners"].keys()
    assert figures["probit"]["10 nearest right"] > 0.9
