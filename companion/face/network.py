"""The face network: a residual trunk for each frame, a ConvLSTM over the frames.

    frames (batch, time, 48, 48)
      -> trunk:       feature maps X_t   (batch, time, 6, 6, 192)
      -> frame head:  shares p_t         (batch, time, 8), each frame by itself
      -> ConvLSTM:    hidden maps H_t    (batch, time, 6, 6, 48)
      -> heads:       logits z_t         (batch, time, 8), one reading after each frame

The trunk is a residual network (K. He et al., "Deep residual learning for image
recognition", CVPR 2016, figure 5 left) with six blocks. With h_t the mean of H_t over the
map, the reading weighs what the frames say and adds what only their order shows:

    a_t = exp(w . h_t + b)              how much frame t counts
    k_t = sigmoid(u . h_t + d)          how much of what the frames before said is kept
    E_t = k_t E_{t-1} + a_t p_t         what all of them say, and
    A_t = k_t A_{t-1} + a_t             the weight of it
    z_t = log(E_t / A_t) + V h_t + c

A frame without a face changes nothing. Untrained, u, w and V are 0: the reading is a mean
of the frames' shares in which each counts a fifth less with every frame after it.
"""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import Array

from companion.affect import Emotion
from companion.face.convlstm import ConvLSTM

SIDE = 48  # pixels of a crop, both ways
CLASSES = len(Emotion)
Levels = tuple[tuple[int, int], ...]
LEVELS: Levels = ((32, 1), (64, 2), (192, 3))  # channels and blocks at 24x24, 12x12 and 6x6
HIDDEN = 48  # channels of the ConvLSTM
FLAT = 1.0  # grey levels added to the deviation, so that an even crop divides by no zero
DROPOUT = 0.3
FADING = 1.4  # the untrained logit of how much of what was heard is kept: 0.80 a frame
FEW = 4  # frames, up to which their mirror images are read too
LEAST = 1e-6  # the weight of knowing nothing, which keeps the logarithm finite


def standardise(frames: Array) -> Array:
    """Grey crops (..., 48, 48) in [0, 255] with mean 0 and deviation 1, each by itself."""
    frames = frames.astype(jnp.float32)
    mean = frames.mean(axis=(-2, -1), keepdims=True)
    return (frames - mean) / (frames.std(axis=(-2, -1), keepdims=True) + FLAT)


def fold(frames: Array) -> Array:
    """Each 2x2 square of pixels as four channels: (n, 48, 48) to (n, 24, 24, 4)."""
    n, height, width = frames.shape
    squares = frames.reshape(n, height // 2, 2, width // 2, 2)
    return squares.transpose(0, 1, 3, 2, 4).reshape(n, height // 2, width // 2, 4)


def halve(maps: Array) -> Array:
    """The mean of each 2x2 square: (n, height, width, c) to (n, height / 2, width / 2, c)."""
    n, height, width, channels = maps.shape
    return maps.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))


class Block(nn.Module):
    """Two convolutions beside a short cut.

    Attributes:
        width: channels out.
    """

    width: int

    @nn.compact
    def __call__(self, maps: Array, *, train: bool) -> Array:
        inner = nn.Conv(self.width, (3, 3), use_bias=False)(maps)
        inner = nn.relu(nn.BatchNorm(use_running_average=not train, momentum=0.9)(inner))
        inner = nn.Conv(self.width, (3, 3), use_bias=False)(inner)
        inner = nn.BatchNorm(use_running_average=not train, momentum=0.9)(inner)
        if maps.shape != inner.shape:
            maps = nn.Conv(self.width, (1, 1), use_bias=False)(maps)
        return nn.relu(maps + inner)


class Trunk(nn.Module):
    """Feature maps of single frames.

    Size is halved by pooling rather than by strides, whose gradient is slow on a CPU.

    Attributes:
        levels: channels and blocks at 24x24, 12x12 and 6x6.
    """

    levels: Levels = LEVELS

    @nn.compact
    def __call__(self, frames: Array, *, train: bool = False) -> Array:
        """Grey crops (n, 48, 48) in [0, 255] to maps (n, 6, 6, 192), not negative."""
        maps = nn.Conv(self.levels[0][0], (3, 3), use_bias=False)(fold(standardise(frames)))
        maps = nn.relu(nn.BatchNorm(use_running_average=not train, momentum=0.9)(maps))
        for level, (width, blocks) in enumerate(self.levels):
            if level:
                maps = halve(maps)
            for _ in range(blocks):
                maps = Block(width)(maps, train=train)
        return maps


