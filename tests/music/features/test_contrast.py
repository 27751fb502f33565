from __future__ import annotations

import numpy as np
import pytest

from companion.music.features.contrast import BANDS, EDGES_HZ, spectral_contrast
from companion.music.features.spectrum import RANGE_DB, audible, power_spectrum
from tests.music.sounds import RATE, noise, tone


def contrast(wave: np.ndarray) -> np.ndarray:
    over, _ = spectral_contrast(audible(power_spectrum(wave)))
    mean: np.ndarray = over.mean(axis=0)
    return mean


@pytest.mark.parametrize("band", range(1, BANDS - 1))
def test_a_tone_raises_the_contrast_of_its_octave(band: int) -> None:
    hertz = (EDGES_HZ[band] * EDGES_HZ[band + 1]) ** 0.5
    raised = contrast(tone(hertz, partials=1) + 0.1 * noise()) - contrast(0.1 * noise())
    assert raised.argmax() == band
    assert raised[band] > 10


def test_a_tone_has_more_contrast_than_noise() -> None:
    assert (contrast(tone(110, partials=60)) > contrast(noise())).all()


def test_loudness_does_not_matter() -> None:
    assert np.allclose(contrast(noise()), contrast(0.01 * noise()), atol=1e-2)


def test_what_lies_above_the_last_band_does_not_matter() -> None:
    spectrum = np.fft.rfft(noise())
    spectrum[np.fft.rfftfreq(5 * RATE, 1 / RATE) > EDGES_HZ[-1] + 200] = 0
    dull = np.fft.irfft(spectrum).astype(np.float32)
    assert np.allclose(contrast(noise()), contrast(dull), atol=0.5)


def test_silence_has_none_and_nothing_exceeds_the_range() -> None:
    assert not contrast(np.zeros(5 * RATE, np.float32)).any()
    half = np.concatenate([tone(440), np.zeros(5 * RATE, np.float32)])
    over, _ = spectral_contrast(audible(power_spectrum(half)))
    assert over.max() <= RANGE_DB + 1e-3


def test_valleys_are_deeper_between_partials_than_in_noise() -> None:
    wave = np.concatenate([tone(800, partials=1), noise()])
    _, valley = spectral_contrast(audible(power_spectrum(wave)))
    half = len(valley) // 2
    assert valley[: half - 5].mean() < valley[half + 5 :].mean() - 20
    assert abs(valley.mean()) < 1e-2
