from __future__ import annotations

import numpy as np
import pytest

from companion.demo.composer.voices import SAMPLE_RATE, VOICES, tone


def fundamental(samples: np.ndarray) -> float:
    """In Hz, by the highest peak of the autocorrelation, between samples by a parabola."""
    part = samples[2_000:10_000].astype(float)
    spectrum = np.abs(np.fft.rfft(part, 2 * len(part))) ** 2
    correlation = np.fft.irfft(spectrum)[: len(part) // 2]
    first = int(np.argmax(correlation < 0))
    lag = first + int(np.argmax(correlation[first:]))
    left, middle, right = correlation[lag - 1 : lag + 2]
    return float(SAMPLE_RATE / (lag + 0.5 * (left - right) / (left - 2 * middle + right)))


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("pitch", [45, 57, 69])
def test_every_instrument_is_in_tune(name: str, pitch: int) -> None:
    cents = 1200 * np.log2(fundamental(tone(name, pitch, 500)) / (440 * 2 ** ((pitch - 69) / 12)))
    assert abs(cents) < 25  # vibrato and detuning included


@pytest.mark.parametrize("name", VOICES)
def test_a_tone_is_sound_that_begins_and_ends_in_silence(name: str) -> None:
    samples = tone(name, 60, 400)
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert 0.1 < np.abs(samples).max() <= 1.6
    assert len(samples) >= 0.4 * SAMPLE_RATE
    assert np.abs(samples[-20:]).max() < 0.05


def test_a_longer_key_press_is_a_longer_tone() -> None:
    assert len(tone("organ", 60, 800)) - len(tone("organ", 60, 400)) == 0.4 * SAMPLE_RATE


def test_nothing_sounds_above_half_the_sample_rate() -> None:
    """A saw of 3 kHz would fold back to a low frequency, were its harmonics not cut."""
    spectrum = np.abs(np.fft.rfft(tone("saw", 102, 500)))
    hertz = np.fft.rfftfreq(len(tone("saw", 102, 500)), 1 / SAMPLE_RATE)
    assert spectrum[hertz < 2_000].max() < 0.02 * spectrum.max()
