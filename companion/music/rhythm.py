"""Onsets and tempo, from how the mel spectrum rises."""

from __future__ import annotations

import numpy as np
from scipy import fft
from scipy.signal import find_peaks

from companion.music.decode import Floats
from companion.music.spectrum import FRAME_RATE

USUAL_BPM = 120.0
SPREAD_OCTAVES = 1.0
SLOWEST_BPM = 40.0
FASTEST_BPM = 240.0
ONSET_GAP_S = 0.07
ONSET_HEIGHT = 0.5  # standard deviations over the mean of the strength


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


def _autocorrelation(strength: Floats) -> Floats:
    centred = (strength - strength.mean()).astype(np.float64)
    spectrum = fft.rfft(centred, n=2 * len(centred))
    correlation: Floats = fft.irfft(spectrum.real**2 + spectrum.imag**2)[: len(centred)]
    return correlation
