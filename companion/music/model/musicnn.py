"""musicnn: a network that names what a piece of music sounds like, three seconds at a time.

J. Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR 2018; the weights
are those of J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music
audio tagging", 2019. Two things make it cheap and change nothing: batch normalisation is folded
into a scale and an offset, and channels that no input moves are pruned: most kernels of the
released weights are all zero. What such a channel always says goes on as a constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from companion.music.decode import Floats

EMBEDDING = 200
TIMBRE = (0, 1)  # the convolutions whose kernels are as high as a part of the spectrum
TIMBRE_SHAPES = ((7, 38), (7, 67))  # frames, mel bands
TEMPORAL = (2, 3, 4)  # those that look at one band along time
FRONT = (*TIMBRE, *TEMPORAL)
TEMPORAL_FRAMES = (128, 64, 32)
MIDDLE = (5, 6, 7)
MIDDLE_CHANNELS = 64
WIDTH = 7  # frames of the kernels in the middle
EPSILON = 1e-3  # of the batch normalisation
MODEL = "musicnn"

Tree = dict[str, Any]
Tensors = Mapping[str, np.ndarray]


NETWORKS = ("msd", "mtt")
"""Their names: that of the Million Song Dataset, and that of MagnaTagATune."""
LEAST_EFFECT = 1e-4
"""How far an input of unit length moves the output of a channel that is worth computing."""
TOGETHER = 16
"""Channels of a timbre convolution that a CPU computes together: sixteen cost less than nine."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer about patches, or about a clip.

    Attributes:
        embedding: (..., EMBEDDING) for each network.
        tags: (..., tags), each a probability of its own.
    """

    embedding: Floats
    tags: Floats


class Musicnn:
    """One network with its weights.

    Args:
        tensors: the arrays of the original checkpoint, by their names there.
        least_effect: of a channel that is computed; 0 for all channels.

    Raises:
        KeyError: a tensor is missing.
    """

    def __init__(self, tensors: Tensors, least_effect: float = LEAST_EFFECT) -> None:
        self.network, self.params = fold(tensors, least_effect)

    def hear(self, patches: Floats) -> Heard:
        """Give what it says of each of (patches, frames, mels) as `log_mel_patches` cuts them.

        One patch at a time: it takes less memory, and no second compiling for another number.
        """
        said = [_run(self.network, self.params, patch) for patch in patches]
        embedding, tags = (
            np.stack([np.asarray(each) for each in part]) for part in zip(*said, strict=True)
        )
        return Heard(embedding, tags)


class Network(nn.Module):
    """From a patch to its embedding and its tags.

    Attributes:
        channels: how many each convolution of FRONT has.
        tags: how many there are.
    """

    channels: tuple[int, ...]
    tags: int

    @nn.compact
    def __call__(self, patch: jax.Array) -> tuple[jax.Array, jax.Array]:
        """(frames, mels) to (EMBEDDING,) and (tags,)."""
        image = _Affine(1, name="input")(patch[..., None])
        front = jnp.concatenate(self._front(image), axis=-1)
        # Beside it a channel of ones, through which the pruned ones are heard.
        first = self._middle(0, jnp.pad(front, ((0, 0), (0, 1)), constant_values=1))
        second = self._middle(1, first) + first
        third = self._middle(2, second) + second
        every = jnp.concatenate([front, first, second, third], axis=-1)
        pooled = jnp.stack([every.max(axis=0), every.mean(axis=0)], axis=-1).ravel()
        self.sow("intermediates", "pooled", pooled)  # kept only by who asks for it
        joined = nn.relu(nn.Dense(EMBEDDING, name="joined")(pooled))
        embedding = _Affine(EMBEDDING, name="embedding")(joined)
        return embedding, nn.sigmoid(nn.Dense(self.tags, name="tags")(embedding))

    def _front(self, image: jax.Array) -> list[jax.Array]:
        return [self._one_of_front(k, image) for k in FRONT]

    def _one_of_front(self, k: int, image: jax.Array) -> jax.Array:
        channels = self.channels[FRONT.index(k)]
        highest = _Highest(channels, name=f"highest_{k}")
        kernels = partial(nn.Conv, channels, padding="VALID", use_bias=False, name=f"kernels_{k}")
        if k in TIMBRE:
            return highest(kernels(TIMBRE_SHAPES[k])(_pad_frames(image, WIDTH, 0)))
        # Each band on its own: as a convolution over both, it takes ten times as long.
        frames = TEMPORAL_FRAMES[k - TEMPORAL[0]]
        bands = kernels(frames)(_pad_frames(image.swapaxes(0, 1), frames, 1))
        return highest(bands.swapaxes(0, 1))

    def _middle(self, k: int, rows: jax.Array) -> jax.Array:
        found = nn.relu(nn.Conv(MIDDLE_CHANNELS, (WIDTH,), name=f"middle_{k}")(rows))
        normal: jax.Array = _Affine(MIDDLE_CHANNELS, name=f"middle_norm_{k}")(found)
        return normal


class _Affine(nn.Module):
    """Batch normalisation that no longer learns: a scale and an offset for each channel."""

    channels: int

    @nn.compact
    def __call__(self, inputs: jax.Array) -> jax.Array:
        scale = self.param("scale", nn.initializers.ones, (self.channels,))
        return inputs * scale + self.param("offset", nn.initializers.zeros, (self.channels,))


class _Highest(nn.Module):
    """Add the bias, rectify, normalise, and keep the highest over the spectrum.

    All of it keeps the order of numbers or turns it, so the highest is looked for first.
    """

    channels: int

    @nn.compact
    def __call__(self, responses: jax.Array) -> jax.Array:
        """(frames, bands, channels) to (frames, channels)."""
        bias = self.param("bias", nn.initializers.zeros, (self.channels,))
        scale = self.param("scale", nn.initializers.ones, (self.channels,))
        offset = self.param("offset", nn.initializers.zeros, (self.channels,))
        kept = jnp.where(scale > 0, responses.max(axis=1), responses.min(axis=1))
        return nn.relu(kept + bias) * scale + offset


def fold(tensors: Tensors, least_effect: float = LEAST_EFFECT) -> tuple[Network, Tree]:
    """The network without the channels of less effect, and its parameters.

    Args:
        tensors: the arrays of the original checkpoint.
        least_effect: of a channel that is kept.

    Raises:
        KeyError: a tensor is missing.
    """
    tree: Tree = {"input": _normalisation(tensors, 0)}
    kept, constants = [], []
    for k in FRONT:
        kernels, highest = _kernel(tensors, k), _bias(tensors, k) | _normalisation(tensors, k + 1)
        effect = np.sqrt((kernels**2).sum(axis=(0, 1, 2))) * np.abs(highest["scale"])
        live = _live(effect, least_effect, TOGETHER if k in TIMBRE else 1)
        shown = kernels if k in TIMBRE else kernels[:, 0]
        tree[f"kernels_{k}"] = {"kernel": shown[..., live]}
        tree[f"highest_{k}"] = {name: part[live] for name, part in highest.items()}
        kept.append(live)
        constants.append(np.maximum(highest["bias"], 0) * highest["scale"] + highest["offset"])
    live, constant = np.concatenate(kept), np.concatenate(constants)
    for number, k in enumerate(MIDDLE):
        kernel = _kernel(tensors, k)[:, :, 0]  # frames, inputs, channels
        tree[f"middle_{number}"] = {"kernel": kernel, **_bias(tensors, k)}
        tree[f"middle_norm_{number}"] = _normalisation(tensors, k + 1)
    wide = tree["middle_0"]["kernel"]
    always = np.einsum("fic,i->fc", wide[:, ~live], constant[~live])
    tree["middle_0"]["kernel"] = np.concatenate([wide[:, live], always[:, None]], axis=1)
    tree["joined"] = _joined(tensors, live, constant)
    tree["embedding"] = _normalisation(tensors, 10)
    tree["tags"] = {"kernel": tensors["dense_1.kernel"], "bias": tensors["dense_1.bias"]}
    return Network(tuple(int(part.sum()) for part in kept), len(tensors["dense_1.bias"])), tree


def _live(effect: np.ndarray, least: float, multiple: int) -> np.ndarray:
    """(channels,) which are computed: those of that effect, and the next up to a multiple."""
    count = -(-int(np.sum(effect >= least)) // multiple) * multiple
    live = np.zeros(len(effect), bool)
    live[np.argsort(-effect, kind="stable")[:count]] = True
    return live


def _joined(tensors: Tensors, live: np.ndarray, constant: np.ndarray) -> Tree:
    """The layer under the embedding: with the normalisation before it, and the pruned channels."""
    pooled, kernel = _normalisation(tensors, 9), tensors["dense.kernel"]
    weights = (pooled["scale"][:, None] * kernel).reshape(-1, 2, EMBEDDING)  # highest, mean
    front = len(live)
    always = np.einsum("ipe,i->e", weights[:front][~live], constant[~live])
    kept = np.concatenate([weights[:front][live], weights[front:]])
    bias = pooled["offset"] @ kernel + tensors["dense.bias"] + always
    return {"kernel": kept.reshape(-1, EMBEDDING), "bias": bias}


@partial(jax.jit, static_argnums=0)
def _run(network: Network, params: Tree, patch: jax.Array) -> tuple[jax.Array, jax.Array]:
    said: Any = network.apply({"params": params}, patch)
    embedding, tags = said
    return embedding, tags


def _pad_frames(rows: jax.Array, width: int, axis: int) -> jax.Array:
    """Zeros before and after, so that a kernel of that width keeps the number of frames.

    The barrier keeps XLA from making the padding a part of the convolution, which it then
    computes five times as slowly on a CPU.
    """
    padding = [(0, 0)] * rows.ndim
    padding[axis] = (width - 1) // 2, width // 2
    padded: jax.Array = jax.lax.optimization_barrier(  # type: ignore[no-untyped-call]
        jnp.pad(rows, padding)
    )
    return padded


def _kernel(tensors: Tensors, k: int) -> np.ndarray:
    return tensors[_name("conv2d", k) + ".kernel"]


def _normalisation(tensors: Tensors, k: int) -> dict[str, np.ndarray]:
    """The k-th, as a scale and an offset."""
    name = _name("batch_normalization", k)
    scale = tensors[f"{name}.gamma"] / np.sqrt(tensors[f"{name}.moving_variance"] + EPSILON)
    offset = tensors[f"{name}.beta"] - tensors[f"{name}.moving_mean"] * scale
    return {"scale": scale, "offset": offset}


def _bias(tensors: Tensors, k: int) -> dict[str, np.ndarray]:
    return {"bias": tensors[_name("conv2d", k) + ".bias"]}


def _name(kind: str, k: int) -> str:
    return f"{kind}_{k}" if k else kind
