"""The fundamental frequency over time, from the autocorrelation of each frame.

P. Boersma, "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17, 1993: the
autocorrelation of the windowed frame, divided by that of the window (equation 9).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from companion.affect import PitchRange
from companion.music.decode import SAMPLE_RATE, Floats
from companion.music.spectrum import WINDOW, hann

Integers = NDArray[np.integer[Any]]

LOW_HZ = 65.0
HIGH_HZ = 1_000.0
VOICED = 0.5  # the least normalised autocorrelation of a voiced frame
SHORTEST_LAG = int(SAMPLE_RATE / HIGH_HZ)
LONGEST_LAG = int(SAMPLE_RATE / LOW_HZ) + 1
OCTAVE_COST = 0.05  # what an octave lower must win by: favours the true period over its double
STRIDE = 2  # every other frame is enough for a range


def pitch_track(power: Floats) -> tuple[Floats, Floats]:
    """The fundamental frequency of every other frame.

    Args:
        power: (frames, bins), the squared magnitudes.

    Returns:
        Two arrays of (frames / 2,): the frequency in Hz, and how periodic the frame is
        at it, in about [0, 1].
    """
    correlation = fft.irfft(power[::STRIDE], n=WINDOW, axis=1)[:, : LONGEST_LAG + 2]
    floor = np.float32(np.finfo(np.float32).tiny)
    periodic = correlation / (correlation[:, :1] + floor) / _window_correlation()
    candidates = _peaks(periodic) - _octave_cost()
    best = candidates.argmax(axis=1) + SHORTEST_LAG
    rows = np.arange(len(periodic))
    hertz = SAMPLE_RATE / (best + _vertex(periodic, rows, best))
    return hertz, np.clip(periodic[rows, best], 0, 1)


def pitch_range(hertz: Floats, strength: Floats) -> PitchRange:
    """The 5th and 95th percentile over the voiced frames, and their share."""
    voiced = strength >= VOICED
    if not voiced.any():
        return PitchRange(0.0, 0.0, 0.0)
    low, high = np.percentile(hertz[voiced], [5, 95])
    return PitchRange(float(low), float(high), float(voiced.mean()))


def _peaks(periodic: Floats) -> Floats:
    """The lags in question, with all that is no local peak put to -1."""
    here = periodic[:, SHORTEST_LAG : LONGEST_LAG + 1]
    before = periodic[:, SHORTEST_LAG - 1 : LONGEST_LAG]
    after = periodic[:, SHORTEST_LAG + 1 : LONGEST_LAG + 2]
    return np.where((here >= before) & (here > after), here, np.float32(-1))


def _vertex(periodic: Floats, rows: Integers, lag: Integers) -> Floats:
    """Where the parabola through a peak and its neighbours culminates, in lags."""
    left, peak, right = (periodic[rows, lag + step] for step in (-1, 0, 1))
    curve = left - 2 * peak + right
    return np.where(curve < 0, 0.5 * (left - right) / np.minimum(curve, -1e-6), 0).clip(-0.5, 0.5)


@lru_cache(maxsize=1)
def _window_correlation() -> Floats:
    correlation = fft.irfft(abs(fft.rfft(hann(), n=2 * WINDOW)) ** 2)[: LONGEST_LAG + 2]
    normalised: Floats = correlation / correlation[0]
    return normalised


@lru_cache(maxsize=1)
def _octave_cost() -> Floats:
    lags = np.arange(SHORTEST_LAG, LONGEST_LAG + 1, dtype=np.float32)
    return np.float32(OCTAVE_COST) * np.log2(lags / SHORTEST_LAG)
