from __future__ import annotations

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.music.decode import SAMPLE_RATE
from companion.music.features import extract as features
from companion.music.features import harmony, pitch, rhythm, shape, spectrum
from tests.music.sounds import RATE, chord, clicks, noise, tone

pytestmark = pytest.mark.slow


def statistic(wave: np.ndarray, name: str) -> float:
    return float(features.extract(wave).statistics[features.STATISTICS.index(name)])


def test_the_shapes_are_those_of_the_definition() -> None:
    seen = features.extract(noise(30.0))
    assert seen.image.shape == (features.STEPS, len(features.IMAGE_ROWS))
    assert seen.statistics.shape == (len(features.STATISTICS),)
    assert seen.image.dtype == seen.statistics.dtype == np.float32


def test_no_name_stands_twice() -> None:
    assert len(set(features.STATISTICS)) == len(features.STATISTICS)


def test_the_mfcc_are_those_of_librosa() -> None:
    wave = noise(5.0)
    wave /= np.sqrt(np.mean(wave**2))
    theirs = librosa.feature.mfcc(
        y=wave, sr=SAMPLE_RATE, n_mfcc=features.N_MFCC, n_mels=spectrum.MELS, fmax=spectrum.TOP_HZ
    )
    means = features.extract(wave).statistics[: features.N_MFCC]
    assert np.allclose(means, theirs.mean(axis=1), atol=0.2)


def row(group: str, name: str, names: tuple[str, ...]) -> str:
    return f"{group} {names.index(name)}"


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        (row("band rhythm", "tempo", rhythm.BAND_ROWS), clicks(150), clicks(75)),
        (row("band rhythm", "onset rate", rhythm.BAND_ROWS), clicks(180), clicks(60)),
        (row("pitch range", "low", pitch.RANGE_ROWS), tone(440), tone(110)),
        (row("pitch range", "high", pitch.RANGE_ROWS), tone(660), tone(220)),
        (row("pitch range", "voiced", pitch.RANGE_ROWS), tone(220), noise()),
        (row("shape mean", "flatness", shape.ROWS), noise(), tone(220)),
        (row("shape mean", "centroid", shape.ROWS), noise(), tone(220)),
        (row("shape change", "loudness", shape.ROWS), clicks(180), tone(220)),
        (row("key", "peak", harmony.KEY_ROWS), tone(220, partials=1), noise()),
        (row("chords", "major", harmony.CHORD_ROWS), chord([262, 330, 392]), noise()),
        ("contrast mean 3", tone(220, partials=30), noise()),
        ("mfcc drift 0", np.concatenate([noise(), 0.01 * noise()]), noise(10.0)),
    ],
)
def test_a_statistic_says_what_its_name_says(name: str, more: np.ndarray, less: np.ndarray) -> None:
    assert statistic(more, name) > statistic(less, name)


def test_every_group_has_the_size_that_it_says() -> None:
    assert len(features.extract(clicks(120)).statistics) == sum(features.GROUPS.values())
    assert {name.rsplit(" ", 1)[0] for name in features.STATISTICS} == set(features.GROUPS)


def test_correlations_lie_in_their_range() -> None:
    seen = features.extract(clicks(120) + tone(220, 15.0)).statistics
    named = dict(zip(features.STATISTICS, seen, strict=True))
    correlations = [value for name, value in named.items() if name.startswith("mfcc corr")]
    assert np.abs(correlations).max() <= 1 + 1e-4


@pytest.mark.parametrize("gain", [0.01, 0.5, 3.0])
def test_how_loud_the_file_is_does_not_matter(gain: float) -> None:
    wave = tone(220) + clicks(120, 5.0)
    plain, scaled = features.extract(wave), features.extract(wave * np.float32(gain))
    assert np.allclose(plain.statistics, scaled.statistics, rtol=1e-2, atol=0.05)
    assert np.allclose(plain.image, scaled.image, atol=0.05)


def test_a_short_clip_is_repeated() -> None:
    image = features.extract(clicks(120, 3.0)).image
    whole = 3 * RATE // spectrum.HOP // features.FRAMES_PER_STEP
    assert image.shape[0] == features.STEPS
    assert np.array_equal(image[:whole], image[whole : 2 * whole])


def test_tempo_and_pitch_are_reported() -> None:
    seen = features.extract(tone(220, 5.0) + clicks(100, 5.0))
    assert seen.tempo == pytest.approx(100, rel=0.05)
    assert seen.pitch.low_hz == pytest.approx(220, rel=0.1)


@settings(max_examples=8, deadline=None)
@given(st.floats(3, 30), st.integers(-6, 0), st.integers(0, 2**32 - 1))
def test_any_sound_gives_finite_features(seconds: float, power: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    wave = (random.standard_normal(int(seconds * RATE)) * 10.0**power).astype(np.float32)
    seen = features.extract(wave)
    assert np.isfinite(seen.image).all()
    assert np.isfinite(seen.statistics).all()


def test_a_click_in_silence_gives_finite_features() -> None:
    wave = np.zeros(5 * RATE, np.float32)
    wave[1000] = 0.9
    seen = features.extract(wave)
    assert np.isfinite(seen.statistics).all()
