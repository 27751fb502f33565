from __future__ import annotations

import numpy as np
import pytest

from companion.music.features import modulation, spectrum
from tests.music.sounds import RATE, noise


def trembling(hertz: float, seconds: float = 15.0) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    swell: np.ndarray = 1 + 0.9 * np.sin(2 * np.pi * hertz * time)
    return np.asarray(noise(seconds) * swell, np.float32)


def rates_of(wave: np.ndarray) -> np.ndarray:
    mel = spectrum.mel_decibels(spectrum.power_spectrum(wave))
    return modulation.modulation(mel)


@pytest.mark.parametrize("rate", range(modulation.RATES - 1))
def test_a_tremolo_stands_at_its_rate(rate: int) -> None:
    hertz = (modulation.EDGES_HZ[rate] * modulation.EDGES_HZ[rate + 1]) ** 0.5
    raised = rates_of(trembling(hertz)) - rates_of(noise(15.0))
    assert raised.mean(axis=0).argmax() == rate


def test_the_band_that_trembles_is_known() -> None:
    steady = np.random.default_rng(0).normal(0, 0.1, (800, spectrum.MELS))
    time = np.arange(800) / spectrum.FRAME_RATE
    steady[:, :5] += 5 * np.sin(2 * np.pi * 4 * time)[:, None]
    found = modulation.modulation(steady)
    assert found[:, 3].argmax() == 0
    assert found.shape == (modulation.BANDS, modulation.RATES)


@pytest.mark.parametrize("frames", [130, 255, 256, 1_292])
def test_any_length_has_rates(frames: int) -> None:
    level = np.random.default_rng(1).normal(0, 3, (frames, spectrum.MELS))
    assert np.isfinite(modulation.modulation(level)).all()


def test_a_level_that_stays_is_the_least() -> None:
    still = modulation.modulation(np.full((400, spectrum.MELS), -20.0))
    assert np.allclose(still, np.log(modulation.LEAST))
