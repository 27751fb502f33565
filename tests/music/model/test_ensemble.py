from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

from companion.music.model.ensemble import Ensemble
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
    linear = {
        "kernel": random.normal(size=(9, 4)).astype(np.float32),
        "bias": random.normal(size=4).astype(np.float32),
    }
    return Ensemble(SHAPE, ENCODER, STANDARD, members, linear)


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


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_mix_lies_between_networks_and_regression(ensemble: Ensemble, share: float) -> None:
    said = ensemble.predict(INPUTS)
    assert np.allclose(said.mix(share) - said.quadrant, share * (said.linear - said.quadrant))


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
    assert np.array_equal(again.predict(INPUTS).mix(0.5), ensemble.predict(INPUTS).mix(0.5))


def test_what_was_learned_is_counted(ensemble: Ensemble) -> None:
    filters = 4 * 3 * 7 + 7 + 7 * 2
    networks = 2 * (9 * 8 + 8 + 8 * 11 + 11)
    assert ensemble.parameters == filters + networks + 9 * 4 + 4
