"""What the network says of many stills and of sequences made from them, in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from companion.face.network import FaceNetwork
from training.face_data import Images, Stills
from training.face_fit import NETWORK, Variables
from training.face_sequences import Clip, Pool, stack
from training.metrics import Floats

BATCH = 256  # frames
CLIP_BATCH = 32  # sequences


@jax.jit
def _frame_logits(variables: Variables, frames: jax.Array) -> jax.Array:
    logits: jax.Array = NETWORK.apply(variables, frames, method=FaceNetwork.frame_logits)
    return logits


@jax.jit
def _last_logits(variables: Variables, frames: jax.Array, mask: jax.Array) -> jax.Array:
    logits: jax.Array = NETWORK.apply(variables, frames, mask)
    return logits[:, -1]


def frame_logits(variables: Variables, images: Images) -> Floats:
    """Of the frame head, without the ConvLSTM: images (n, 48, 48) to (n, 8)."""
    return _in_batches(images, lambda part: _frame_logits(variables, part))


def still_logits(variables: Variables, images: Images) -> Floats:
    """Of each image (n, 48, 48) as a sequence of one frame: (n, 8)."""

    def answer(part: Images) -> Any:
        return _last_logits(variables, part[:, None], np.ones((len(part), 1), bool))

    return _in_batches(images, answer)


def clip_logits(variables: Variables, clips: Clip) -> Floats:
    """The last reading of each sequence of a stack: (n, 8)."""
    starts = range(0, len(clips.frames), CLIP_BATCH)
    parts = (slice(start, start + CLIP_BATCH) for start in starts)
    answers = [_last_logits(variables, clips.frames[part], clips.mask[part]) for part in parts]
    return np.concatenate([np.asarray(answer) for answer in answers])


def make_clips(stills: Stills, count: int, length: int, seed: int = 0) -> Clip:
    """The first `count` stills, each made into a sequence."""
    pool, random = Pool(stills, ()), np.random.default_rng(seed)
    return stack([pool.make(index, random, length) for index in range(count)])


def _in_batches(images: Images, answer: Callable[[Images], Any]) -> Floats:
    parts = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
    return np.concatenate([np.asarray(answer(part)) for part in parts])
