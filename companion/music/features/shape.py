"""The outline of each frame's spectrum: level, centre, width, slope, and how it moves.

G. Peeters, "A large set of audio features for sound description", IRCAM 2004, chapter 6.
"""

from __future__ import annotations

import numpy as np

from companion.music.decode import Floats
from companion.music.features import rhythm
from companion.music.features.spectrum import frequencies

ROLLOFFS = (0.5, 0.85, 0.95)
ROWS = (
    *("loudness", "centroid", "spread", "skewness", "kurtosis"),
    *(f"rolloff {share:.0%}" for share in ROLLOFFS),
    *("flatness", "entropy", "flux", "turnover"),
)
KHZ = 1_000.0


def spectral_shape(audible: Floats, mel: Floats) -> Floats:
    """(frames, bins) power under TOP_HZ and (frames, mels) decibels to (frames, len(ROWS)).

    Frequencies are in octaves over 1 kHz, levels in decibels, entropy in bits.
    """
    total = audible.sum(axis=1)
    magnitude = np.sqrt(audible)
    magnitude /= magnitude.sum(axis=1, keepdims=True)
    share = audible / total[:, None]
    columns = [
        10 * np.log10(total),
        *_moments(magnitude),
        *_rolloffs(share),
        10 * (np.log10(audible).mean(axis=1) - np.log10(audible.mean(axis=1))),
        -(share * np.log2(share)).sum(axis=1),
        rhythm.onset_strength(mel),
        np.abs(np.diff(magnitude, axis=0, prepend=magnitude[:1])).sum(axis=1),
    ]
    return np.stack(columns, axis=1)


def _moments(magnitude: Floats) -> list[Floats]:
    """Of the magnitudes as a distribution over frequency: centre, width, skewness, kurtosis."""
    khz = frequencies()[: magnitude.shape[1]] / KHZ
    first, second, third, fourth = (magnitude @ np.stack([khz**k for k in (1, 2, 3, 4)], axis=1)).T
    width = np.sqrt(np.maximum(second - first**2, 1e-4))
    skewness = (third - 3 * first * second + 2 * first**3) / width**3
    kurtosis = (fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4) / width**4
    return [np.log2(first + 0.01), np.log2(width), skewness, kurtosis]


def _rolloffs(share: Floats) -> list[Floats]:
    """The frequencies under which so much of the power lies."""
    below = np.cumsum(share, axis=1)
    khz = frequencies()[: share.shape[1]] / KHZ
    places = [np.minimum((below < part).sum(axis=1), len(khz) - 1) for part in ROLLOFFS]
    return [np.log2(khz[place] + 0.02) for place in places]
