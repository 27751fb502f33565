"""Keys, chords and intervals: what the pitch classes say about mode, tension and change."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import uniform_filter1d

from companion.music.decode import Floats
from companion.music.features import tonality

# Semitones over the root.
CHORDS = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "suspended": (0, 5, 7),
    "dominant seventh": (0, 4, 7, 10),
    "minor seventh": (0, 3, 7, 10),
    "major seventh": (0, 4, 7, 11),
}
SMOOTH = 5  # frames, 0.9 s
PARTS = 4  # of the clip, whose keys are looked for one by one
KEY_ROWS = ("major", "minor", "mode", "clarity", "change", "peak")
CHORD_ROWS = (
    *CHORDS,
    *("mostly major", "major over minor", "fit spread", "changes", "kinds", "first", "first four"),
    *("mode of parts", "mode spread", "clarity of parts", "entropy", "entropy of frames"),
)
INTERVALS = 20
TONNETZ = 11


def key_row(chroma: Floats) -> Floats:
    """KEY_ROWS of (frames, 12): mode and clarity of the key, and how the chroma moves."""
    major, minor = tonality.key_strengths(chroma.mean(axis=0))
    both = np.sort(np.concatenate([major, minor]))
    return np.array(
        [
            major.max(),
            minor.max(),
            major.max() - minor.max(),
            both[-1] - both[-2],
            np.abs(np.diff(chroma, axis=0)).sum(axis=1).mean(),
            chroma.max(axis=1).mean(),
        ]
    )


def degrees(chroma: Floats) -> Floats:
    """The mean chroma (12,), turned so that it begins with the tonic."""
    mean = chroma.mean(axis=0)
    turned: Floats = np.roll(mean, -int(np.maximum(*tonality.key_strengths(mean)).argmax()))
    return turned


def chord_row(chroma: Floats) -> Floats:
    """CHORD_ROWS of (frames, 12): which chords sound, how often they change, how sure."""
    fits = _chord_fits(uniform_filter1d(chroma, SMOOTH, axis=0, mode="constant"))
    best = fits.max(axis=2)
    triads = fits[:, :2].reshape(len(fits), -1)
    counts = np.sort(np.bincount(triads.argmax(axis=1), minlength=24))[::-1] / len(triads)
    keys = [tonality.key_strengths(part.mean(axis=0)) for part in np.array_split(chroma, PARTS)]
    modes = [major.max() - minor.max() for major, minor in keys]
    return np.array(
        [
            *best.mean(axis=0),
            (best[:, 0] > best[:, 1]).mean(),
            (best[:, 0] - best[:, 1]).mean(),
            triads.max(axis=1).std(),
            (np.diff(triads.argmax(axis=1)) != 0).mean(),
            (counts > 0).mean(),
            counts[0],
            counts[:4].sum(),
            np.mean(modes),
            np.std(modes),
            np.mean([np.maximum(*key).max() for key in keys]),
            _entropy(chroma.mean(axis=0)),
            _entropy(chroma).mean(),
        ]
    )


def interval_row(chroma: Floats) -> Floats:
    """(INTERVALS,): how strongly pitch classes so many semitones apart sound together.

    Six of the mean chroma, then the means and the deviations of seven over the frames.
    """
    mean = chroma.mean(axis=0)
    together = np.stack([(chroma * np.roll(chroma, k, axis=1)).sum(axis=1) for k in range(7)])
    overall = [(mean * np.roll(mean, k)).sum() for k in range(1, 7)]
    return np.concatenate([overall, together.mean(axis=1), together.std(axis=1)])


def tonnetz_row(chroma: Floats) -> Floats:
    """(TONNETZ,): how far the chroma leans in the circles of fifths and of thirds.

    C. Harte et al., "Detecting harmonic change in musical audio", ACM AMCMM 2006, section 3:
    the mean and deviation of the three radii, those of the mean, and how fast it moves.
    """
    places = chroma @ _circles()
    radii = _radii(places)
    moves = np.linalg.norm(np.diff(places, axis=0), axis=1)
    steady = _radii(places.mean(axis=0))
    return np.concatenate(
        [radii.mean(axis=0), radii.std(axis=0), steady, [moves.mean(), moves.std()]]
    )


def _radii(places: Floats) -> Floats:
    return np.hypot(places[..., ::2], places[..., 1::2])


def _chord_fits(chroma: Floats) -> Floats:
    """(frames, 12) to (frames, chords, 12): the correlation with each chord on each root."""
    centred = chroma - chroma.mean(axis=1, keepdims=True)
    unit = centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9)
    fits: Floats = np.einsum("tc,kc->tk", unit, _templates())
    return fits.reshape(len(chroma), len(CHORDS), 12)


def _entropy(shares: Floats) -> Floats:
    nats: Floats = -(shares * np.log(shares + 1e-9)).sum(axis=-1)
    return nats


@lru_cache(maxsize=1)
def _templates() -> Floats:
    """(chords * 12, 12): each chord on each root, of mean 0 and length 1."""
    rows = np.zeros((len(CHORDS), 12))
    for row, steps in zip(rows, CHORDS.values(), strict=True):
        row[list(steps)] = 1
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.stack([np.roll(rows, root, axis=1) for root in range(12)], axis=1).reshape(-1, 12)


@lru_cache(maxsize=1)
def _circles() -> Floats:
    """(12, 6): the sine and cosine on the circles of fifths, minor and major thirds."""
    angles = np.outer(np.arange(12), [7 * np.pi / 6, 3 * np.pi / 2, 2 * np.pi / 3])
    both = np.stack([np.sin(angles), np.cos(angles)], axis=2) * np.array([[1.0], [1.0], [0.5]])
    circles: Floats = both.reshape(12, 6)
    return circles
