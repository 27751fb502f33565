"""The taggers' outputs for each three seconds of a clip, for trials of temporal models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np
from rich.progress import track

from companion.music.decode import decode
from companion.music.features import log_mel
from companion.music.model import musicnn
from companion.music.model.musicnn import MODEL, RANKS, STRIDES, Network, fold
from companion.weights import open_model
from training.music.data import CHECKPOINTS, Clips
from training.music.features import source_hash

MOST = 10  # patches of a clip


@dataclass(frozen=True, slots=True)
class Patches:
    """Both taggers' outputs for each patch; 0 where a clip has fewer patches.

    Attributes:
        embedding: (clips, MOST, embeddings).
        pooled: (clips, pooled), what the layer under the embedding is fed, as means.
        count: (clips,).
    """

    embedding: np.ndarray
    pooled: np.ndarray
    count: np.ndarray


def load_patches(clips: Clips, folder: Path, where: Path = CHECKPOINTS) -> Patches:
    """Hear what was not heard yet, and show the progress."""
    kept = where / f"patches-{source_hash((log_mel, musicnn))}"
    kept.mkdir(parents=True, exist_ok=True)
    embedding = np.zeros((len(clips), MOST, 400), np.float32)
    pooled, count = [], np.zeros(len(clips), int)
    for row, name in enumerate(track(clips.names, description="patches")):
        file = kept / f"{name.replace('/', '-')}.npz"
        if not file.is_file():
            np.savez(file, **_hear(folder / name))
        with np.load(file) as arrays:
            heard = arrays["embedding"][:MOST]
            embedding[row, : len(heard)], count[row] = heard, len(heard)
            pooled.append(arrays["pooled"])
    return Patches(embedding, np.stack(pooled).astype(np.float32), count)


def _hear(clip: Path) -> dict[str, Any]:
    patches = log_mel.log_mel_patches(decode(clip))
    embedding, pooled = [], []
    for network, params in _networks():
        said = [_run(network, params, patch) for patch in patches]
        embedding.append(np.stack([np.asarray(each[0]) for each in said]))
        pooled.append(np.mean([np.asarray(each[1]) for each in said], axis=0))
    return {"embedding": np.concatenate(embedding, axis=1), "pooled": np.concatenate(pooled)}


@cache
def _networks() -> list[tuple[Network, Any]]:
    model = open_model(MODEL)
    tensors = {name: model.read_tensors(f"{name}.safetensors") for name in STRIDES}
    return [(Network(RANKS[name], 50), fold(tensors[name], RANKS[name])) for name in STRIDES]


def _run(network: Network, params: Any, patch: np.ndarray) -> tuple[jax.Array, jax.Array]:
    (embedding, _), kept = network.apply({"params": params}, patch, mutable=["intermediates"])
    return embedding, kept["intermediates"]["pooled"][0]


def tuned_start() -> dict[str, Any]:
    """The taggers' own last layers, to learn on from, by the names of `TunedHead`."""
    return {f"tagger_{n}": dict(params["joined"]) for n, (_, params) in enumerate(_networks())}
