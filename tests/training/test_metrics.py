from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from training.metrics import (
    accuracy_at_coverage,
    bootstrap_interval,
    expected_calibration_error,
    fit_temperature,
    softmax,
    summarise,
    threshold_at_coverage,
    validate,
)

CLASSES = ["a", "b", "c"]
Floats = NDArray[np.float64]


def shares(*rows: list[float]) -> Floats:
    return np.array(rows)


def sure(*labels: int) -> Floats:
    return np.eye(3)[list(labels)]


@pytest.mark.parametrize(
    ("probabilities", "labels", "problem"),
    [
        (np.zeros((0, 3)), np.zeros(0, int), "shapes"),
        (sure(0, 1), np.array([0]), "shapes"),
        (np.array([0.5, 0.5]), np.array([0, 1]), "shapes"),
        (shares([1.5, -0.5, 0]), np.array([0]), r"outside \[0, 1\]"),
        (shares([np.nan, 0.5, 0.5]), np.array([0]), r"outside \[0, 1\]"),
        (shares([0.5, 0.1, 0.1]), np.array([0]), "sum to 1"),
        (sure(0), np.array([3]), "outside the classes"),
        (sure(0), np.array([-1]), "outside the classes"),
    ],
)
def test_validate_refuses(probabilities: Floats, labels: NDArray[np.int64], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        validate(probabilities, labels)


def test_summarise_by_hand() -> None:
    figures = summarise(sure(0, 0, 0, 1), np.array([0, 0, 1, 1]), CLASSES)
    assert figures["count"] == 4
    assert figures["accuracy"] == 0.75
    assert figures["uar"] == 0.75
    assert figures["recall"] == {"a": 1.0, "b": 0.5}
    assert figures["confusion"] == [[2, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert figures["ece"] == 0.25


def test_uar_counts_classes_alike() -> None:
    figures = summarise(sure(*[0] * 10), np.array([0] * 9 + [1]), CLASSES)
    assert figures["accuracy"] == 0.9
    assert figures["uar"] == 0.5


@pytest.mark.parametrize(
    ("probabilities", "labels", "error"),
    [
        (sure(0, 1), [0, 1], 0.0),
        (sure(0, 1), [1, 0], 1.0),
        (shares([0.6, 0.4, 0], [0.6, 0.4, 0]), [0, 1], 0.1),
        (shares([0.9, 0.1, 0], [0.55, 0.45, 0]), [0, 1], (0.1 + 0.55) / 2),
    ],
)
def test_calibration_error_by_hand(probabilities: Floats, labels: list[int], error: float) -> None:
    assert expected_calibration_error(probabilities, np.array(labels)) == pytest.approx(error)


def test_accuracy_at_coverage_keeps_the_surest() -> None:
    probabilities = shares([0.9, 0.1, 0], [0.8, 0.2, 0], [0.7, 0.3, 0], [0.6, 0.4, 0])
    labels = np.array([0, 0, 1, 1])
    assert accuracy_at_coverage(probabilities, labels, 0.5) == 1
    assert accuracy_at_coverage(probabilities, labels, 0.75) == pytest.approx(2 / 3)
    assert accuracy_at_coverage(probabilities, labels, 1) == 0.5
    assert accuracy_at_coverage(probabilities, labels, 0.01) == 1


def test_threshold_keeps_the_share() -> None:
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(3), 1000)
    threshold = threshold_at_coverage(probabilities, 0.8)
    assert np.mean(probabilities.max(axis=1) >= threshold) == pytest.approx(0.8, abs=0.002)


@given(st.floats(0.3, 4), st.integers(0, 50))
def test_temperature_is_found_again(temperature: float, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(0, 2, (300, 3))
    found = fit_temperature(logits, softmax(logits, temperature))
    assert found == pytest.approx(temperature, rel=0.02)


def test_temperature_makes_the_overconfident_modest() -> None:
    logits = 9 * sure(*[0] * 100)
    labels = np.array([0] * 70 + [1] * 30)
    temperature = fit_temperature(logits, np.eye(3)[labels])
    assert temperature > 3
    before = expected_calibration_error(softmax(logits), labels)
    assert expected_calibration_error(softmax(logits, temperature), labels) < before / 2


@given(st.floats(0.1, 10), st.floats(-500, 500))
def test_softmax_is_a_distribution_and_ignores_a_shift(temperature: float, shift: float) -> None:
    logits = np.array([[1.0, 2.0, -3.0], [0.0, 0.0, 0.0]])
    ours = softmax(logits, temperature)
    np.testing.assert_allclose(ours.sum(axis=1), 1)
    np.testing.assert_allclose(softmax(logits + shift, temperature), ours, atol=1e-9)


def test_bootstrap_draws_whole_groups() -> None:
    right = np.array([1.0] * 5 + [0.0] * 5)
    apart = bootstrap_interval(range(10), lambda chosen: float(right[chosen].mean()))
    together = bootstrap_interval([0] * 5 + [1] * 5, lambda chosen: float(right[chosen].mean()))
    assert together == (0, 1)
    assert 0.1 <= apart[0] < 0.5 < apart[1] <= 0.9


def test_bootstrap_is_repeatable_and_narrow_where_all_agree() -> None:
    groups = list("abcabc")
    assert bootstrap_interval(groups, lambda chosen: 0.5) == (0.5, 0.5)

    def size(chosen: NDArray[np.integer]) -> float:
        return float(chosen.sum())

    assert bootstrap_interval(groups, size, seed=3) == bootstrap_interval(groups, size, seed=3)
