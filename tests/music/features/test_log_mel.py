from __future__ import annotations

import librosa
import numpy as np
import pytest
import soxr

from companion.music.decode import SAMPLE_RATE
from companion.music.features.log_mel import FRAMES, HOP, MELS, RATE, WINDOW, log_mel_patches
from tests.music.sounds import clicks, noise, tone


@pytest.mark.parametrize(
    ("seconds", "patches"), [(3.0, 1), (5.9, 1), (6.1, 2), (29.7, 9), (30.0, 10)]
)
def test_whole_patches_of_three_seconds(seconds: float, patches: int) -> None:
    assert log_mel_patches(noise(seconds)).shape == (patches, FRAMES, MELS)


def test_they_are_those_of_librosa() -> None:
    wave = 0.125 * noise(6.5) / np.sqrt(np.mean(noise(6.5) ** 2))
    resampled = soxr.resample(wave, SAMPLE_RATE, RATE)
    resampled *= 0.125 / np.sqrt(np.mean(resampled**2))
    mel = librosa.feature.melspectrogram(
        y=resampled, sr=RATE, n_fft=WINDOW, hop_length=HOP, n_mels=MELS
    )
    theirs = np.log10(10_000 * mel + 1).T[: 2 * FRAMES]
    assert np.allclose(log_mel_patches(wave).reshape(-1, MELS), theirs, atol=1e-3)


@pytest.mark.parametrize("gain", [0.01, 0.5, 7.0])
def test_the_level_does_not_matter(gain: float) -> None:
    wave = clicks(120, 8.0)
    assert np.allclose(log_mel_patches(wave), log_mel_patches(gain * wave), atol=1e-3)


def test_a_tone_stands_in_its_band() -> None:
    low, high = (log_mel_patches(tone(hertz, partials=1))[0].mean(axis=0) for hertz in (220, 3000))
    assert low.argmax() < high.argmax()
