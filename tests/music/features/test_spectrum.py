from __future__ import annotations

import librosa
import numpy as np
import pytest

from companion.music.decode import SAMPLE_RATE
from companion.music.features import spectrum
from tests.music.sounds import noise, tone


@pytest.mark.parametrize("wave", [tone(440), noise(3.0)], ids=["tone", "noise"])
def test_the_power_is_that_of_librosa(wave: np.ndarray) -> None:
    theirs = np.abs(librosa.stft(wave, n_fft=spectrum.WINDOW, hop_length=spectrum.HOP)) ** 2
    ours = spectrum.power_spectrum(wave)
    assert ours.shape == theirs.T.shape
    assert np.allclose(ours, theirs.T, rtol=1e-3, atol=1e-3)


def test_the_mel_spectrum_is_that_of_librosa() -> None:
    wave = noise(3.0)
    theirs = librosa.feature.melspectrogram(
        y=wave, sr=SAMPLE_RATE, n_mels=spectrum.MELS, fmax=spectrum.TOP_HZ
    )
    ours = spectrum.mel_decibels(spectrum.power_spectrum(wave))
    assert np.allclose(ours, librosa.power_to_db(theirs).T, atol=0.05)


def test_the_range_is_eighty_decibels() -> None:
    half_silent = np.concatenate([tone(440, 2.0), np.zeros(2 * SAMPLE_RATE, np.float32)])
    mel = spectrum.mel_decibels(spectrum.power_spectrum(half_silent))
    assert mel.max() - mel.min() == pytest.approx(80, abs=1e-3)


def test_it_stays_in_single_precision() -> None:
    power = spectrum.power_spectrum(noise(3.0))
    assert power.dtype == spectrum.mel_decibels(power).dtype == np.float32


def test_a_tone_stands_in_its_bin() -> None:
    power = spectrum.power_spectrum(tone(1_000, partials=1)).mean(axis=0)
    assert spectrum.frequencies()[power.argmax()] == pytest.approx(1_000, abs=11)


def test_what_is_audible_lies_under_the_top_and_within_the_range() -> None:
    half_silent = np.concatenate([tone(440, 2.0), np.zeros(2 * SAMPLE_RATE, np.float32)])
    power = spectrum.power_spectrum(half_silent)
    kept = spectrum.audible(power)
    assert kept.shape[1] == np.sum(spectrum.frequencies() < spectrum.TOP_HZ)
    assert 10 * np.log10(kept.max() / kept.min()) == pytest.approx(spectrum.RANGE_DB, abs=1e-3)


def test_silence_is_audible_without_dividing_by_zero() -> None:
    kept = spectrum.audible(np.zeros((5, 1_025), np.float32))
    assert kept.min() > 0
