from __future__ import annotations

import numpy as np
import pytest
from training.face.data import EMOTIONS
from training.face.evaluation.calibrate import Calibration
from training.face.evaluation.ckplus import (
    APEX,
    NAMES,
    NEUTRAL,
    Apexes,
    measure_apexes,
    to_model,
)
from training.face.evaluation.readings import Limits

PEOPLE = 30


def some_apexes(seed: int, noise: float, sharp: float = 4.0) -> Apexes:
    """Two sequences a person in five folds, read the better the less noise there is."""
    random = np.random.default_rng(seed)
    labels = np.random.default_rng(0).integers(0, len(NAMES), 2 * PEOPLE)
    logits = sharp * (np.eye(len(NAMES))[labels] + random.normal(0, noise, (2 * PEOPLE, 7)))
    subjects = tuple(f"S{k // 2:03}" for k in range(2 * PEOPLE))
    return Apexes(logits, labels, subjects, np.arange(2 * PEOPLE) // 12, 1.0)


def test_neutral_is_no_answer() -> None:
    assert len(APEX) == len(NAMES) == 7
    assert NEUTRAL not in APEX
    assert [EMOTIONS[k] for k in APEX] == list(NAMES)


def test_all_right() -> None:
    found = measure_apexes([some_apexes(0, 0.0), some_apexes(1, 0.0)])
    assert found["accuracy"] == found["uar"] == 1
    assert found["accuracy_interval_95"] == [1, 1]
    assert found["subjects"] == PEOPLE
    assert np.trace(found["confusion"]) == 2 * found["count"]


def test_pools_the_folds_and_averages_the_seeds() -> None:
    seeds = [some_apexes(seed, 0.6) for seed in range(3)]
    found = measure_apexes(seeds)
    alone = [np.mean(one.logits.argmax(axis=1) == one.labels) for one in seeds]
    assert found["accuracy"] == pytest.approx(np.mean(alone), abs=1e-3)
    assert [one["accuracy"] for one in found["seeds"]] == pytest.approx(alone, abs=1e-3)
    low, high = found["accuracy_interval_95"]
    assert low < found["accuracy"] < high
    assert found["uar"] == pytest.approx(np.mean(list(found["recall"].values())), abs=1e-3)


@pytest.mark.parametrize("sharp", [0.2, 40.0])
def test_a_temperature_of_the_other_folds_mends_confidence(sharp: float) -> None:
    found = measure_apexes([some_apexes(5, 0.5, sharp)])
    assert found["ece_cross_fitted"] < found["ece"]


def test_a_model_reads_with_the_calibration_and_without_the_heads_of_the_corpora() -> None:
    calibration = Calibration(1.5, 0.5, Limits(0.6, 0.2, 0.5))
    model = to_model({"params": {"trunk": 1, "schemes": 2}, "batch_stats": 3}, calibration)
    assert model.variables == {"params": {"trunk": 1}, "batch_stats": 3}
    assert (model.temperature, model.threshold, model.spread) == (1.5, 0.6, 0.2)
    assert model.least_confidence == 0.5
    assert model.prior == pytest.approx(calibration.prior)
