"""The features of all clips, computed once and kept under checkpoints/."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
from rich.progress import track

from companion.music import contrast, decode, features, pitch, rhythm, spectrum, tonality
from training.music_data import CHECKPOINTS, Clips

DEFINED_IN: tuple[ModuleType, ...] = (contrast, decode, features, pitch, rhythm, spectrum, tonality)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the networks are fed, one row a clip.

    Attributes:
        image: (clips, steps, rows) float32.
        statistics: (clips, statistics) float32.
    """

    image: np.ndarray
    statistics: np.ndarray


def load_inputs(clips: Clips, folder: Path, cache: Path = CHECKPOINTS) -> Inputs:
    """Compute what is not there yet, and show the progress.

    A change of the code that defines the features makes all of them anew.
    """
    kept = cache / f"features-{source_hash(DEFINED_IN)}"
    kept.mkdir(parents=True, exist_ok=True)
    images, statistics = [], []
    for name in track(clips.names, description="features"):
        with np.load(_file(kept, folder, name)) as arrays:
            images.append(arrays["image"])
            statistics.append(arrays["statistics"])
    return Inputs(np.stack(images), np.stack(statistics))


def source_hash(modules: Iterable[ModuleType]) -> str:
    """A short hash of the modules' source."""
    source = b"".join(Path(str(module.__file__)).read_bytes() for module in modules)
    return hashlib.sha256(source).hexdigest()[:12]


def _file(kept: Path, folder: Path, name: str) -> Path:
    file = kept / f"{name.replace('/', '-')}.npz"
    if not file.is_file():
        seen = features.extract(decode.decode(folder / name))
        half_done = file.with_suffix(".part.npz")
        np.savez(half_done, image=seen.image, statistics=seen.statistics)
        half_done.replace(file)
    return file
