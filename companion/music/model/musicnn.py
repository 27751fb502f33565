"""musicnn: a network that names what a piece of music sounds like, three seconds at a time.

J. Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR 2018; the weights
are those of J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music
audio tagging", 2019. Two things make it cheap and change nothing: batch normalisation is folded
into a scale and an offset, and the kernels of the wide convolutions are split into a few basis
kernels and their mix (M. Jaderberg et al., "Speeding up convolutional neural networks with low
rank expansions", BMVC 2014), as their rank is far below their number.
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
TIMBRE_CHANNELS = 204
TEMPORAL = (2, 3, 4)  # those that look at one band along time
TEMPORAL_FRAMES = (128, 64, 32)
TEMPORAL_CHANNELS = 51
MIDDLE = (5, 6, 7)
MIDDLE_CHANNELS = 64
WIDTH = 7  # frames of the kernels in the middle
EPSILON = 1e-3  # of the batch normalisation
MODEL = "musicnn"

Tree = dict[str, Any]
Tensors = Mapping[str, np.ndarray]


Ranks = tuple[int, int]
"""Into how many basis kernels each of the two timbre convolutions is split; whole where it is 0."""
WHOLE = (0, 0)
RANKS = {"msd": (24, 16), "mtt": (88, 72)}
"""That hold all of the first network's kernels, whose rank is 23 and 14, and so much of the
second's that no tag of it moves by 1e-5."""


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
        ranks: how its timbre convolutions are split.

    Raises:
        KeyError: a tensor is missing.
    """

    def __init__(self, tensors: Tensors, ranks: Ranks = WHOLE) -> None:
        self._network = Network(ranks, len(tensors["dense_1.bias"]))
        self._params = fold(tensors, ranks)

    def hear(self, patches: Floats) -> Heard:
        """Give what it says of each of (patches, frames, mels) as `log_mel_patches` cuts them.

        One patch at a time: it takes less memory, and no second compiling for another number.
        """
        said = [_run(self._network, self._params, patch) for patch in patches]
        embedding, tags = (
            np.stack([np.asarray(each) for each in part]) for part in zip(*said, strict=True)
        )
        return Heard(embedding, tags)


class Network(nn.Module):
    """From a patch to its embedding and its tags.

    Attributes:
        ranks: how the timbre convolutions are split.
        tags: how many there are.
    """

    ranks: Ranks
    tags: int

    @nn.compact
    def __call__(self, patch: jax.Array) -> tuple[jax.Array, jax.Array]:
        """(frames, mels) to (EMBEDDING,) and (tags,)."""
        image = _Affine(1, name="input")(patch[..., None])
        front = jnp.concatenate([*self._timbre(image), *self._temporal(image)], axis=-1)
        first = self._middle(0, front)
        second = self._middle(1, first) + first
        third = self._middle(2, second) + second
        every = jnp.concatenate([front, first, second, third], axis=-1)
        pooled = jnp.stack([every.max(axis=0), every.mean(axis=0)], axis=-1).ravel()
        self.sow("intermediates", "pooled", pooled)  # kept only by who asks for it
        joined = nn.relu(nn.Dense(EMBEDDING, name="joined")(pooled))
        embedding = _Affine(EMBEDDING, name="embedding")(joined)
        return embedding, nn.sigmoid(nn.Dense(self.tags, name="tags")(embedding))

    def _timbre(self, image: jax.Array) -> list[jax.Array]:
        around = jnp.pad(image, ((WIDTH // 2, WIDTH // 2), (0, 0), (0, 0)))
        found = []
        for k, rank, shape in zip(TIMBRE, self.ranks, TIMBRE_SHAPES, strict=True):
            kernels = rank or TIMBRE_CHANNELS
            responses = _convolve(kernels, shape, f"kernels_{k}", "VALID")(around)
            if rank:
                mix = nn.Dense(TIMBRE_CHANNELS, use_bias=False, name=f"mix_{k}")
                responses = mix(responses)
            found.append(_Highest(TIMBRE_CHANNELS, name=f"highest_{k}")(responses))
        return found

    def _temporal(self, image: jax.Array) -> list[jax.Array]:
        found = []
        for k, frames in zip(TEMPORAL, TEMPORAL_FRAMES, strict=True):
            responses = _convolve(TEMPORAL_CHANNELS, (frames, 1), f"kernels_{k}", "SAME")(image)
            found.append(_Highest(TEMPORAL_CHANNELS, name=f"highest_{k}")(responses))
        return found

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


def fold(tensors: Tensors, ranks: Ranks = WHOLE) -> Tree:
    """The parameters of `Network` from the arrays of the original checkpoint."""
    tree: Tree = {"input": _normalisation(tensors, 0)}
    for k, rank in zip((*TIMBRE, *TEMPORAL), (*ranks, 0, 0, 0), strict=True):
        kernels = tensors[_name("conv2d", k) + ".kernel"]
        if rank:
            kernels, mix = split_kernels(kernels, rank)
            tree[f"mix_{k}"] = {"kernel": mix}
        tree[f"kernels_{k}"] = {"kernel": kernels}
        tree[f"highest_{k}"] = _bias(tensors, k) | _normalisation(tensors, k + 1)
    for number, k in enumerate(MIDDLE):
        kernel = tensors[_name("conv2d", k) + ".kernel"]  # frames, inputs, 1, channels
        tree[f"middle_{number}"] = {"kernel": kernel[:, :, 0], **_bias(tensors, k)}
        tree[f"middle_norm_{number}"] = _normalisation(tensors, k + 1)
    pooled = _normalisation(tensors, 9)
    kernel, bias = tensors["dense.kernel"], tensors["dense.bias"]
    tree["joined"] = {
        "kernel": pooled["scale"][:, None] * kernel,
        "bias": pooled["offset"] @ kernel + bias,
    }
    tree["embedding"] = _normalisation(tensors, 10)
    tree["tags"] = {"kernel": tensors["dense_1.kernel"], "bias": tensors["dense_1.bias"]}
    return tree


def split_kernels(kernels: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """(frames, bands, 1, channels) to basis (frames, bands, 1, rank) and mix (rank, channels).

    The nearest of that rank, by least squares.
    """
    flat = kernels.reshape(-1, kernels.shape[-1])
    left, strength, mix = np.linalg.svd(flat, full_matrices=False)
    basis = (left * strength)[:, :rank].reshape(*kernels.shape[:-1], -1)
    return basis.astype(np.float32), mix[:rank].astype(np.float32)


@partial(jax.jit, static_argnums=0)
def _run(network: Network, params: Tree, patch: jax.Array) -> tuple[jax.Array, jax.Array]:
    said: Any = network.apply({"params": params}, patch)
    embedding, tags = said
    return embedding, tags


def _convolve(channels: int, shape: tuple[int, int], name: str, padding: str) -> nn.Conv:
    return nn.Conv(channels, shape, padding=padding, use_bias=False, name=name)


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
