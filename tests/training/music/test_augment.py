from __future__ import annotations

import numpy as np
import pytest
from training.music.augment import (
    LONGEST_S,
    SHORTEST_S,
    SPEED_OCTAVES,
    augment,
    change_speed,
    crop,
    equalise,
    limit_band,
    recode,
)

from tests.music.sounds import RATE, clicks, noise, tone

LONG = tone(440, 30.0, partials=1)


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def level_over(wave: np.ndarray, hertz: float) -> float:
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float(power[np.fft.rfftfreq(len(wave), 1 / RATE) > hertz].sum() / power.sum())


@pytest.mark.parametrize("seed", range(12))
def test_any_copy_is_a_clip_of_its_own(seed: int) -> None:
    wave = clicks(120, 30.0) + LONG
    copy = augment(wave, random(seed))
    assert copy.dtype == np.float32
    assert SHORTEST_S * 0.9 < len(copy) / RATE < LONGEST_S * 1.1
    assert np.isfinite(copy).all()
    assert np.abs(copy).max() < 1.5
    assert np.array_equal(copy, augment(wave, random(seed)))


@pytest.mark.parametrize("seconds", [3.0, 17.0])
def test_a_short_clip_is_kept_whole(seconds: float) -> None:
    assert len(crop(noise(seconds), random())) == int(seconds * RATE)


def test_crops_begin_anywhere() -> None:
    firsts = {float(crop(np.arange(30.0 * RATE), random(seed))[0]) for seed in range(8)}
    assert len(firsts) == 8


@pytest.mark.parametrize("seed", range(5))
def test_the_pitch_moves_with_the_tempo_and_but_a_little(seed: int) -> None:
    changed = change_speed(LONG, random(seed))
    hertz = np.abs(np.fft.rfft(changed * np.hanning(len(changed)))).argmax() * RATE / len(changed)
    assert hertz / 440 == pytest.approx(len(LONG) / len(changed), rel=1e-3)
    assert abs(np.log2(hertz / 440)) <= SPEED_OCTAVES + 1e-3


def test_the_equaliser_bends_the_spectrum_only() -> None:
    first, second = (equalise(noise(), random(seed)) for seed in (0, 1))
    assert len(first) == len(noise())
    assert not np.allclose(first, second)
    change = 20 * np.log10(np.abs(np.fft.rfft(first)) / np.abs(np.fft.rfft(noise())))
    assert np.abs(change).max() < 8


def test_nothing_is_left_over_the_edge() -> None:
    assert level_over(limit_band(noise(), 7_000), 8_500) < 1e-4 < level_over(noise(), 8_500)


@pytest.mark.parametrize(("codec", "quality"), [("opus", 0.9), ("mp3", 0.5), ("mp3", 0.9)])
def test_a_codec_changes_how_it_is_coded_but_not_what_sounds(codec: str, quality: float) -> None:
    wave = 0.2 * clicks(120) + tone(440, 15.0)
    coded = recode(wave, codec, quality)
    assert len(coded) == pytest.approx(len(wave), abs=3_000)
    hertz = np.abs(np.fft.rfft(coded)).argmax() * RATE / len(coded)
    assert hertz == pytest.approx(440, abs=1)
