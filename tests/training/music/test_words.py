from __future__ import annotations

import numpy as np
import pytest
from training.music.data import NO_LABEL, Clips
from training.music.words import FEWEST, LEAST, Heard, find_words, lowest_threshold

from companion.music.model.words import NAMES

RANDOM = np.random.default_rng(0)
COUNT = 400


def heard(**right: float) -> Heard:
    """Clips of random quadrants, whose tags say what is named with that share of mistakes."""
    quadrant = RANDOM.integers(0, 4, COUNT)
    logits = RANDOM.normal(-5, 0.1, (COUNT, len(NAMES)))
    meant = {"msd_sad": np.isin(quadrant, [1, 2]), "mtt_loud": quadrant < 2}
    for name, mistakes in right.items():
        says = meant[name] ^ (RANDOM.random(COUNT) < mistakes)
        logits[:, NAMES.index(name.replace("_", " "))] = np.where(says, 2, -5)
    clips = Clips(
        tuple(map(str, range(COUNT))),
        np.arange(COUNT).astype(str),
        quadrant,
        np.full(COUNT, NO_LABEL),
    )
    return Heard(clips, logits)


@pytest.mark.parametrize(("mistakes", "said"), [(0.02, True), (0.3, False), (0.5, False)])
def test_a_word_is_said_only_where_it_is_right(mistakes: float, said: bool) -> None:
    words = {rule.word: rule for rule in find_words(heard(msd_sad=mistakes)).rules}
    assert ("sad" in words) == said
    if said:
        assert words["sad"].precision >= LEAST
        assert words["sad"].measured == "labels"


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    scores = np.arange(100)[::-1].astype(float)
    right = np.arange(100) < 60
    threshold, precision = lowest_threshold(scores, right, FEWEST)
    below = scores[np.flatnonzero(scores >= threshold)[-1] + 1]
    assert precision == pytest.approx(right[scores >= threshold].mean())
    assert precision >= LEAST
    assert right[scores >= below - 5].mean() < precision


@pytest.mark.parametrize("count", [0, 5, FEWEST - 1])
def test_too_few_clips_measure_nothing(count: int) -> None:
    threshold, _ = lowest_threshold(np.arange(count, dtype=float), np.ones(count, bool), FEWEST)
    assert threshold == float("inf")
