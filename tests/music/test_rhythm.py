from __future__ import annotations

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.music import rhythm
from companion.music.decode import SAMPLE_RATE
from companion.music.spectrum import mel_decibels, power_spectrum
from tests.music.sounds import clicks, tone


def strength_of(wave: np.ndarray) -> np.ndarray:
    return rhythm.onset_strength(mel_decibels(power_spectrum(wave)))


@pytest.mark.parametrize("bpm", [72, 90, 120, 128, 150])
def test_the_tempo_of_clicks(bpm: float) -> None:
    found, pulse = rhythm.tempo(strength_of(clicks(bpm)))
    assert found == pytest.approx(bpm, rel=0.02)
    assert pulse > 0.5


@pytest.mark.parametrize("bpm", [80, 105, 140])
def test_the_tempo_is_that_of_librosa(bpm: float) -> None:
    strength = strength_of(clicks(bpm))
    theirs = librosa.feature.tempo(onset_envelope=strength, sr=SAMPLE_RATE)[0]
    assert rhythm.tempo(strength)[0] == pytest.approx(theirs, rel=0.05)


@pytest.mark.parametrize("bpm", [60, 120, 180])
def test_the_onset_rate_of_clicks(bpm: float) -> None:
    assert rhythm.onset_rate(strength_of(clicks(bpm))) == pytest.approx(bpm / 60, rel=0.1)


def test_a_constant_strength_has_no_pulse() -> None:
    assert rhythm.tempo(np.ones(500)) == (rhythm.USUAL_BPM, 0.0)


def test_the_shortest_clip_has_a_tempo() -> None:
    found, _ = rhythm.tempo(strength_of(clicks(120, 3.0)))
    assert found == pytest.approx(120, rel=0.03)


def test_a_steady_tone_has_fewer_onsets_than_clicks() -> None:
    assert strength_of(tone(440)).mean() < strength_of(clicks(180)).mean()


@given(st.lists(st.floats(0, 60, width=32), min_size=130, max_size=400))
def test_any_strength_gives_a_tempo_in_range(values: list[float]) -> None:
    bpm, pulse = rhythm.tempo(np.array(values))
    assert rhythm.SLOWEST_BPM <= bpm <= rhythm.FASTEST_BPM
    assert -1.001 <= pulse <= 1.001
