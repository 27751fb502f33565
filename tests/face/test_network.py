from __future__ import annotations

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from companion.face.crop import SIDE as CROP_SIDE
from companion.face.network import (
    CLASSES,
    FADING,
    FEW,
    SIDE,
    FaceNetwork,
    fading_mean,
    fold,
    halve,
    standardise,
)

pytestmark = pytest.mark.slow

MOST_PARAMETERS = 3_000_000
NETWORK = FaceNetwork()


@pytest.fixture(scope="module")
def variables() -> Any:
    frames, mask = jnp.zeros((1, 1, SIDE, SIDE)), jnp.ones((1, 1), bool)
    with jax.numpy_dtype_promotion("strict"), jax.numpy_rank_promotion("raise"):
        init = jax.jit(lambda key: NETWORK.init(key, frames, mask, method=NETWORK.both_logits))
        return init(jax.random.key(0))


@pytest.fixture(scope="module")
def trained(variables: Any) -> Any:
    """As if trained: the heads of the recurrence say something."""
    random = np.random.default_rng(0)
    heads = {
        name: jax.tree.map(lambda leaf: random.normal(0, 2, leaf.shape).astype("f4"), head)
        for name, head in variables["params"].items()
        if name in ("head", "kept_head", "weight_head")
    }
    return variables | {"params": variables["params"] | heads}


@cache
def compiled(method: str = "__call__") -> Any:
    return jax.jit(lambda variables, *inputs: NETWORK.apply(variables, *inputs, method=method))


def some_frames(time: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, (1, time, SIDE, SIDE)).astype(np.float32)


def test_is_small_enough(variables: Any) -> None:
    assert sum(leaf.size for leaf in jax.tree.leaves(variables)) < MOST_PARAMETERS


def test_takes_what_the_crops_are() -> None:
    assert CROP_SIDE == SIDE


@pytest.mark.parametrize("time", [1, 2, 16, 64])
def test_gives_a_reading_after_each_frame(trained: Any, time: int) -> None:
    logits = compiled()(trained, some_frames(time), np.ones((1, time), bool))
    assert logits.shape == (1, time, CLASSES)
    assert np.isfinite(logits).all()


def test_untrained_it_is_a_mean_of_the_frames_that_fade(variables: Any) -> None:
    frames = some_frames(4)
    mask = np.array([[True, False, True, True]])
    logits = compiled("both_logits")(variables, frames, mask)[1]
    shares = np.asarray(jax.nn.softmax(compiled("frame_logits")(variables, frames[0])))
    kept = 1 / (1 + np.exp(-FADING))
    weights = np.array([kept**2, kept, 1])
    wanted = np.average(shares[[0, 2, 3]], axis=0, weights=weights)
    found = jax.nn.softmax(logits[0])
    np.testing.assert_allclose(found[0], shares[0], atol=1e-4)
    np.testing.assert_allclose(found[1], found[0], atol=1e-6)
    np.testing.assert_allclose(found[3], wanted, atol=1e-4)


def test_a_few_faces_and_their_mirror_images_read_alike(trained: Any) -> None:
    frames, mask = some_frames(FEW), np.ones((1, FEW), bool)
    one, other = (compiled()(trained, f, mask) for f in (frames, frames[..., ::-1].copy()))
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_a_reading_depends_on_the_order_of_the_frames(trained: Any) -> None:
    frames, mask = some_frames(3), np.ones((1, 3), bool)
    turned = np.concatenate([frames[:, 1:2], frames[:, :1], frames[:, 2:]], axis=1)
    one, other = (compiled()(trained, f, mask)[0] for f in (frames, turned))
    assert not np.allclose(one[2], other[2], atol=1e-4)


def test_a_reading_does_not_know_what_comes_after(trained: Any) -> None:
    frames, mask = some_frames(3), np.ones((1, 3), bool)
    changed = np.concatenate([frames[:, :2], some_frames(1, 9)], axis=1)
    one, other = (compiled()(trained, f, mask)[0] for f in (frames, changed))
    np.testing.assert_allclose(one[:2], other[:2], atol=1e-5)


def test_hidden_frames_change_nothing(trained: Any) -> None:
    mask = np.array([[True, False, True]])
    frames = some_frames(3)
    other = np.where(mask[..., None, None], frames, 255.0).astype(np.float32)
    np.testing.assert_allclose(
        compiled()(trained, frames, mask), compiled()(trained, other, mask), atol=1e-5
    )


@pytest.mark.parametrize(("time", "padding"), [(1, FEW - 1), (FEW + 1, 11)])
def test_padding_changes_nothing(trained: Any, time: int, padding: int) -> None:
    frames, mask = some_frames(time), np.ones((1, time), bool)
    padded = np.concatenate([frames, np.zeros_like(some_frames(padding))], axis=1)
    seen = np.concatenate([mask, np.zeros((1, padding), bool)], axis=1)
    long = compiled()(trained, padded, seen)
    short = compiled()(trained, frames, mask)
    np.testing.assert_allclose(long[0, :time], short[0], atol=1e-4)
    np.testing.assert_allclose(long[0, -1], short[0, -1], atol=1e-4)


def test_without_any_face_all_is_equally_likely(variables: Any) -> None:
    logits = compiled()(variables, some_frames(2), np.zeros((1, 2), bool))
    np.testing.assert_allclose(jax.nn.softmax(logits), 1 / CLASSES, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    hnp.arrays(np.float64, (2, 6, 1), elements=st.one_of(st.just(0.0), st.floats(1e-2, 10))),
    hnp.arrays(np.float64, (2, 6, 1), elements=st.floats(0.1, 1)),
    st.integers(0, 99),
)
def test_the_fading_mean_step_by_step(weights: np.ndarray, kept: np.ndarray, seed: int) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.ones(CLASSES), (2, 6))
    found = np.asarray(fading_mean(*(jnp.asarray(part) for part in (shares, weights, kept))))
    np.testing.assert_allclose(found.sum(axis=-1), 1, atol=1e-5)
    for row in range(2):
        said, weight = np.zeros(CLASSES), 0.0
        for time in range(6):
            said = kept[row, time] * said + weights[row, time] * shares[row, time]
            weight = kept[row, time, 0] * weight + weights[row, time, 0]
            if weight > 1e-2:
                np.testing.assert_allclose(found[row, time], said / weight, atol=1e-3)


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
