"""Which pitch classes sound, how clear the key is, and whether it is major or minor."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import fft
from scipy.signal import get_window

from companion.music.decode import SAMPLE_RATE, Floats

WINDOW = 8_192  # samples: fine enough to part semitones from 100 Hz on
HOP = 4_096
LOW_HZ = 100.0
HIGH_HZ = 2_000.0
LOG_SCALE = 100.0
TUNINGS = 3  # bins to a semitone, of which the loudest third is kept

# Probe-tone ratings of C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in
# perceived tonal organization", Psychological Review 89, 1982, from the tonic upwards.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def magnitudes(waveform: Floats) -> Floats:
    """(samples,) to (frames, bins): the spectrum in long windows."""
    padded = np.pad(waveform, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    window = get_window("hann", WINDOW).astype(np.float32)
    kept: Floats = np.abs(fft.rfft(frames * window, axis=1)[:, : _last_bin()])
    return kept


def peaks(magnitude: Floats) -> Floats:
    """The local peaks of each frame, on a logarithmic scale; 0 between them."""
    level = np.log1p(LOG_SCALE * magnitude / (magnitude.max() + np.float32(1e-9)))
    middle = level[:, 1:-1]
    tops = middle * ((middle > level[:, :-2]) & (middle >= level[:, 2:]))
    return np.pad(tops, ((0, 0), (1, 1)))


def chromagram(magnitude: Floats) -> Floats:
    """(frames, bins) to (frames, 12) from C upwards: shares of the magnitude that sum to 1.

    The tuning is the third of a semitone that holds most over the clip.
    """
    fine = magnitude @ _pitch_classes()
    thirds = fine.reshape(len(fine), 12, TUNINGS)
    tuned = thirds[:, :, thirds.sum(axis=(0, 1)).argmax()]
    shares: Floats = tuned / (tuned.sum(axis=1, keepdims=True) + np.float32(1e-6))
    return shares


def key_strengths(chroma: Floats) -> tuple[Floats, Floats]:
    """The fit of a mean chroma (12,) to each key: two (12,) of correlations, major and minor."""

    def fit(profile: tuple[float, ...]) -> Floats:
        rotated = np.stack([np.roll(profile, tonic) for tonic in range(12)])
        correlations: Floats = _standard(rotated) @ _standard(chroma) / 12
        return correlations

    return fit(MAJOR), fit(MINOR)


def _standard(values: Floats) -> Floats:
    centred = values - values.mean(axis=-1, keepdims=True)
    standard: Floats = centred / (centred.std(axis=-1, keepdims=True) + 1e-9)
    return standard


@lru_cache(maxsize=1)
def _pitch_classes() -> Floats:
    """(bins, 12 * TUNINGS): which bin belongs to which part of which pitch class."""
    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[: _last_bin()]
    inside = (hertz >= LOW_HZ) & (hertz <= HIGH_HZ)
    semitones = 12 * np.log2(np.where(inside, hertz, LOW_HZ) / 440.0) + 9  # C is 0
    part = np.floor((semitones + 0.5) * TUNINGS).astype(int) % (12 * TUNINGS)
    belongs = np.eye(12 * TUNINGS, dtype=np.float32)[part]
    filters: Floats = belongs * inside[:, None].astype(np.float32)
    return filters


def _last_bin() -> int:
    return int(HIGH_HZ * WINDOW / SAMPLE_RATE) + 3
