from __future__ import annotations

import subprocess
import sys

import pytest

from companion.affect import Affect, PitchRange, Quadrant, TrackMood
from companion.music.describe import describe


def mood(*shares: float, tags: tuple[str, ...] = ()) -> TrackMood:
    probabilities = dict(zip(Quadrant, shares, strict=True))
    pitch = PitchRange(80, 400, 0.5)
    return TrackMood(probabilities, Affect(0, 0), max(shares), 74.4, pitch, "m/1", tags)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.9, 0.05, 0.0, 0.05), "energetic and happy"),
        ((0.1, 0.8, 0.1, 0.0), "energetic and tense"),
        ((0.0, 0.1, 0.6, 0.3), "calm and a little sad"),
        ((0.1, 0.0, 0.1, 0.8), "calm and happy"),
        ((0.05, 0.05, 0.45, 0.45), "calm"),
        ((0.3, 0.4, 0.2, 0.1), "a little energetic"),
        ((0.1, 0.4, 0.4, 0.1), "sad"),
        ((0.25, 0.25, 0.25, 0.25), "neither happy nor sad"),
        ((0.0, 0.5, 0.5, 0.0), "sad"),
    ],
)
def test_no_more_is_said_than_is_sure(shares: tuple[float, ...], words: str) -> None:
    assert describe(mood(*shares)) == f"74 bpm; sounds {words}"


def test_the_tags_come_first() -> None:
    said = describe(mood(0.0, 0.1, 0.6, 0.3, tags=("acoustic", "mellow")))
    assert said == "acoustic, mellow, 74 bpm; sounds calm and a little sad"


def test_without_tags_the_tempo_is_said() -> None:
    assert describe(mood(0.9, 0.1, 0, 0)) == "74 bpm; sounds energetic and happy"


def test_nothing_heavy_is_imported() -> None:
    heavy = "import sys, companion.music.describe, companion.music.model.place;"
    check = "assert not {'jax', 'numpy', 'librosa'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", heavy + check], check=True)  # noqa: S603
