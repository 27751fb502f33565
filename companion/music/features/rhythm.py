"""Onsets and tempo, from how the mel spectrum rises."""

from __future__ import annotations

import numpy as np
from scipy import fft
from scipy.signal import find_peaks
from scipy.stats import skew

from companion.music.decode import Floats
from companion.music.features.spectrum import FRAME_RATE

USUAL_BPM = 120.0
SPREAD_OCTAVES = 1.0
SLOWEST_BPM = 40.0
FASTEST_BPM = 240.0
ONSET_GAP_S = 0.07
ONSET_HEIGHT = 0.5  # standard deviations over the mean of the strength
BANDS = (slice(None), slice(0, 10), slice(10, 35), slice(35, None))  # of the mel spectrum
LAGS = 24  # of the tempogram, spaced evenly in octaves
LAG_FRAMES = (8, 172)  # 0.19 to 4 s
BAND_ROWS = ("onset rate", "unevenness", "pulse", "skewness", "strength", "tempo", "clarity")


def onset_strength(mel: Floats) -> Floats:
    """(frames, mels) decibels to (frames,): the mean rise since the frame before, in dB."""
    rise = np.maximum(0, np.diff(mel, axis=0, prepend=mel[:1]))
    strength: Floats = rise.mean(axis=1)
    return strength


def onset_rate(strength: Floats) -> float:
    """Onsets per second: the peaks that stand out of the strength."""
    height = strength.mean() + ONSET_HEIGHT * strength.std()
    peaks, _ = find_peaks(strength, height=height, distance=round(ONSET_GAP_S * FRAME_RATE))
    return len(peaks) * FRAME_RATE / len(strength)


def tempo(strength: Floats) -> tuple[float, float]:
    """The tempo, and how clear the pulse is.

    The best lag of the strength's autocorrelation, weighted by a log-normal prior
    (D. P. W. Ellis, "Beat tracking by dynamic programming", JNMR 36(1), 2007, equation 8).

    Returns:
        Beats per minute in [40, 240], and the normalised autocorrelation there in [-1, 1];
        (120, 0) where the strength is constant.
    """
    correlation = _autocorrelation(strength)
    if correlation[0] <= 0:
        return USUAL_BPM, 0.0
    shortest = int(np.ceil(60 * FRAME_RATE / FASTEST_BPM))
    longest = min(int(60 * FRAME_RATE / SLOWEST_BPM), len(strength) // 2)
    lags = np.arange(shortest, longest + 1)
    octaves = np.log2(60 * FRAME_RATE / lags / USUAL_BPM)
    weighted = correlation[lags] * np.exp(-0.5 * (octaves / SPREAD_OCTAVES) ** 2)
    lag = lags[weighted.argmax()]
    left, peak, right = correlation[lag - 1 : lag + 2]
    curve = left - 2 * peak + right
    vertex = 0.5 * (left - right) / curve if curve < 0 else 0.0
    bpm = 60 * FRAME_RATE / (lag + np.clip(vertex, -0.5, 0.5))
    return float(np.clip(bpm, SLOWEST_BPM, FASTEST_BPM)), float(peak / correlation[0])


def band_rhythm(mel: Floats) -> tuple[Floats, Floats]:
    """The rhythm of the whole spectrum, and of its low, middle and high part.

    Returns:
        The tempogram (len(BANDS), LAGS), the highest autocorrelation about each lag (P.
        Grosche et al., "Cyclic tempogram", ICASSP 2010); and (len(BANDS), len(BAND_ROWS)).
    """
    strengths = [onset_strength(mel[:, band]) for band in BANDS]
    return (
        np.stack([_tempogram(strength) for strength in strengths]),
        np.stack([_band_row(strength) for strength in strengths]),
    )


def _tempogram(strength: Floats) -> Floats:
    correlation = _normalised(strength)
    edges = np.geomspace(*LAG_FRAMES, LAGS + 1)
    spans = zip(edges[:-1].astype(int), np.ceil(edges[1:]).astype(int) + 1, strict=True)
    return np.array([correlation[low:high].max(initial=-1) for low, high in spans])


def _band_row(strength: Floats) -> Floats:
    bpm, clarity = tempo(strength)
    centred = strength - strength.mean()
    return np.array(
        [
            onset_rate(strength),
            strength.std() / (strength.mean() + 1e-6),
            _normalised(strength)[slice(*LAG_FRAMES)].max(initial=-1),
            skew(strength) if centred.any() else 0.0,
            np.log(strength.mean() + 1e-3),
            np.log2(bpm / USUAL_BPM),
            clarity,
        ]
    )


def _normalised(strength: Floats) -> Floats:
    correlation = _autocorrelation(strength)
    normalised: Floats = correlation / (correlation[0] + 1e-9)
    return normalised


def _autocorrelation(strength: Floats) -> Floats:
    centred = (strength - strength.mean()).astype(np.float64)
    spectrum = fft.rfft(centred, n=2 * len(centred))
    correlation: Floats = fft.irfft(spectrum.real**2 + spectrum.imag**2)[: len(centred)]
    return correlation
