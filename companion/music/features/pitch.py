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
from companion.music.features.spectrum import WINDOW, hann

Integers = NDArray[np.integer[Any]]

LOW_HZ = 65.0
HIGH_HZ = 1_000.0
VOICED = 0.5  # the least normalised autocorrelation of a voiced frame
SHORTEST_LAG = int(SAMPLE_RATE / HIGH_HZ)
LONGEST_LAG = int(SAMPLE_RATE / LOW_HZ) + 1
OCTAVE_COST = 0.05  # what an octave lower must win by: favours the true period over its double
STRIDE = 2  # every other frame is enough for a range
STEPS = (0.1, 0.8, 4.5)  # semitones: a held note, a glide or vibrato, a step, a leap
HELD = 0.7  # semitones that a note may waver by from frame to frame
RANGE_ROWS = ("low", "high", "median", "spread", "voiced", "periodicity")
MELODY_ROWS = (
    *("periodicity spread", "held", "gliding", "stepping", "leaping", "note", "long note"),
    *("periodicity 10 %", "periodicity 50 %", "periodicity 90 %"),
)


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


def range_row(hertz: Floats, strength: Floats) -> Floats:
    """RANGE_ROWS: octaves over 220 Hz, the share of voiced frames, how periodic all are."""
    voiced = hertz[strength >= VOICED]
    octaves = np.log2(voiced / 220.0) if len(voiced) else np.zeros(1)
    low, high, middle = np.percentile(octaves, [5, 95, 50])
    share = (strength >= VOICED).mean()
    return np.array([low, high, middle, octaves.std(), share, strength.mean()])


def melody_row(hertz: Floats, strength: Floats) -> Floats:
    """MELODY_ROWS: how the pitch moves from frame to frame, and how long notes are held."""
    steps = np.abs(np.diff(np.log2(hertz))) * 12
    voiced = strength >= VOICED
    both = voiced[1:] & voiced[:-1]
    heard = steps[both] if both.any() else np.zeros(1)
    kinds = np.bincount(np.digitize(heard, STEPS), minlength=len(STEPS) + 1) / len(heard)
    breaks = np.flatnonzero(np.concatenate([[True], (steps > HELD) | ~both, [True]]))
    notes = np.diff(breaks)
    return np.array(
        [
            strength.std(),
            *kinds,
            np.log(notes.mean()),
            np.log(np.percentile(notes, 90)),
            *np.percentile(strength, [10, 50, 90]),
        ]
    )


def _peaks(periodic: Floats) -> Floats:
    """The lags in question, with all that is no local peak put to -1."""
    here = periodic[:, SHORTEST_LAG : LONGEST_LAG + 1]
    before = periodic[:, SHORTEST_LAG - 1 : LONGEST_LAG]
    after = periodic[:, SHORTEST_LAG + 1 : LONGEST_LAG + 2]
    return np.where((here >= before) & (here > after), here, np.float32(-1))


def _vertex(periodic: Floats, rows: Integers, lag: Integers) -> Floats:
    """Return the vertex of the parabola through a peak and its neighbours, in lags."""
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
