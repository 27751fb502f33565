from __future__ import annotations

import jax
import numpy as np
import pytest

from companion.music.ensemble import FURTHEST, Ensemble, Standard
from companion.music.network import MoodNetwork, Shape

SHAPE = Shape(lengths=(3,), maps=4, hidden=8)
RANDOM = np.random.default_rng(3)
IMAGE = RANDOM.normal(5, 2, (6, 16, 3)).astype(np.float32)
NUMBERS = RANDOM.normal(-40, 10, (6, 5)).astype(np.float32)
STANDARD = Standard.measure(IMAGE, NUMBERS)


def member(seed: int) -> dict[str, object]:
    tree = jax.jit(MoodNetwork(SHAPE).init)(jax.random.key(seed), IMAGE, NUMBERS)["params"]
    return dict(jax.tree.map(np.asarray, tree))


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return Ensemble.join(SHAPE, STANDARD, [member(0), member(1)])


def test_standardised_inputs_have_mean_0_and_deviation_1() -> None:
    image, numbers = STANDARD.apply(IMAGE, NUMBERS)
    assert np.allclose([image.mean(), numbers.mean()], 0, atol=1e-4)
    assert np.allclose([image.std(), numbers.std()], 1, atol=1e-2)


def test_an_outlying_statistic_is_brought_in() -> None:
    _, numbers = STANDARD.apply(IMAGE[:1], np.full((1, 5), 1e6, np.float32))
    assert numbers.tolist() == [[FURTHEST] * 5]


def test_it_answers_with_the_mean_of_its_members(ensemble: Ensemble) -> None:
    one, other = (Ensemble.join(SHAPE, STANDARD, [member(seed)]) for seed in (0, 1))
    said = ensemble.predict(IMAGE, NUMBERS)
    parts = [each.predict(IMAGE, NUMBERS) for each in (one, other)]
    assert np.allclose(said.quadrant, (parts[0].quadrant + parts[1].quadrant) / 2, atol=1e-6)
    assert np.allclose(said.axes, (parts[0].axes + parts[1].axes) / 2, atol=1e-6)


def test_probabilities_sum_to_one(ensemble: Ensemble) -> None:
    said = ensemble.predict(IMAGE, NUMBERS)
    assert np.allclose(said.quadrant.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(said.cluster.sum(axis=1), 1, atol=1e-5)


def test_tensors_there_and_back(ensemble: Ensemble) -> None:
    again = Ensemble.from_tensors(SHAPE, ensemble.tensors())
    assert again.parameters == ensemble.parameters
    assert np.array_equal(
        again.predict(IMAGE, NUMBERS).quadrant, ensemble.predict(IMAGE, NUMBERS).quadrant
    )
