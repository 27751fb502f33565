from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import PitchRange
from companion.music.pitch import pitch_range, pitch_track
from companion.music.spectrum import power_spectrum
from tests.music.sounds import RATE, noise, tone


@pytest.mark.parametrize("hertz", [70, 110, 146.8, 220, 440, 659.3, 900])
@pytest.mark.parametrize("partials", [1, 6])
def test_the_pitch_of_a_tone(hertz: float, partials: int) -> None:
    track, strength = pitch_track(power_spectrum(tone(hertz, partials=partials)))
    assert np.median(track) == pytest.approx(hertz, rel=0.02)
    assert np.median(strength) > 0.9


def test_a_missing_fundamental_is_heard() -> None:
    time = np.arange(3 * RATE) / RATE
    wave = sum(np.sin(2 * np.pi * 200 * k * time) for k in (3, 4, 5, 6))
    track, _ = pitch_track(power_spectrum(np.asarray(wave, np.float32)))
    assert np.median(track) == pytest.approx(200, rel=0.02)


def test_a_glide_gives_its_range() -> None:
    time = np.arange(6 * RATE) / RATE
    hertz = 150 * 2 ** (time / 6 * 2)  # two octaves up
    wave = np.sin(2 * np.pi * np.cumsum(hertz) / RATE).astype(np.float32)
    found = pitch_range(*pitch_track(power_spectrum(wave)))
    assert found.low_hz == pytest.approx(150 * 2**0.1, rel=0.05)
    assert found.high_hz == pytest.approx(150 * 2**1.9, rel=0.05)
    assert found.voiced > 0.9


def test_noise_is_hardly_voiced() -> None:
    assert pitch_range(*pitch_track(power_spectrum(noise()))).voiced < 0.1


def test_silence_has_no_pitch() -> None:
    track, strength = pitch_track(power_spectrum(np.zeros(3 * RATE, np.float32)))
    assert np.isfinite(track).all()
    assert pitch_range(track, strength) == PitchRange(0, 0, 0)


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-3, 1), st.floats(80, 900))
def test_loudness_does_not_matter(gain: float, hertz: float) -> None:
    loud = power_spectrum(tone(hertz, 1.0))
    quiet = power_spectrum(tone(hertz, 1.0) * np.float32(gain))
    assert np.allclose(pitch_track(loud)[0], pitch_track(quiet)[0], rtol=0.02)
