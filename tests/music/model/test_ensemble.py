from __future__ import annotations

import dataclasses
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.music.model.ensemble import Ensemble, Prediction, calibrate
from companion.music.model.network import MoodNetwork, Shape
from companion.music.model.patterns import Encoder, Filters
from companion.music.model.standard import Block, Standard

SHAPE = Shape(hidden=8)
RANDOM = np.random.default_rng(3)
IMAGE = RANDOM.normal(5, 2, (6, 16, 3)).astype(np.float32)
NUMBERS = RANDOM.normal(-40, 10, (6, 5)).astype(np.float32)
FILTERS = Filters(*(RANDOM.normal(size=n).astype(np.float32) for n in ((4, 3, 7), 7, (7, 2))))
ENCODER = Encoder(IMAGE.mean(axis=(0, 1)), IMAGE.std(axis=(0, 1)), (FILTERS,))
INPUTS = np.concatenate([ENCODER.encode(IMAGE), NUMBERS], axis=1)
STANDARD = Standard.measure(INPUTS, [Block((4, 5))])

Tree = dict[str, Any]


def member(seed: int) -> Tree:
    random = np.random.default_rng(seed)
    tree = jax.eval_shape(MoodNetwork(SHAPE).init, jax.random.key(0), INPUTS)["params"]
    made = jax.tree.map(lambda leaf: random.normal(size=leaf.shape).astype(np.float32), tree)
    return dict(made)


def join(*seeds: int) -> Ensemble:
    members = jax.tree.map(lambda *parts: np.stack(parts), *map(member, seeds))
    random = np.random.default_rng(seeds)
    linear, piano, gate = (
        {
            "kernel": random.normal(size=(9, width)).astype(np.float32),
            "bias": random.normal(size=width).astype(np.float32),
        }
        for width in (4, 4, 1)
    )
    return Ensemble(SHAPE, ENCODER, STANDARD, members, linear, piano, gate)


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return join(0, 1)


def test_it_answers_with_the_mean_of_its_members(ensemble: Ensemble) -> None:
    said = ensemble.predict(INPUTS)
    parts = [join(seed).predict(INPUTS) for seed in (0, 1)]
    assert np.allclose(said.quadrant, (parts[0].quadrant + parts[1].quadrant) / 2, atol=1e-6)
    assert np.allclose(said.axes, (parts[0].axes + parts[1].axes) / 2, atol=1e-6)


def test_probabilities_sum_to_one(ensemble: Ensemble) -> None:
    said = ensemble.predict(INPUTS)
    assert np.allclose(said.quadrant.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(said.cluster.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(said.linear.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(said.piano.sum(axis=1), 1, atol=1e-5)
    assert ((said.solo >= 0) & (said.solo <= 1)).all()
    assert np.allclose(said.mix(0.5, 1.3).sum(axis=1), 1, atol=1e-5)


def say(solo: float) -> Prediction:
    none = np.zeros((1, 0))
    bands, piano = np.array([[0.7, 0.1, 0.1, 0.1]]), np.array([[0.1, 0.7, 0.1, 0.1]])
    return Prediction(bands, none, none, bands, piano, np.array([[solo]]))


@pytest.mark.parametrize(("solo", "first"), [(0.0, 0.7), (0.5, 0.4), (1.0, 0.1)])
def test_so_far_as_it_is_solo_piano_the_regression_for_that_answers(
    solo: float, first: float
) -> None:
    assert say(solo).mix(0.5, 1.0)[0, 0] == pytest.approx(first, abs=1e-4)


def test_the_temperature_leaves_piano_alone() -> None:
    assert np.allclose(say(1.0).mix(0.5, 3.0), say(1.0).mix(0.5, 1.0))
    assert not np.allclose(say(0.0).mix(0.5, 3.0), say(0.0).mix(0.5, 1.0))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_mix_lies_between_networks_and_regression(ensemble: Ensemble, share: float) -> None:
    predicted = ensemble.predict(INPUTS)
    said = dataclasses.replace(predicted, solo=np.zeros_like(predicted.solo))
    mixed = said.mix(share, 1.0)
    assert np.allclose(mixed - said.quadrant, share * (said.linear - said.quadrant), atol=1e-4)


def test_it_sees_all_of_the_inputs(ensemble: Ensemble) -> None:
    said = ensemble.predict(INPUTS).quadrant
    linear = ensemble.predict(INPUTS).linear
    for half in (slice(0, 4), slice(4, 9)):
        changed = INPUTS.copy()
        changed[:, half] += 5
        assert not np.allclose(said, ensemble.predict(changed).quadrant)
        assert not np.allclose(linear, ensemble.predict(changed).linear)


def test_tensors_there_and_back(ensemble: Ensemble) -> None:
    again = Ensemble.from_tensors(SHAPE, ensemble.tensors())
    assert again.parameters == ensemble.parameters
    assert np.array_equal(
        again.predict(INPUTS).mix(0.5, 2.0), ensemble.predict(INPUTS).mix(0.5, 2.0)
    )


def test_what_was_learned_is_counted(ensemble: Ensemble) -> None:
    filters = 4 * 3 * 7 + 7 + 7 * 2
    networks = 2 * (9 * 8 + 8 + 8 * 11 + 11)
    assert ensemble.parameters == filters + networks + 2 * (9 * 4 + 4) + 9 + 1


@given(
    st.lists(st.floats(0.001, 1), min_size=4, max_size=4),
    st.floats(0.2, 5),
)
def test_calibrating_keeps_the_order(shares: list[float], temperature: float) -> None:
    probabilities = np.array([shares]) / sum(shares)
    calibrated = calibrate(probabilities, temperature)
    assert calibrated.sum() == pytest.approx(1)
    order = np.argsort(probabilities[0], kind="stable")
    assert (np.diff(calibrated[0][order]) >= -1e-9).all()


@pytest.mark.parametrize(("temperature", "sharper"), [(0.5, True), (2.0, False)])
def test_the_temperature_sharpens_or_flattens(temperature: float, sharper: bool) -> None:
    probabilities = np.array([[0.6, 0.2, 0.1, 0.1]])
    assert (calibrate(probabilities, temperature)[0, 0] > 0.6) == sharper


def test_temperature_one_changes_nothing() -> None:
    probabilities = np.array([[0.6, 0.2, 0.2, 0.0]])
    assert np.allclose(calibrate(probabilities, 1.0), probabilities, atol=1e-5)
