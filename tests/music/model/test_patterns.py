from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from companion.music.model.patterns import Encoder, Filters, pool, respond

RANDOM = np.random.default_rng(5)
LENGTH, ROWS, KEPT, MAPS = 3, 4, 5, 6
FILTERS = Filters(
    RANDOM.normal(size=(LENGTH, ROWS, KEPT)).astype(np.float32),
    RANDOM.normal(size=KEPT).astype(np.float32),
    RANDOM.normal(size=(KEPT, MAPS)).astype(np.float32),
)
IMAGE = RANDOM.normal(size=(2, 9, ROWS)).astype(np.float32)
ENCODER = Encoder(np.full(ROWS, 0.5, np.float32), np.full(ROWS, 2.0, np.float32), (FILTERS,) * 2)


def test_the_answer_is_the_triangle_of_coates_and_ng() -> None:
    patch = IMAGE[1, 4 : 4 + LENGTH]
    components = np.einsum("lr,lrk->k", patch, FILTERS.whitening) + FILTERS.offset
    distances = np.linalg.norm(FILTERS.centres - components[:, None], axis=0)
    expected = np.maximum(0, distances.mean() - distances)
    found = respond(FILTERS, jnp.asarray(IMAGE))
    assert found.shape == (2, 9 - LENGTH + 1, MAPS)
    assert np.allclose(found[1, 4], expected, atol=1e-4)


def test_the_nearest_pattern_answers_most() -> None:
    wanted = 2
    whitening = np.eye(LENGTH * ROWS, dtype=np.float32).reshape(LENGTH, ROWS, -1)
    centres = RANDOM.normal(size=(LENGTH * ROWS, MAPS)).astype(np.float32)
    plain = Filters(whitening, np.zeros(LENGTH * ROWS, np.float32), centres)
    image = centres[:, wanted].reshape(1, LENGTH, ROWS)
    assert respond(plain, jnp.asarray(image))[0, 0].argmax() == wanted


def test_maps_are_pooled_to_mean_and_deviation() -> None:
    maps = RANDOM.normal(size=(2, 7, 3)).astype(np.float32)
    both = np.concatenate([maps.mean(axis=1), maps.std(axis=1)], axis=1)
    assert np.allclose(pool(jnp.asarray(maps)), both, atol=1e-5)


def test_the_image_is_standardised_first() -> None:
    plain = Encoder(np.zeros(ROWS, np.float32), np.ones(ROWS, np.float32), ENCODER.filters)
    assert np.allclose(ENCODER.encode(IMAGE), plain.encode((IMAGE - 0.5) / 2), atol=1e-5)
    assert ENCODER.encode(IMAGE).shape == (2, 2 * 2 * MAPS)


@pytest.mark.parametrize("first", [0, 1])
def test_a_clip_does_not_change_its_neighbour(first: int) -> None:
    alone = ENCODER.encode(IMAGE[first : first + 1])
    assert np.allclose(ENCODER.encode(IMAGE)[first], alone[0], atol=1e-5)


def test_as_a_tree_and_back() -> None:
    again = Encoder.from_tree(ENCODER.tree())
    assert np.array_equal(again.encode(IMAGE), ENCODER.encode(IMAGE))
