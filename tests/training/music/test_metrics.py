from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.music.metrics import (
    AROUSAL_UP,
    VALENCE_UP,
    average,
    macro_f1,
    measure,
    pick_precision,
    sign_accuracy,
)

from companion.affect import QUADRANT_AFFECT, Quadrant

SURE = np.eye(4)


def test_the_signs_are_those_of_the_quadrants() -> None:
    places = [QUADRANT_AFFECT[quadrant] for quadrant in Quadrant]
    assert VALENCE_UP.tolist() == [place.valence > 0 for place in places]
    assert AROUSAL_UP.tolist() == [place.arousal > 0 for place in places]


@pytest.mark.parametrize(
    ("guesses", "labels", "f1"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], 1.0),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.1),
        ([0, 0, 1, 1], [0, 1, 0, 1], 0.5),
        ([1, 0], [0, 1], 0.0),
    ],
)
def test_macro_f1(guesses: list[int], labels: list[int], f1: float) -> None:
    assert macro_f1(np.array(guesses), np.array(labels)) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("guess", "label", "arousal", "valence"),
    [(0, 0, 1, 1), (0, 1, 1, 0), (0, 2, 0, 0), (0, 3, 0, 1), (2, 3, 1, 0)],
)
def test_signs(guess: int, label: int, arousal: float, valence: float) -> None:
    probabilities, labels = SURE[[guess]], np.array([label])
    assert sign_accuracy(probabilities, labels, AROUSAL_UP) == arousal
    assert sign_accuracy(probabilities, labels, VALENCE_UP) == valence


def test_a_sign_is_the_sum_of_its_quadrants() -> None:
    split = np.array([[0.3, 0.3, 0.4, 0.0]])
    assert sign_accuracy(split, np.array([0]), AROUSAL_UP) == 1


def test_picks_are_the_surest_of_each_quadrant() -> None:
    labels = np.repeat(np.arange(4), 20)
    scores = SURE[labels] * 0.5
    assert pick_precision(scores, labels) == 1
    scores[labels == 1, 0] = 0.9  # twenty of Q2 are surely taken for Q1
    assert pick_precision(scores, labels) == 0.75
    assert pick_precision(scores, labels, 0.1) == 0.75


def test_a_share_of_a_quadrant() -> None:
    labels = np.repeat(np.arange(4), 20)
    scores = SURE[labels] * 0.5
    scores[np.flatnonzero(labels == 3)[:1], :3] = 0.9  # one clip is wrongly surest of three
    assert pick_precision(scores, labels, 0.1) == pytest.approx((3 * 0.5 + 1) / 4)
    assert pick_precision(scores, labels) == pytest.approx((3 * 0.9 + 1) / 4)


def test_measure_of_perfect_predictions() -> None:
    labels = np.repeat(np.arange(4), 20)
    figures = measure(SURE[labels], labels)
    assert figures.pop("confusion").tolist() == (20 * np.eye(4)).tolist()
    assert figures.pop("ece") == 0
    assert set(figures.values()) == {1.0}


def test_measure_refuses_what_is_no_distribution() -> None:
    with pytest.raises(ValueError, match="sum"):
        measure(np.full((2, 4), 0.5), np.array([0, 1]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_average_is_the_mean(values: list[float]) -> None:
    runs = [{"f": value, "m": np.full((2, 2), value)} for value in values]
    mean = average(runs)
    assert mean["f"] == pytest.approx(np.mean(values), abs=1e-4)
    assert np.shape(mean["m"]) == (2, 2)
