from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

from companion.music.model.network import N_CLUSTERS, N_QUADRANTS, MoodNetwork, Outputs, Shape

Params = dict[str, Any]

INPUTS = np.random.default_rng(0).standard_normal((2, 30)).astype(np.float32)
NETWORK = MoodNetwork(Shape(hidden=16))


@pytest.fixture(scope="module")
def params() -> Params:
    """Parameters as after some training: fresh heads are all 0."""
    fresh = dict(jax.jit(NETWORK.init)(jax.random.key(0), INPUTS))
    return dict(
        jax.tree.map(
            lambda leaf: leaf + 0.1 * np.random.default_rng(1).standard_normal(leaf.shape), fresh
        )
    )


def ask(params: Params, inputs: np.ndarray, **more: Any) -> Outputs:
    said = NETWORK.apply(params, inputs.astype(np.float32), **more)
    assert isinstance(said, Outputs)
    return said


def test_shapes_and_ranges(params: Params) -> None:
    said = ask(params, INPUTS)
    assert said.quadrant.shape == (2, N_QUADRANTS)
    assert said.cluster.shape == (2, N_CLUSTERS)
    assert said.axes.shape == (2, 2)
    assert np.abs(said.axes).max() <= 1


def test_a_fresh_network_favours_nothing() -> None:
    fresh = dict(NETWORK.init(jax.random.key(0), INPUTS))
    said = ask(fresh, INPUTS)
    assert not said.quadrant.any()
    assert not said.axes.any()


@pytest.mark.parametrize("column", [0, 13, 29])
def test_it_sees_every_input(params: Params, column: int) -> None:
    changed = INPUTS.copy()
    changed[:, column] += 3
    assert not np.allclose(ask(params, INPUTS).quadrant, ask(params, changed).quadrant)


def test_a_clip_does_not_change_its_neighbour(params: Params) -> None:
    both = ask(params, INPUTS).quadrant
    alone = ask(params, INPUTS[1:]).quadrant
    assert np.allclose(both[1:], alone, atol=1e-5)


def test_units_are_dropped_in_training_only(params: Params) -> None:
    def train(seed: int) -> np.ndarray:
        key = {"dropout": jax.random.key(seed)}
        return np.asarray(ask(params, INPUTS, training=True, rngs=key).quadrant)

    assert not np.allclose(train(0), train(1))
    same = ask(params, INPUTS).quadrant
    assert np.array_equal(same, ask(params, INPUTS).quadrant)
