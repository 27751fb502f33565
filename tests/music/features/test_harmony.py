from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.music.features import harmony

MAJOR, MINOR = (0, 4, 7), (0, 3, 7)


def frames(*chords: tuple[int, ...], times: int = 20) -> np.ndarray:
    """Chroma in which each chord sounds for so many frames."""
    rows = []
    for chord in chords:
        row = np.full(12, 0.01)
        row[[step % 12 for step in chord]] = 1
        rows += [row / row.sum()] * times
    return np.array(rows)


def up(chord: tuple[int, ...], steps: int) -> tuple[int, ...]:
    return tuple(step + steps for step in chord)


def cadence(third: int) -> np.ndarray:
    triad = (0, third, 7)
    return frames(triad, up(triad, 5), up(MAJOR, 7), triad)


def chords_of(chroma: np.ndarray) -> dict[str, float]:
    return dict(zip(harmony.CHORD_ROWS, map(float, harmony.chord_row(chroma)), strict=True))


@pytest.mark.parametrize("name", harmony.CHORDS)
@pytest.mark.parametrize("root", [0, 5, 11])
def test_a_chord_fits_its_own_name_best(name: str, root: int) -> None:
    named = chords_of(frames(up(harmony.CHORDS[name], root)))
    assert max(harmony.CHORDS, key=named.__getitem__) == name


def test_the_mode_is_told() -> None:
    bright, dark = chords_of(cadence(4)), chords_of(cadence(3))
    assert bright["mostly major"] == 1 > dark["mostly major"]
    assert bright["mode of parts"] > dark["mode of parts"]
    keys = [dict(zip(harmony.KEY_ROWS, harmony.key_row(cadence(k)), strict=True)) for k in (4, 3)]
    assert keys[0]["mode"] > 0 > keys[1]["mode"]


def test_changes_are_counted() -> None:
    still, moving = chords_of(frames(MAJOR, times=80)), chords_of(cadence(4))
    assert still["changes"] < moving["changes"]
    assert still["first"] == pytest.approx(1, abs=0.05)
    assert moving["kinds"] > still["kinds"]


def test_more_notes_are_more_entropy() -> None:
    full = np.full((80, 12), 1 / 12)
    assert chords_of(full)["entropy"] > chords_of(frames(MAJOR, times=80))["entropy"]


@pytest.mark.parametrize("tonic", range(12))
def test_degrees_begin_with_the_tonic(tonic: int) -> None:
    turned = harmony.degrees(np.roll(cadence(4), tonic, axis=1))
    assert np.allclose(turned, harmony.degrees(cadence(4)))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 11), st.integers(0, 2**32 - 1))
def test_another_key_changes_no_row(steps: int, seed: int) -> None:
    chroma = np.random.default_rng(seed).dirichlet(np.ones(12), 60)
    moved = np.roll(chroma, steps, axis=1)
    for row in (harmony.key_row, harmony.interval_row, harmony.tonnetz_row):
        assert np.allclose(row(chroma), row(moved))


def test_fifths_and_semitones_are_other_intervals() -> None:
    fifth, semitone = (harmony.interval_row(frames(pair)) for pair in ((0, 7), (0, 1)))
    assert fifth[4] > semitone[4]  # five semitones up is a fifth down
    assert semitone[0] > fifth[0]
    assert len(fifth) == harmony.INTERVALS


def test_one_note_leans_further_than_all() -> None:
    one, every = harmony.tonnetz_row(frames((0,))), harmony.tonnetz_row(np.full((20, 12), 1 / 12))
    assert (one[:3] > every[:3]).all()
    assert one.shape == (harmony.TONNETZ,)
    assert np.allclose(every[:9], 0, atol=1e-9)


def test_silence_gives_finite_rows() -> None:
    silent = np.zeros((20, 12))
    for row in (harmony.key_row, harmony.chord_row, harmony.interval_row, harmony.tonnetz_row):
        assert np.isfinite(row(silent)).all()
