"""The tagger on music that it never learned: solo piano, rendered from labelled pieces.

The pieces are those of EMOPIA (H.-T. Hung et al., ISMIR 2021): a quadrant each, told by other
people; one piece of each recording is taken.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from companion.music.tag import Tagger
from training.music.data import QUADRANTS
from training.music.instruments import check_renderer, render
from training.music.metrics import AROUSAL_UP, VALENCE_UP, macro_f1, sign_accuracy

PIECES = 20  # of each quadrant
SURE = 0.8


def measure_piano(midi: Path, tagger: Tagger, pieces: int = PIECES) -> dict[str, Any]:
    """Figures of the shipped tagger over renderings of the archive's pieces.

    Raises:
        SystemExit: FluidSynth, its sound font or the archive is missing.
    """
    check_renderer(midi)
    with zipfile.ZipFile(midi) as archive:
        chosen = choose_pieces(archive.namelist(), pieces)
        moods = [tagger.tag(render(archive.read(name))) for name in chosen]
    labels = np.array([[q.value for q in QUADRANTS].index(name[:2]) for name in chosen])
    said = np.array([[mood.probabilities[q] for q in QUADRANTS] for mood in moods])
    return summarise(said, labels)


def choose_pieces(names: list[str], pieces: int) -> list[str]:
    """So many of each quadrant, at random, no two from one recording."""
    random = np.random.default_rng(0)
    chosen: dict[str, list[str]] = {quadrant.value: [] for quadrant in QUADRANTS}
    seen = set()
    for name in random.permutation(sorted(n for n in names if n.endswith(".mid"))):
        quadrant, recording = str(name)[:2], str(name)[3:].rsplit("_", 1)[0]
        if recording not in seen and len(chosen[quadrant]) < pieces:
            seen.add(recording)
            chosen[quadrant].append(str(name))
    return [name for group in chosen.values() for name in group]


def summarise(said: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Of probabilities (pieces, 4) and labels (pieces,)."""
    guesses, sure = said.argmax(axis=1), said.max(axis=1)
    right = guesses == labels
    figures = {
        "accuracy": right.mean(),
        "macro F1": macro_f1(guesses, labels),
        "sign of arousal right": sign_accuracy(said, labels, AROUSAL_UP),
        "sign of valence right": sign_accuracy(said, labels, VALENCE_UP),
        "mean confidence": sure.mean(),
        "share that it is sure of": (sure >= SURE).mean(),
        "share of its mistakes that it is sure of": np.sum(sure[~right] >= SURE)
        / max(1, np.sum(~right)),
    }
    counts = {f"taken for {q.value}": int(np.sum(guesses == n)) for n, q in enumerate(QUADRANTS)}
    rounded = {name: round(float(figure), 4) for name, figure in figures.items()}
    return {"pieces": len(labels), **rounded, **counts}