class FaceNetwork(nn.Module):
    """Trunk, ConvLSTM and heads.

    Attributes:
        unroll: see `ConvLSTM`.
        levels: see `Trunk`.
    """

    unroll: int = 1
    levels: Levels = LEVELS

    def setup(self) -> None:
        self.trunk = Trunk(self.levels)
        self.recurrence = ConvLSTM(HIDDEN, self.unroll)
        self.frame_head = nn.Dense(CLASSES)
        # From zero: the untrained recurrence changes nothing of what the frames say.
        self.head = nn.Dense(CLASSES, kernel_init=nn.initializers.zeros_init())
        self.weight_head = nn.Dense(1, kernel_init=nn.initializers.zeros_init())
        self.kept_head = nn.Dense(
            1,
            kernel_init=nn.initializers.zeros_init(),
            bias_init=nn.initializers.constant(FADING),
        )
        self.dropout = nn.Dropout(DROPOUT)

    def frame_logits(self, frames: Array, *, train: bool = False) -> Array:
        """Crops (n, 48, 48) to logits (n, 8), each frame by itself."""
        return self.read_maps(self.trunk(frames, train=train), train=train)

    def read_maps(self, maps: Array, *, train: bool = False) -> Array:
        """The trunk's maps (..., 6, 6, 192) to logits (..., 8), each frame by itself."""
        return self.frame_head(self.dropout(maps.mean(axis=(-3, -2)), deterministic=not train))

    def maps(self, frames: Array) -> Array:
        """Crops (batch, time, 48, 48) to the trunk's maps (batch, time, 6, 6, 192)."""
        batch, time = frames.shape[:2]
        maps = self.trunk(frames.reshape(-1, SIDE, SIDE))
        return maps.reshape(batch, time, *maps.shape[1:])

    def both_logits(
        self, frames: Array, mask: Array, *, train: bool = False
    ) -> tuple[Array, Array]:
        """Logits of each frame by itself, and of the reading after it: twice (batch, time, 8)."""
        maps = self.maps(frames)
        frame = self.read_maps(maps, train=train)
        hidden = self.recurrence(maps, mask).mean(axis=(2, 3))
        seen = mask[..., None]
        weights = jnp.where(seen, jnp.exp(self.weight_head(hidden)), 0)
        kept = jnp.where(seen, nn.sigmoid(self.kept_head(hidden)), 1)
        mean = fading_mean(nn.softmax(frame), weights, kept)
        return frame, jnp.log(mean) + self.head(self.dropout(hidden, deterministic=not train))

    def __call__(self, frames: Array, mask: Array) -> Array:
        """The reading after each frame.

        A few frames are read together with their mirror images, as one look from each side:
        more frames steady each other, and would cost twice as much.

        Args:
            frames: grey crops (batch, time, 48, 48) in [0, 255]; time is 1 or more.
            mask: (batch, time) of bool; False where there is no face.

        Returns:
            Logits (batch, time, 8) in the order of `Emotion`. They are those of the last
            frame with a face; before the first one, of the empty state.
        """
        if frames.shape[1] > FEW:
            return self.both_logits(frames, mask)[1]
        seen = jnp.concatenate([frames, frames[..., ::-1]]), jnp.concatenate([mask, mask])
        _, logits = self.both_logits(*seen)
        return logits.reshape(2, *mask.shape, CLASSES).mean(axis=0)


def fading_mean(shares: Array, weights: Array, kept: Array) -> Array:
    """The weighted mean of the frames up to each one, in which earlier ones fade.

    Args:
        shares: probabilities p_t, (batch, time, 8).
        weights: a_t of the frames, (batch, time, 1), 0 or more.
        kept: k_t, how much of the earlier frames' weight is left, (batch, time, 1), in [0, 1].

    Returns:
        Probabilities (batch, time, 8), all above 0; even ones while the weights are 0.
    """

    def join(one: tuple[Array, Array], other: tuple[Array, Array]) -> tuple[Array, Array]:
        return one[0] * other[0], one[1] * other[0] + other[1]

    told = jnp.concatenate([weights * shares, weights], axis=-1)
    _, heard = jax.lax.associative_scan(join, (kept, told), axis=1)
    mean: Array = (heard[..., :-1] + LEAST / CLASSES) / (heard[..., -1:] + LEAST)
    return mean
