from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from training.music.filters import FilterRecipe, draw, learn_encoder

from companion.music.features.extract import IMAGE_ROWS
from companion.music.model.patterns import respond

ROWS = len(IMAGE_ROWS)
RECIPE = FilterRecipe(lengths=(2, 4), components=(6, 8), maps=5, patches=20)
RANDOM = np.random.default_rng(0)
IMAGE = RANDOM.normal(size=(30, 20, ROWS)).astype(np.float32) * np.geomspace(9, 1, ROWS)
IMAGE = IMAGE.astype(np.float32)


def test_patches_are_cut_from_one_clip_each() -> None:
    numbered = np.arange(3 * 10.0).reshape(3, 10, 1).repeat(2, axis=2)
    patches = draw(numbered, 4, 7, np.random.default_rng(1))
    assert patches.shape == (21, 4, 2)
    assert np.all(np.diff(patches[:, :, 0], axis=1) == 1)
    assert np.all(patches[:, -1] // 10 == patches[:, 0] // 10)


def test_filters_have_the_sizes_of_the_recipe() -> None:
    encoder = learn_encoder(IMAGE, RECIPE, seed=0)
    shapes = [(f.whitening.shape, f.centres.shape) for f in encoder.filters]
    assert shapes == [((2, ROWS, 6), (6, 5)), ((4, ROWS, 8), (8, 5))]
    assert encoder.encode(IMAGE).shape == (30, 2 * 2 * 5)


def test_the_seed_decides() -> None:
    first, again, other = (learn_encoder(IMAGE, RECIPE, seed).encode(IMAGE) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_whitened_components_have_mean_0_and_are_of_one_size() -> None:
    encoder = learn_encoder(IMAGE, RECIPE, seed=0)
    filters = encoder.filters[0]
    standard = (IMAGE - encoder.mean) / encoder.deviation
    patches = draw(standard, 2, 50, np.random.default_rng(2))
    components = np.einsum("plr,lrk->pk", patches, filters.whitening) + filters.offset
    assert np.allclose(components.mean(axis=0), 0, atol=0.15)
    assert np.allclose(components.std(axis=0), 1, atol=0.2)


def test_a_pattern_that_comes_back_gets_a_filter() -> None:
    pattern = RANDOM.normal(size=(4, ROWS)).astype(np.float32) * 6
    image = RANDOM.normal(size=(30, 20, ROWS)).astype(np.float32)
    image[:15] = np.tile(pattern, (5, 1))
    encoder = learn_encoder(image, RECIPE, seed=0)
    standard = (image - encoder.mean) / encoder.deviation
    maps = np.asarray(respond(encoder.filters[1], jnp.asarray(standard)))
    gap = maps[:15, ::4].mean(axis=(0, 1)) - maps[15:].mean(axis=(0, 1))
    assert gap.max() > 0.5


def test_coefficients_keep_their_relative_size() -> None:
    encoder = learn_encoder(IMAGE, RECIPE, seed=0)
    assert len(np.unique(encoder.deviation)) == 2
