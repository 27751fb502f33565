"""The convolutional LSTM of X. Shi et al., "Convolutional LSTM network: a machine learning
approach for precipitation nowcasting", NeurIPS 2015, equations (3), with its peepholes.

With `*` a convolution and `o` the product of each pair of elements, beside what `step` does.
There `drive_g` is W_xg * X_t + W_hg * H_{t-1} + b_g, all four gates in one convolution:

    i_t = sigmoid(W_xi * X_t + W_hi * H_{t-1}       i = sigmoid(drive_i
                  + W_ci o C_{t-1} + b_i)                       + peep_i * cell)
    f_t = sigmoid(W_xf * X_t + W_hf * H_{t-1}       f = sigmoid(drive_f
                  + W_cf o C_{t-1} + b_f)                       + peep_f * cell)
    C_t = f_t o C_{t-1}                             cell = f * cell
          + i_t o tanh(W_xc * X_t                          + i * tanh(drive_c)
                       + W_hc * H_{t-1} + b_c)
    o_t = sigmoid(W_xo * X_t + W_ho * H_{t-1}       o = sigmoid(drive_o
                  + W_co o C_t + b_o)                           + peep_o * cell)
    H_t = o_t o tanh(C_t)                           hidden = o * tanh(cell)
"""

from __future__ import annotations

from typing import NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import Array

KERNEL = (3, 3)
GATES = 4  # i, f, c, o: the order in which they share one kernel


class State(NamedTuple):
    """The maps carried from frame to frame: each (batch, height, width, channels)."""

    hidden: Array
    cell: Array


class Weights(NamedTuple):
    """The state's kernel (3, 3, channels, 4 * channels); peepholes (height, width, channels)."""

    hidden: Array
    peep_i: Array
    peep_f: Array
    peep_o: Array


def convolve(maps: Array, kernel: Array) -> Array:
    """Feature maps (batch, height, width, channels) through a kernel, same size out."""
    return jax.lax.conv_general_dilated(
        maps, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def step(weights: Weights, state: State, drive: Array) -> State:
    """One step of equations (3).

    Args:
        weights: of the state's side.
        state: H_{t-1} and C_{t-1}.
        drive: W_x * X_t + b of the four gates, (batch, height, width, 4 * channels).
    """
    drive_i, drive_f, drive_c, drive_o = jnp.split(
        drive + convolve(state.hidden, weights.hidden), GATES, axis=-1
    )
    i = nn.sigmoid(drive_i + weights.peep_i[None] * state.cell)
    f = nn.sigmoid(drive_f + weights.peep_f[None] * state.cell)
    cell = f * state.cell + i * jnp.tanh(drive_c)
    o = nn.sigmoid(drive_o + weights.peep_o[None] * cell)
    return State(o * jnp.tanh(cell), cell)


class ConvLSTM(nn.Module):
    """The recurrence over a sequence of feature maps.

    Attributes:
        channels: of the hidden state and of the cell.
        unroll: how many steps are compiled as straight code. On a CPU that makes the
            gradient four times as fast, and the compiling slower.
    """

    channels: int
    unroll: int = 1

    @nn.compact
    def __call__(self, maps: Array, mask: Array) -> Array:
        """The hidden state after each frame.

        Args:
            maps: (batch, time, height, width, features).
            mask: (batch, time) of bool; where False the state is carried on unchanged.

        Returns:
            (batch, time, height, width, channels), in (-1, 1).
        """
        batch, time, height, width, features = maps.shape
        kernel = self.param(
            "input_kernel",
            nn.initializers.lecun_normal(),
            (*KERNEL, features, GATES * self.channels),
        )
        bias = self.param("bias", _remember, (GATES * self.channels,))
        drive = convolve(maps.reshape(-1, height, width, features), kernel)
        drive = (drive + bias[None, None, None]).reshape(batch, time, height, width, -1)
        weights = self._state_weights(height, width)

        def advance(state: State, frame: tuple[Array, Array]) -> tuple[State, Array]:
            drive_t, mask_t = frame
            seen = mask_t[:, None, None, None]
            new = step(weights, state, drive_t)
            state = State(*(jnp.where(seen, n, old) for n, old in zip(new, state, strict=True)))
            return state, state.hidden

        zeros = jnp.zeros((batch, height, width, self.channels), maps.dtype)
        frames = jnp.moveaxis(drive, 1, 0), jnp.moveaxis(mask, 1, 0)
        _, hidden = jax.lax.scan(advance, State(zeros, zeros), frames, unroll=self.unroll)
        return jnp.moveaxis(hidden, 0, 1)

    def _state_weights(self, height: int, width: int) -> Weights:
        shape = (height, width, self.channels)
        kernel = self.param(
            "hidden_kernel",
            nn.initializers.lecun_normal(),
            (*KERNEL, self.channels, GATES * self.channels),
        )
        peepholes = (
            self.param(f"peep_{gate}", nn.initializers.zeros_init(), shape) for gate in "ifo"
        )
        return Weights(kernel, *peepholes)


def _remember(_key: Array, shape: tuple[int, ...], dtype: jnp.dtype = jnp.float32) -> Array:
    """Zero biases but for the forget gate's, which starts at 1 so that early states last."""
    channels = shape[0] // GATES
    return jnp.zeros(shape, dtype).at[channels : 2 * channels].set(1)
