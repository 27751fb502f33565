from __future__ import annotations

import librosa
import numpy as np
import pytest

from companion.music.features import shape, spectrum
from tests.music.sounds import RATE, noise, tone


def rows_of(wave: np.ndarray) -> dict[str, np.ndarray]:
    power = spectrum.power_spectrum(wave)
    rows = shape.spectral_shape(spectrum.audible(power), spectrum.mel_decibels(power))
    return dict(zip(shape.ROWS, rows[5:-5].T, strict=True))


def mean(wave: np.ndarray, name: str) -> float:
    return float(rows_of(wave)[name].mean())


@pytest.mark.slow  # librosa compiles for seconds
def test_the_centroid_is_that_of_librosa() -> None:
    wave = noise()
    magnitude = np.sqrt(spectrum.audible(spectrum.power_spectrum(wave))).T
    theirs = librosa.feature.spectral_centroid(
        S=magnitude, freq=spectrum.frequencies()[: len(magnitude)]
    )[0, 5:-5]
    assert np.allclose(rows_of(wave)["centroid"], np.log2(theirs / 1_000 + 0.01), atol=1e-3)


def test_the_spread_is_that_of_librosa() -> None:
    wave = noise()
    magnitude = np.sqrt(spectrum.audible(spectrum.power_spectrum(wave))).T
    theirs = librosa.feature.spectral_bandwidth(
        S=magnitude, freq=spectrum.frequencies()[: len(magnitude)]
    )[0, 5:-5]
    assert np.allclose(rows_of(wave)["spread"], np.log2(theirs / 1_000), atol=1e-2)


@pytest.mark.parametrize("hertz", [300, 1_000, 4_000])
def test_half_of_a_tone_lies_under_it(hertz: float) -> None:
    found = 1_000 * (2 ** mean(tone(hertz, partials=1), "rolloff 50%") - 0.02)
    assert found == pytest.approx(hertz, abs=15)


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        ("flatness", noise(), tone(220)),
        ("entropy", noise(), tone(220)),
        ("centroid", tone(2_000), tone(200)),
        ("spread", noise(), tone(220, partials=1)),
        ("skewness", tone(200), tone(6_000, partials=1)),
        ("kurtosis", tone(2_000, partials=1), noise()),
        ("turnover", noise(), tone(220)),
        ("loudness", 2 * noise(), noise()),
    ],
)
def test_a_row_says_what_its_name_says(name: str, more: np.ndarray, less: np.ndarray) -> None:
    assert mean(more, name) > mean(less, name)


def test_rolloffs_rise_with_their_share() -> None:
    rows = rows_of(noise())
    names = [name for name in shape.ROWS if name.startswith("rolloff")]
    assert np.all(np.diff([rows[name].mean() for name in names]) > 0)


def test_what_lies_above_the_top_does_not_matter() -> None:
    transformed = np.fft.rfft(noise())
    transformed[np.fft.rfftfreq(5 * RATE, 1 / RATE) > spectrum.TOP_HZ + 200] = 0
    dull = np.fft.irfft(transformed).astype(np.float32)
    for name in ("centroid", "skewness", "flatness", "entropy"):
        assert mean(dull, name) == pytest.approx(mean(noise(), name), abs=0.05)


def test_silence_gives_finite_rows() -> None:
    assert all(np.isfinite(row).all() for row in rows_of(np.zeros(3 * RATE, np.float32)).values())
