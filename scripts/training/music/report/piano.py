"""Solo piano: held-out pieces of those that were learned, and pieces of games that were not.

The second are those of VGMIDI (L. Ferreira and J. Whitehead, "Learning to generate music with
sentiment", ISMIR 2019): phrases from the scores of video games, whose valence and arousal other
people told.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from companion.music.tag import Tagger
from training.music.data import QUADRANTS, Clips
from training.music.metrics import AROUSAL_UP, VALENCE_UP, macro_f1, sign_accuracy
from training.music.rendered.renderer import check_renderer, render

GAMES = "midi/vgmidi.zip"  # in the data folder
TABLE = "vgmidi_labelled.csv"
PHRASES = 100
SURE = 0.8


def piano_figures(clips: Clips, probabilities: np.ndarray) -> dict[str, Any]:
    """Figures of the rendered pieces, each predicted by who never heard it."""
    return summarise(probabilities[clips.rendered], clips.quadrant[clips.rendered])


def measure_games(midi: Path, tagger: Tagger, phrases: int = PHRASES) -> dict[str, Any]:
    """Figures of a tagger over renderings of the archive's phrases, some at random.

    Raises:
        SystemExit: FluidSynth, its sound font or the archive is missing.
    """
    check_renderer(midi)
    with zipfile.ZipFile(midi) as archive:
        labelled = read_labels(archive.read(TABLE).decode())
        names = sorted(set(labelled) & set(archive.namelist()))
        chosen = np.random.default_rng(0).permutation(names)[:phrases].tolist()
        moods = [tagger.tag(render(archive.read(name))) for name in chosen]
    said = np.array([[mood.probabilities[q] for q in QUADRANTS] for mood in moods])
    return summarise(said, np.array([labelled[name] for name in chosen]))


def read_labels(table: str) -> dict[str, int]:
    """The index in QUADRANTS of each file, by the signs of its valence and arousal."""
    signs = list(zip(VALENCE_UP, AROUSAL_UP, strict=True))
    rows = csv.DictReader(io.StringIO(table))
    return {
        Path(row["midi"]).name: signs.index((int(row["valence"]) > 0, int(row["arousal"]) > 0))
        for row in rows
    }


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
