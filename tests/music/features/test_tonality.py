from __future__ import annotations

import numpy as np
import pytest

from companion.music.features import tonality
from companion.music.features.tonality import key_strengths
from tests.music.sounds import chord, noise, tone

C4 = 261.63
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def notes(*steps: int, cents: float = 0) -> list[float]:
    """Semitones over middle C, in Hz."""
    return [C4 * 2 ** ((step + cents / 100) / 12) for step in steps]


def chromagram(wave: np.ndarray) -> np.ndarray:
    return tonality.chromagram(tonality.magnitudes(wave))


@pytest.mark.parametrize("step", range(12))
def test_each_note_has_its_class(step: int) -> None:
    chroma = chromagram(tone(notes(step)[0], partials=1)).mean(axis=0)
    assert NAMES[chroma.argmax()] == NAMES[step]
    assert chroma.max() > 0.6


@pytest.mark.parametrize("cents", [-30, -15, 20, 35])
def test_another_tuning_keeps_the_class(cents: float) -> None:
    chroma = chromagram(chord(notes(0, 4, 7, cents=cents))).mean(axis=0)
    assert set(np.argsort(chroma)[-3:]) == {0, 4, 7}


@pytest.mark.parametrize("tonic", range(0, 12, 5))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_a_cadence_tells_key_and_mode(tonic: int, mode: str) -> None:
    third = 4 if mode == "major" else 3
    triads = [(0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7)]
    waves = [chord(notes(*(tonic + step for step in triad)), 1.5) for triad in triads]
    major, minor = key_strengths(chromagram(np.concatenate(waves)).mean(axis=0))
    better, worse = (major, minor) if mode == "major" else (minor, major)
    assert better.argmax() == tonic
    assert better.max() > worse.max()


def test_rows_are_shares() -> None:
    chroma = chromagram(noise())
    assert chroma.shape[1] == 12
    assert np.allclose(chroma.sum(axis=1), 1, atol=1e-3)


def test_silence_has_no_class() -> None:
    chroma = chromagram(np.zeros(5 * 22_050, np.float32))
    assert not chroma.any()
    assert all(np.isfinite(fit).all() for fit in key_strengths(chroma.mean(axis=0)))


def test_transposing_rotates_the_strengths() -> None:
    chroma = np.arange(12.0) ** 2
    for ours, rotated in zip(key_strengths(chroma), key_strengths(np.roll(chroma, 3)), strict=True):
        assert np.allclose(np.roll(ours, 3), rotated)


def test_peaks_leave_what_lies_between_out() -> None:
    magnitude = np.array([[0, 1, 3, 1, 0, 2, 2, 0]], np.float32)
    kept = tonality.peaks(magnitude)
    assert np.flatnonzero(kept[0]).tolist() == [2, 5]
    assert kept[0, 2] > kept[0, 5]


def test_peaks_of_silence_are_none() -> None:
    assert not tonality.peaks(np.zeros((3, 40), np.float32)).any()
