"""The features of all clips, computed once and kept under checkpoints/."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

import numpy as np
from rich.progress import track

from companion.music import decode
from companion.music.features import (
    contrast,
    extract,
    harmony,
    log_mel,
    modulation,
    pitch,
    rhythm,
    shape,
    spectrum,
    tonality,
)
from companion.music.model import musicnn
from training.music import augment, patches
from training.music.data import CHECKPOINTS, RENDERED, Clips
from training.music.patches import Patches, hear_patches, mean_of_heard
from training.music.rendered.piano import read_score
from training.music.rendered.renderer import render

DEFINED_IN: tuple[ModuleType, ...] = (
    *(contrast, extract, harmony, log_mel, modulation, augment, musicnn, patches),
    *(pitch, rhythm, shape, spectrum, tonality),
)
CLIP, CHANGED = 0, 1  # the clip itself, and a copy that is changed at random


@dataclass(frozen=True, slots=True)
class Inputs:
    """The features of the clips, one row a clip, all float32.

    Attributes:
        image: (clips, steps, rows).
        statistics: (clips, statistics).
        embedding: (clips, EMBEDDING of both taggers), the means over the patches that they hear.
        tags: (clips, tags of both taggers), probabilities.
    """

    image: np.ndarray
    statistics: np.ndarray
    embedding: np.ndarray
    tags: np.ndarray


def load_inputs(clips: Clips, folder: Path, copy: int = CLIP, cache: Path = CHECKPOINTS) -> Inputs:
    """Compute what is not there yet, on all cores, and show the progress.

    A change of the code that defines the features makes all of them anew.

    Args:
        clips: which.
        folder: where they lie.
        copy: CLIP, or CHANGED for what another preview of the same track may be like.
        cache: where the features are kept.
    """
    rows = []
    for file in _made(clips, folder, copy, cache):
        with np.load(file) as kept:
            heard = mean_of_heard(kept["embedding"]), mean_of_heard(kept["tags"])
            rows.append((kept["image"], kept["statistics"], *heard))
    return Inputs(*(np.stack(part) for part in zip(*rows, strict=True)))


def load_patches(clips: Clips, folder: Path, cache: Path = CHECKPOINTS) -> list[Patches]:
    """The answers of the taggers for each patch of each clip; arguments as of `load_inputs`."""
    rows = []
    for file in _made(clips, folder, CLIP, cache):
        with np.load(file) as kept:
            rows.append(Patches(*(kept[name] for name in Patches.__slots__)))
    return rows


def _made(clips: Clips, folder: Path, copy: int, cache: Path) -> list[Path]:
    """The files of all clips, once there is one of each."""
    kept = cache / f"features-{source_hash(DEFINED_IN)}"
    kept.mkdir(parents=True, exist_ok=True)
    missing = [name for name in clips.names if not _file(kept, name, copy).is_file()]
    if missing:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            done = pool.map(partial(_compute, kept, folder, copy), missing, chunksize=4)
            for _ in track(done, description="features", total=len(missing)):
                pass
    return [_file(kept, name, copy) for name in clips.names]


def source_hash(modules: Iterable[ModuleType]) -> str:
    """A short hash of the modules' source."""
    source = b"".join(Path(str(module.__file__)).read_bytes() for module in modules)
    return hashlib.sha256(source).hexdigest()[:12]


def _file(kept: Path, name: str, copy: int) -> Path:
    return kept / f"{name.replace('/', '-')}-{copy}.npz"


def _compute(kept: Path, folder: Path, copy: int, name: str) -> None:
    rendered = name.endswith(RENDERED)
    waveform = decode.decode(render(read_score(folder, name)) if rendered else folder / name)
    if copy:
        seed = hashlib.sha256(f"{name} {copy}".encode()).digest()
        waveform = augment.augment(waveform, np.random.default_rng(list(seed)))
    seen = extract.extract(waveform)
    heard = hear_patches(log_mel.log_mel_patches(waveform))
    file = _file(kept, name, copy)
    half_done = file.with_suffix(".part.npz")
    np.savez(
        half_done,
        image=seen.image,
        statistics=seen.statistics,
        embedding=heard.embedding,
        tags=heard.tags,
        pooled=heard.pooled,
    )
    half_done.replace(file)
