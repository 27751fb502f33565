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
from numpy.typing import NDArray

from companion.face.convlstm import GATES, ConvLSTM

pytestmark = pytest.mark.slow

CHANNELS, FEATURES, SIDE = 3, 2, 4
Floats = NDArray[np.float64]


def convolve_by_hand(maps: Floats, kernel: Floats) -> Floats:
    """maps (h, w, c), kernel (3, 3, c, k): the sum over the nine neighbours, zero outside."""
    height, width, _ = maps.shape
    out = np.zeros((height, width, kernel.shape[-1]))
    for y in range(height):
        for x in range(width):
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    if 0 <= y + dy < height and 0 <= x + dx < width:
                        out[y, x] += maps[y + dy, x + dx] @ kernel[dy + 1, dx + 1]
    return out


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def run_by_hand(params: dict[str, Floats], maps: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Equations (3) of Shi et al. 2015, gate by gate, for one sequence (time, h, w, c)."""
    wx = np.split(params["input_kernel"], GATES, axis=-1)
    wh = np.split(params["hidden_kernel"], GATES, axis=-1)
    b = np.split(params["bias"], GATES)
    h = c = np.zeros((SIDE, SIDE, CHANNELS))
    states = []
    for x, seen in zip(maps, mask, strict=True):
        if seen:
            pre = [
                convolve_by_hand(x, wx[g]) + convolve_by_hand(h, wh[g]) + b[g] for g in range(GATES)
            ]
            i = sigmoid(pre[0] + params["peep_i"] * c)
            f = sigmoid(pre[1] + params["peep_f"] * c)
            c = f * c + i * np.tanh(pre[2])
            o = sigmoid(pre[3] + params["peep_o"] * c)
            h = o * np.tanh(c)
        states.append(h)
    return np.stack(states)


def random_params(seed: int) -> dict[str, Floats]:
    random = np.random.default_rng(seed)
    shapes = {
        "input_kernel": (3, 3, FEATURES, GATES * CHANNELS),
        "hidden_kernel": (3, 3, CHANNELS, GATES * CHANNELS),
        "bias": (GATES * CHANNELS,),
    } | {f"peep_{gate}": (SIDE, SIDE, CHANNELS) for gate in "ifo"}
    return {name: random.normal(0, 0.5, shape) for name, shape in shapes.items()}


def apply(
    params: dict[str, Floats], maps: Floats, mask: NDArray[np.bool_], unroll: int = 1
) -> NDArray[np.float32]:
    with jax.numpy_dtype_promotion("strict"), jax.numpy_rank_promotion("raise"):
        single = {name: value.astype(np.float32) for name, value in params.items()}
        hidden = compiled(unroll)({"params": single}, maps.astype(np.float32), mask)
    return np.asarray(hidden)


@cache
def compiled(unroll: int) -> Any:
    return jax.jit(ConvLSTM(CHANNELS, unroll).apply)


def random_maps(time: int, seed: int, batch: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(size=(batch, time, SIDE, SIDE, FEATURES))


@pytest.mark.parametrize("time", [1, 2, 7])
@pytest.mark.parametrize("unroll", [1, 4])
def test_equals_the_equations(time: int, unroll: int) -> None:
    params, maps = random_params(time), random_maps(time, 5, batch=2)
    mask = np.ones((2, time), bool)
    mask[1, : time // 2] = False
    ours = apply(params, maps, mask, unroll)
    for row in range(2):
        np.testing.assert_allclose(ours[row], run_by_hand(params, maps[row], mask[row]), atol=2e-5)


@pytest.mark.parametrize("gate", ["i", "f", "o"])
def test_each_peephole_counts(gate: str) -> None:
    params, maps, mask = random_params(0), random_maps(3, 1), np.ones((1, 3), bool)
    without = params | {f"peep_{gate}": np.zeros((SIDE, SIDE, CHANNELS))}
    assert not np.allclose(apply(params, maps, mask), apply(without, maps, mask), atol=1e-4)


@settings(max_examples=15, deadline=None)
@given(hnp.arrays(bool, (1, 6)), st.integers(0, 5))
def test_a_hidden_frame_does_not_matter(mask: NDArray[np.bool_], seed: int) -> None:
    params, maps = random_params(1), random_maps(6, seed)
    other = np.where(mask[..., None, None, None], maps, 99.0)
    np.testing.assert_array_equal(apply(params, maps, mask), apply(params, other, mask))


def test_the_state_is_carried_over_hidden_frames() -> None:
    mask = np.array([[True, True, False, False]])
    hidden = apply(random_params(2), random_maps(4, 2), mask)[0]
    np.testing.assert_array_equal(hidden[3], hidden[1])
    assert not np.array_equal(hidden[0], hidden[1])


def test_before_the_first_frame_the_state_is_empty() -> None:
    hidden = apply(random_params(2), random_maps(3, 2), np.array([[False, False, True]]))[0]
    assert not hidden[:2].any()
    assert hidden[2].any()


def test_batch_rows_do_not_know_each_other() -> None:
    params, maps, mask = random_params(3), random_maps(4, 3, batch=3), np.ones((3, 4), bool)
    alone = apply(params, maps[1:2], mask[1:2])
    np.testing.assert_allclose(apply(params, maps, mask)[1:2], alone, atol=1e-6)


def test_fresh_weights_remember() -> None:
    maps, mask = jnp.zeros((1, 2, SIDE, SIDE, FEATURES)), jnp.ones((1, 2), bool)
    params = ConvLSTM(CHANNELS).init(jax.random.key(0), maps, mask)["params"]
    gates = np.split(np.asarray(params["bias"]), GATES)
    assert [set(gate) for gate in gates] == [{0.0}, {1.0}, {0.0}, {0.0}]
