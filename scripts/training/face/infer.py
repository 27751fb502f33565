"""The network's logits for many stills and many sequences, in batches."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from companion.face.network import FaceNetwork
from training.face.corpora import SCHEMES
from training.face.data import Images
from training.face.fit import Variables, network_of
from training.face.sequences import Clip
from training.metrics import Floats

FRAMES = 256  # at once
FEW = 64  # at once, of no more


@jax.jit
def _frames(variables: Variables, frames: jax.Array) -> jax.Array:
    logits: jax.Array = network_of(variables).apply(
        variables, frames, method=FaceNetwork.frame_logits
    )
    return logits


@jax.jit
def _sequences(variables: Variables, frames: jax.Array, mask: jax.Array) -> jax.Array:
    logits: jax.Array = network_of(variables).apply(variables, frames, mask)
    return logits


def frame_logits(variables: Variables, images: Images) -> Floats:
    """Of single frames, without the ConvLSTM: images (n, 48, 48) to (n, 8)."""
    size = FRAMES if len(images) > FEW else FEW
    return _in_batches(lambda images: _frames(variables, images), size, images)


@jax.jit
def _pooled(variables: Variables, frames: jax.Array) -> jax.Array:
    def read(network: Any, frames: jax.Array) -> jax.Array:
        maps: jax.Array = network.trunk(frames)
        return maps.mean(axis=(-3, -2))

    features: jax.Array = network_of(variables).apply(variables, frames, method=read)
    return features


def pooled_features(variables: Variables, images: Images) -> Floats:
    """The trunk's maps of single frames and of their mirror images, averaged: (n, 192)."""
    one, other = (
        _in_batches(lambda images: _pooled(variables, images), FRAMES, seen)
        for seen in (images, images[..., ::-1])
    )
    mean: Floats = (one + other) / 2
    return mean


def mirrored_logits(variables: Variables, images: Images) -> Floats:
    """The same, with the mirror images, as the whole network reads a single frame."""
    one, other = (frame_logits(variables, seen) for seen in (images, images[..., ::-1]))
    mean: Floats = (one + other) / 2
    return mean


def scheme_readings(variables: Variables, images: Images, scheme: str, prior: Floats) -> Floats:
    """The logits (n, 8) of a corpus's own head for single frames, its prior included.

    Args:
        variables: with the heads of the label schemes.
        images: (n, 48, 48).
        scheme: one of `SCHEMES`.
        prior: (8,), the log of how often the corpus has each emotion.
    """
    pooled, heads = pooled_features(variables, images), variables["params"]["schemes"]
    index, shared = SCHEMES.index(scheme), variables["params"]["frame_head"]
    kernel = np.asarray(shared["kernel"]) + np.asarray(heads["kernel"][index])
    bias = np.asarray(shared["bias"]) + np.asarray(heads["bias"][index])
    logits: Floats = pooled @ kernel + bias + prior
    return logits


def still_logits(variables: Variables, images: Images) -> Floats:
    """Of each image (n, 48, 48) as a sequence of one frame: (n, 8)."""
    mask = np.ones((len(images), 1), bool)
    return sequence_logits(variables, images[:, None], mask)[:, 0]


def sequence_logits(variables: Variables, frames: Images, mask: Any) -> Floats:
    """The readings after all frames of sequences (n, time, 48, 48): (n, time, 8)."""
    size = max(1, FRAMES // frames.shape[1])
    return _in_batches(lambda *part: _sequences(variables, *part), size, frames, mask)


def clip_logits(variables: Variables, clips: Clip) -> Floats:
    """The last reading of each sequence of a stack: (n, 8)."""
    return sequence_logits(variables, clips.frames, clips.mask)[:, -1]


def _in_batches(answer: Any, size: int, *inputs: Any) -> Floats:
    """All answers; the last batch is filled up, so that one program answers all of them."""
    count = len(inputs[0])
    answers = []
    for start in range(0, count, size):
        rows = np.minimum(np.arange(start, start + size), count - 1)
        answers.append(np.asarray(answer(*(part[rows] for part in inputs))))
    return np.concatenate(answers)[:count]
