from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import PitchRange
from companion.music.features.pitch import (
    MELODY_ROWS,
    RANGE_ROWS,
    melody_row,
    pitch_range,
    pitch_track,
    range_row,
)
from companion.music.features.spectrum import power_spectrum
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


def melody(wave: np.ndarray) -> dict[str, float]:
    row = melody_row(*pitch_track(power_spectrum(wave)))
    return dict(zip(MELODY_ROWS, map(float, row), strict=True))


def notes(*hertz: float, seconds: float = 0.5) -> np.ndarray:
    return np.concatenate([tone(each, seconds) for each in hertz * 4])


def test_a_held_tone_is_one_long_note() -> None:
    held, played = melody(tone(220)), melody(notes(220, 247, 262, 294))
    assert held["held"] > 0.99
    assert held["long note"] > played["long note"] + 1
    assert played["stepping"] > held["stepping"]


def test_leaps_are_no_steps() -> None:
    stepping, leaping = melody(notes(220, 247)), melody(notes(220, 440))
    assert stepping["stepping"] > stepping["leaping"]
    assert leaping["leaping"] > leaping["stepping"]


def test_the_kinds_of_steps_are_shares() -> None:
    kinds = melody(notes(220, 330, 247))
    total = sum(kinds[name] for name in ("held", "gliding", "stepping", "leaping"))
    assert total == pytest.approx(1)


def test_the_range_is_in_octaves_over_220_hz() -> None:
    row = range_row(*pitch_track(power_spectrum(tone(440))))
    named = dict(zip(RANGE_ROWS, row, strict=True))
    assert named["median"] == pytest.approx(1, abs=0.02)
    assert named["voiced"] > 0.9


@pytest.mark.parametrize("wave", [np.zeros(3 * RATE, np.float32), noise()])
def test_what_has_no_pitch_has_rows(wave: np.ndarray) -> None:
    track = pitch_track(power_spectrum(wave))
    assert np.isfinite(range_row(*track)).all()
    assert np.isfinite(melody_row(*track)).all()
