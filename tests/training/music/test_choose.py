from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from training.metrics import expected_calibration_error
from training.music import choose as choosing
from training.music.choose import (
    INNER_FOLDS,
    INPUT_SETS,
    Choice,
    choose,
    choose_inputs,
    choose_mix,
    find_temperature,
    inner_folds,
    predict_nested,
)
from training.music.data import FOLDS, NO_LABEL, split_by_artist
from training.music.folds import CODES, EVERYTHING, STATISTICS, CrossValidation
from training.music.linear import STRENGTHS

from companion.music.model.ensemble import Prediction, calibrate
from tests.training.music.test_folds import COUNT, make_cross_validation

RANDOM = np.random.default_rng(0)
HONEST = RANDOM.dirichlet([1.0] * 4, 600)  # drawn so that the labels follow them
LABELS = np.array([RANDOM.choice(4, p=row) for row in HONEST])
QUADRANT = np.where(np.arange(600) // 10 % 5 == 0, NO_LABEL, LABELS)
KNOWN = QUADRANT >= 0


def say(networks: np.ndarray, linear: np.ndarray) -> Prediction:
    none, never = np.zeros((len(networks), 0)), np.zeros((len(networks), 1))
    return Prediction(networks, none, none, linear, linear, never)


@pytest.mark.parametrize("power", [0.3, 1.0, 3.0])
def test_the_temperature_undoes_what_distorts(power: float) -> None:
    distorted = calibrate(HONEST, 1 / power)
    found = find_temperature(QUADRANT, say(distorted, distorted), 0.5)
    assert found == pytest.approx(power, rel=0.2)


@pytest.mark.parametrize("better", [0.0, 1.0])
def test_the_mix_leans_to_who_is_better(better: float) -> None:
    chance = np.full_like(HONEST, 0.25)
    said = say(chance, HONEST) if better else say(HONEST, chance)
    share, temperature = choose_mix(QUADRANT, said)
    assert share == better
    told = Choice(EVERYTHING, 1, share, temperature).apply(said)
    assert np.allclose(told.sum(axis=1), 1)
    assert expected_calibration_error(told[KNOWN], QUADRANT[KNOWN]) < 0.1


def test_the_inner_folds_lie_within_the_chosen_clips(tmp_path: Path) -> None:
    clips = make_cross_validation(tmp_path).clips
    chosen = np.flatnonzero(np.arange(COUNT) % 4 < 2)
    folds = inner_folds(clips, chosen)
    assert len(folds) == INNER_FOLDS
    assert sorted(np.concatenate([test for _, test in folds])) == chosen.tolist()
    for train, test in folds:
        assert set(train) <= set(chosen)
        assert not set(clips.artists[train]) & set(clips.artists[test])


def test_inputs_that_tell_nothing_are_left_out(tmp_path: Path) -> None:
    """The quadrant stands in the statistics; the taggers' numbers here are noise."""
    validation = make_cross_validation(tmp_path)
    inputs, strength = choose_inputs(validation, inner_folds(validation.clips, np.arange(COUNT)))
    assert inputs == (CODES, STATISTICS)
    assert strength in STRENGTHS


def test_every_set_of_inputs_has_the_convolution() -> None:
    assert INPUT_SETS[0] == EVERYTHING
    assert all(CODES in inputs and STATISTICS in inputs for inputs in INPUT_SETS)


def change_labels(validation: CrossValidation, which: np.ndarray) -> CrossValidation:
    quadrant = validation.clips.quadrant.copy()
    told = which[quadrant[which] >= 0]
    quadrant[told] = (quadrant[told] + 1) % 4
    clips = dataclasses.replace(validation.clips, quadrant=quadrant)
    return dataclasses.replace(validation, clips=clips)


@pytest.fixture
def few_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer sets of inputs to choose among, to be quick."""
    monkeypatch.setattr(choosing, "INPUT_SETS", INPUT_SETS[-1:])


@pytest.mark.usefixtures("few_inputs")
def test_a_choice_is_made_by_the_chosen_clips_alone(tmp_path: Path) -> None:
    chosen, others = np.arange(COUNT // 2), np.arange(COUNT // 2, COUNT)
    validation = make_cross_validation(tmp_path / "one")
    other = change_labels(make_cross_validation(tmp_path / "other"), others)
    assert choose(validation, chosen) == choose(other, chosen)


@pytest.mark.usefixtures("few_inputs")
def test_a_choice_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = np.arange(COUNT // 2)
    first = choose(make_cross_validation(tmp_path), chosen)
    monkeypatch.setattr(choosing, "_choose", lambda *_: pytest.fail("it was chosen anew"))
    validation = make_cross_validation(tmp_path)
    assert choose(validation, chosen) == first
    with pytest.raises(pytest.fail.Exception, match="anew"):
        choose(change_labels(validation, chosen[:5]), chosen)


@pytest.mark.usefixtures("few_inputs")
def test_a_tested_clip_has_no_part_in_its_own_prediction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation = make_cross_validation(tmp_path / "one")
    train, test = split_by_artist(validation.clips, 0)[0]
    monkeypatch.setattr(choosing, "split_by_artist", lambda *_: [(train, test)])
    first = predict_nested(validation, 0)
    other = change_labels(make_cross_validation(tmp_path / "other"), test)
    second = predict_nested(other, 0)
    assert np.array_equal(first.calibrated[test], second.calibrated[test])
    assert first.choices[0] == second.choices[0]


@pytest.mark.usefixtures("few_inputs")
def test_all_clips_are_predicted_and_the_choices_counted(tmp_path: Path) -> None:
    nested = predict_nested(make_cross_validation(tmp_path), 1)
    assert np.allclose(nested.calibrated.sum(axis=1), 1)
    assert set(nested.fold) == set(range(FOLDS))
    assert nested.counts("inputs") == {"codes, statistics": FOLDS}
    assert sum(nested.counts("share").values()) == FOLDS
    some = nested.take(np.arange(COUNT) < 7)
    assert some.calibrated.shape == some.prediction.linear.shape == (7, 4)
