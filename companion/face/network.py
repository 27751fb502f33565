"""The face network: a residual trunk for each frame, a ConvLSTM over the frames.

    frames (batch, time, 48, 48)
      -> trunk:    feature maps (batch, time, 6, 6, 128)
      -> ConvLSTM: hidden maps  (batch, time, 6, 6, 48)
      -> head:     logits       (batch, time, 8), one reading after each frame

The trunk is a residual network (K. He et al., "Deep residual learning for image
recognition", CVPR 2016, figure 5 left) with five blocks. `frame_logits` reads
the trunk alone, frame by frame: it trains the trunk and shows what the recurrence adds.
"""

from __future__ import annotations

import flax.linen as nn
import jax.numpy as jnp
from jax import Array

from companion.affect import Emotion
from companion.face.convlstm import ConvLSTM

SIDE = 48  # pixels of a crop, both ways
CLASSES = len(Emotion)
LEVELS = ((32, 1), (64, 2), (128, 2))  # channels and blocks at 24x24, 12x12 and 6x6
HIDDEN = 48  # channels of the ConvLSTM
FLAT = 1.0  # grey levels added to the deviation, so that an even crop divides by no zero
DROPOUT = 0.3


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
    """

    @nn.compact
    def __call__(self, frames: Array, *, train: bool = False) -> Array:
        """Grey crops (n, 48, 48) in [0, 255] to maps (n, 6, 6, 128), not negative."""
        maps = nn.Conv(LEVELS[0][0], (3, 3), use_bias=False)(fold(standardise(frames)))
        maps = nn.relu(nn.BatchNorm(use_running_average=not train, momentum=0.9)(maps))
        for level, (width, blocks) in enumerate(LEVELS):
            if level:
                maps = halve(maps)
            for _ in range(blocks):
                maps = Block(width)(maps, train=train)
        return maps


class FaceNetwork(nn.Module):
    """Trunk, ConvLSTM and the two heads.

    Attributes:
        unroll: see `ConvLSTM`.
    """

    unroll: int = 1

    def setup(self) -> None:
        self.trunk = Trunk()
        self.recurrence = ConvLSTM(HIDDEN, self.unroll)
        self.frame_head = nn.Dense(CLASSES)
        self.head = nn.Dense(CLASSES)
        self.dropout = nn.Dropout(DROPOUT)

    def frame_logits(self, frames: Array, *, train: bool = False) -> Array:
        """Crops (n, 48, 48) to logits (n, 8), each frame by itself."""
        pooled = self.trunk(frames, train=train).mean(axis=(1, 2))
        return self.frame_head(self.dropout(pooled, deterministic=not train))

    def sequence_logits(self, maps: Array, mask: Array, *, train: bool = False) -> Array:
        """The trunk's maps (batch, time, 6, 6, 128) to logits (batch, time, 8)."""
        pooled = self.recurrence(maps, mask).mean(axis=(2, 3))
        return self.head(self.dropout(pooled, deterministic=not train))

    def maps(self, frames: Array) -> Array:
        """Crops (batch, time, 48, 48) to the trunk's maps (batch, time, 6, 6, 128)."""
        batch, time = frames.shape[:2]
        maps = self.trunk(frames.reshape(-1, SIDE, SIDE))
        return maps.reshape(batch, time, *maps.shape[1:])

    def __call__(self, frames: Array, mask: Array) -> Array:
        """The reading after each frame.

        Args:
            frames: grey crops (batch, time, 48, 48) in [0, 255]; time is 1 or more.
            mask: (batch, time) of bool; False where there is no face.

        Returns:
            Logits (batch, time, 8) in the order of `Emotion`. They are those of the last
            frame with a face; before the first one, those of the empty state.
        """
        return self.sequence_logits(self.maps(frames), mask)

    def everything(self, frames: Array, mask: Array) -> tuple[Array, Array]:
        """Both heads at once; it is what makes all parameters."""
        return self.frame_logits(frames.reshape(-1, SIDE, SIDE)), self(frames, mask)
