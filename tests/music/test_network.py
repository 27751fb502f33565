from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest

from companion.music.features import IMAGE_ROWS, STATISTICS, STEPS
from companion.music.network import N_CLUSTERS, N_QUADRANTS, MoodNetwork, Outputs, Shape

Params = dict[str, Any]

MOST_PARAMETERS = 3_000_000
IMAGE = np.random.default_rng(0).standard_normal((2, STEPS, len(IMAGE_ROWS))).astype(np.float32)
NUMBERS = np.random.default_rng(1).standard_normal((2, len(STATISTICS))).astype(np.float32)
NETWORK = MoodNetwork(Shape())


@pytest.fixture(scope="module")
def params() -> Params:
    return dict(jax.jit(NETWORK.init)(jax.random.key(0), IMAGE, NUMBERS))


def ask(params: Params, image: np.ndarray, numbers: np.ndarray, **more: Any) -> Outputs:
    said = NETWORK.apply(params, image, numbers, **more)
    assert isinstance(said, Outputs)
    return said


def test_shapes_and_ranges(params: Params) -> None:
    said = ask(params, IMAGE, NUMBERS)
    assert said.quadrant.shape == (2, N_QUADRANTS)
    assert said.cluster.shape == (2, N_CLUSTERS)
    assert said.axes.shape == (2, 2)
    assert np.abs(said.axes).max() <= 1


def test_it_is_small(params: Params) -> None:
    assert sum(leaf.size for leaf in jax.tree.leaves(params)) < MOST_PARAMETERS


def test_it_sees_the_image_and_the_statistics(params: Params) -> None:
    said = ask(params, IMAGE, NUMBERS).quadrant
    assert not np.allclose(said, ask(params, IMAGE + 1, NUMBERS).quadrant)
    assert not np.allclose(said, ask(params, IMAGE, NUMBERS + 1).quadrant)


def test_a_clip_does_not_change_its_neighbour(params: Params) -> None:
    both = ask(params, IMAGE, NUMBERS).quadrant
    alone = ask(params, IMAGE[1:], NUMBERS[1:]).quadrant
    assert np.allclose(both[1:], alone, atol=1e-5)


def test_units_are_dropped_in_training_only(params: Params) -> None:
    def train(seed: int) -> np.ndarray:
        key = {"dropout": jax.random.key(seed)}
        return np.asarray(ask(params, IMAGE, NUMBERS, training=True, rngs=key).quadrant)

    assert not np.allclose(train(0), train(1))
    same = ask(params, IMAGE, NUMBERS).quadrant
    assert np.array_equal(same, ask(params, IMAGE, NUMBERS).quadrant)


def test_order_in_time_matters_but_a_long_clip_may_be_cut(params: Params) -> None:
    assert ask(params, IMAGE[:, :64], NUMBERS).quadrant.shape == (2, N_QUADRANTS)
    turned = ask(params, IMAGE[:, ::-1], NUMBERS).quadrant
    assert not np.allclose(turned, ask(params, IMAGE, NUMBERS).quadrant, atol=1e-4)
