"""The answers of the taggers for each three seconds of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import jax
import numpy as np

from companion.music.model.musicnn import MODEL, Network, Tree, fold
from companion.music.model.taggers import WINDOWS, windows
from companion.weights import open_model

TAGS = 50  # of each network


@dataclass(frozen=True, slots=True)
class Patches:
    """The answers of both networks for each patch of a clip, side by side.

    Attributes:
        embedding: (patches, embeddings).
        tags: (patches, tags), probabilities.
        pooled: (patches, pooled), what the layer under the embedding is fed; half precision.
    """

    embedding: np.ndarray
    tags: np.ndarray
    pooled: np.ndarray


def hear_patches(patches: np.ndarray) -> Patches:
    """Of (patches, frames, mels) as `log_mel_patches` cuts them, every one by both networks."""
    heard = [[_run(*each, patch) for patch in patches] for each in networks().values()]
    embedding, tags, pooled = (
        np.concatenate([np.stack([said[part] for said in one]) for one in heard], axis=1)
        for part in range(3)
    )
    return Patches(embedding, tags, pooled.astype(np.float16))


def mean_of_heard(rows: np.ndarray, first: int | None = None) -> np.ndarray:
    """The means over what each network hears.

    Args:
        rows: (patches, numbers) of both networks.
        first: how many of the numbers are of the first; half of them where it is left out.

    Returns:
        (numbers,).
    """
    parts = np.split(rows, [rows.shape[1] // 2 if first is None else first], axis=1)
    chosen = [windows(len(rows), most) for most in WINDOWS.values()]
    means = [part[which].mean(axis=0) for part, which in zip(parts, chosen, strict=True)]
    return np.concatenate(means)


@cache
def networks() -> dict[str, tuple[Network, Tree]]:
    """Both networks and their parameters, by name."""
    model = open_model(MODEL)
    found = {}
    for name in WINDOWS:
        tensors = model.read_tensors(f"{name}.safetensors")
        found[name] = fold(tensors)
    return found


@partial(jax.jit, static_argnums=0)
def _run(network: Network, params: Any, patch: jax.Array) -> tuple[jax.Array, ...]:
    said: Any = network.apply({"params": params}, patch, mutable=["intermediates"])
    (embedding, tags), kept = said
    return embedding, tags, kept["intermediates"]["pooled"][0]
