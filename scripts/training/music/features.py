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

from companion.music import (
    contrast,
    decode,
    features,
    harmony,
    modulation,
    pitch,
    rhythm,
    shape,
    spectrum,
    tonality,
)
from training.music import augment
from training.music.data import CHECKPOINTS, Clips

DEFINED_IN: tuple[ModuleType, ...] = (
    *(contrast, features, harmony, modulation, augment),
    *(pitch, rhythm, shape, spectrum, tonality),
)
COPIES = 2  # of each clip: itself and one that is changed at random


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the networks are fed; the first copy of each clip is the clip itself.

    Attributes:
        image: (copies, clips, steps, rows) float32.
        statistics: (copies, clips, statistics) float32.
    """

    image: np.ndarray
    statistics: np.ndarray


def load_inputs(clips: Clips, folder: Path, cache: Path = CHECKPOINTS) -> Inputs:
    """Compute what is not there yet, on all cores, and show the progress.

    A change of the code that defines the features makes all of them anew.
    """
    kept = cache / f"features-{source_hash(DEFINED_IN)}"
    kept.mkdir(parents=True, exist_ok=True)
    wanted = [(name, copy) for copy in range(COPIES) for name in clips.names]
    missing = [each for each in wanted if not _file(kept, *each).is_file()]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        done = pool.map(partial(_compute, kept, folder), missing, chunksize=4)
        for _ in track(done, description="features", total=len(missing)):
            pass
    image, statistics = zip(*(_read(_file(kept, *each)) for each in wanted), strict=True)
    shape = COPIES, len(clips)
    return Inputs(
        np.stack(image).reshape(*shape, *image[0].shape),
        np.stack(statistics).reshape(*shape, -1),
    )


def source_hash(modules: Iterable[ModuleType]) -> str:
    """A short hash of the modules' source."""
    source = b"".join(Path(str(module.__file__)).read_bytes() for module in modules)
    return hashlib.sha256(source).hexdigest()[:12]


def _file(kept: Path, name: str, copy: int) -> Path:
    return kept / f"{name.replace('/', '-')}-{copy}.npz"


def _compute(kept: Path, folder: Path, wanted: tuple[str, int]) -> None:
    name, copy = wanted
    waveform = decode.decode(folder / name)
    if copy:
        seed = hashlib.sha256(f"{name} {copy}".encode()).digest()
        waveform = augment.augment(waveform, np.random.default_rng(list(seed)))
    seen = features.extract(waveform)
    file = _file(kept, name, copy)
    half_done = file.with_suffix(".part.npz")
    np.savez(half_done, image=seen.image, statistics=seen.statistics)
    half_done.replace(file)


def _read(file: Path) -> tuple[np.ndarray, np.ndarray]:
    with np.load(file) as arrays:
        return arrays["image"], arrays["statistics"]
