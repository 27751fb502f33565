from __future__ import annotations

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from companion.face.crop import SIDE as CROP_SIDE
from companion.face.network import CLASSES, SIDE, FaceNetwork, fold, halve, standardise

MOST_PARAMETERS = 3_000_000
NETWORK = FaceNetwork()


@pytest.fixture(scope="module")
def variables() -> Any:
    frames, mask = jnp.zeros((1, 1, SIDE, SIDE)), jnp.ones((1, 1), bool)
    with jax.numpy_dtype_promotion("strict"), jax.numpy_rank_promotion("raise"):
        init = jax.jit(lambda key: NETWORK.init(key, frames, mask, method=NETWORK.everything))
        return init(jax.random.key(0))


@cache
def compiled(method: str = "__call__") -> Any:
    return jax.jit(lambda variables, *inputs: NETWORK.apply(variables, *inputs, method=method))


def some_frames(time: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, (1, time, SIDE, SIDE)).astype(np.float32)


def test_is_small_enough(variables: Any) -> None:
    assert sum(leaf.size for leaf in jax.tree.leaves(variables)) < MOST_PARAMETERS


def test_takes_what_the_crops_are() -> None:
    assert CROP_SIDE == SIDE


@pytest.mark.parametrize("time", [1, 2, 16])
def test_gives_a_reading_after_each_frame(variables: Any, time: int) -> None:
    logits = compiled()(variables, some_frames(time), np.ones((1, time), bool))
    assert logits.shape == (1, time, CLASSES)
    assert np.isfinite(logits).all()


def test_a_reading_depends_on_the_frames_before(variables: Any) -> None:
    frames, mask = some_frames(3), np.ones((1, 3), bool)
    turned = np.concatenate([frames[:, 1:2], frames[:, :1], frames[:, 2:]], axis=1)
    one, other = (compiled()(variables, f, mask)[0] for f in (frames, turned))
    assert not np.allclose(one[2], other[2], atol=1e-6)


def test_padding_changes_nothing(variables: Any) -> None:
    frames, mask = some_frames(3), np.ones((1, 3), bool)
    padded = np.concatenate([frames, np.zeros_like(frames)], axis=1)
    long = compiled()(variables, padded, np.concatenate([mask, ~mask], axis=1))
    short = compiled()(variables, frames, mask)
    np.testing.assert_allclose(long[0, :3], short[0], atol=1e-5)
    np.testing.assert_allclose(long[0, -1], short[0, -1], atol=1e-5)


def test_standardise_takes_away_light() -> None:
    frames = some_frames(1)[0]
    np.testing.assert_allclose(standardise(frames * 0.5 + 40), standardise(frames), atol=0.05)
    assert abs(float(standardise(frames).mean())) < 1e-4


def test_standardise_survives_an_even_frame() -> None:
    assert not standardise(jnp.full((1, SIDE, SIDE), 77)).any()


def test_fold_keeps_each_pixel() -> None:
    frames = jnp.arange(16.0).reshape(1, 4, 4)
    folded = fold(frames)
    assert folded.shape == (1, 2, 2, 4)
    assert folded[0, 0, 0].tolist() == [0, 1, 4, 5]
    assert folded[0, 1, 1].tolist() == [10, 11, 14, 15]


def test_halve_is_the_mean_of_four() -> None:
    maps = jnp.arange(16.0).reshape(1, 4, 4, 1)
    assert halve(maps)[0, :, :, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]


def test_the_frame_head_reads_frames_apart(variables: Any) -> None:
    frames = some_frames(4)[0]
    together = compiled("frame_logits")(variables, frames)
    alone = compiled("frame_logits")(variables, frames[2:3])
    np.testing.assert_allclose(together[2:3], alone, atol=1e-5)
