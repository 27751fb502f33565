from __future__ import annotations

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.music.decode import SAMPLE_RATE
from companion.music.features import rhythm
from companion.music.features.spectrum import FRAME_RATE, mel_decibels, power_spectrum
from tests.music.sounds import clicks, tone

pytestmark = pytest.mark.slow


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


def bands_of(wave: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rhythm.band_rhythm(mel_decibels(power_spectrum(wave)))


@pytest.mark.parametrize("bpm", [80, 120, 150])
def test_the_tempogram_peaks_at_the_beat(bpm: float) -> None:
    tempogram, _ = bands_of(clicks(bpm))
    edges = np.geomspace(*rhythm.LAG_FRAMES, rhythm.LAGS + 1) / FRAME_RATE
    beat = np.searchsorted(edges, 60 / bpm) - 1
    assert tempogram[0, beat] > 0.5
    assert tempogram[0, beat] > tempogram[0, : beat - 1].max() + 0.2
    assert tempogram.max() <= 1 + 1e-6


def test_a_low_beat_is_heard_in_the_low_band_only() -> None:
    random = np.random.default_rng(4)
    drum = np.zeros(15 * SAMPLE_RATE, np.float32)
    time = np.arange(4_000) / SAMPLE_RATE
    for start in range(0, len(drum) - 4_000, SAMPLE_RATE // 2):
        drum[start : start + 4_000] += np.sin(2 * np.pi * 80 * time) * np.hanning(4_000)
    _, rows = bands_of(drum + 1e-2 * random.standard_normal(len(drum)).astype(np.float32))
    clarity = rows[:, rhythm.BAND_ROWS.index("clarity")]
    assert clarity[1] > 0.5 > clarity[3]


def test_the_first_band_is_the_whole() -> None:
    _, rows = bands_of(clicks(100))
    named = dict(zip(rhythm.BAND_ROWS, rows[0], strict=True))
    assert 120 * 2 ** named["tempo"] == pytest.approx(100, rel=0.02)
    assert named["onset rate"] == pytest.approx(100 / 60, rel=0.1)


@pytest.mark.parametrize("wave", [np.zeros(5 * SAMPLE_RATE, np.float32), clicks(120, 3.0)])
def test_silence_and_the_shortest_clip_have_rows(wave: np.ndarray) -> None:
    tempogram, rows = bands_of(wave)
    assert tempogram.shape == (len(rhythm.BANDS), rhythm.LAGS)
    assert rows.shape == (len(rhythm.BANDS), len(rhythm.BAND_ROWS))
    assert np.isfinite(tempogram).all()
    assert np.isfinite(rows).all()
