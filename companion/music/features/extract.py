"""The network's inputs from a clip: the MFCC image and the clip's statistics.

This is the only definition of both: their names, order and sizes. Training and tagging
call the same function.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy import fft
from scipy.signal import savgol_filter

from companion.affect import PitchRange
from companion.music.decode import Floats
from companion.music.features import (
    contrast,
    harmony,
    modulation,
    pitch,
    rhythm,
    shape,
    spectrum,
    tonality,
)

N_MFCC = 20
DELTA_WIDTH = 9  # frames, 0.2 s
SECOND = 43  # frames
FRAMES_PER_STEP = 8  # of the image, which has 5.4 steps a second
STEPS = 160  # 29.7 s
IMAGE_ROWS = (*(f"mfcc {k}" for k in range(N_MFCC)), *(f"delta {k}" for k in range(N_MFCC)))
FRAME_GROUPS = {
    "mfcc": N_MFCC,
    "contrast": contrast.BANDS,
    "valley": contrast.BANDS,
    "shape": len(shape.ROWS),
}
MOMENTS = ("mean", "deviation", "kurtosis", "change", "drift")
GROUPS = {  # how many statistics of each kind, in their order
    **{f"{rows} {moment}": n for rows, n in FRAME_GROUPS.items() for moment in MOMENTS},
    "mfcc correlation": N_MFCC * (N_MFCC - 1) // 2,
    "delta covariance": N_MFCC * (N_MFCC + 1) // 2,
    "modulation": modulation.BANDS * modulation.RATES,
    "tempogram": len(rhythm.BANDS) * rhythm.LAGS,
    "band rhythm": len(rhythm.BANDS) * len(rhythm.BAND_ROWS),
    "pitch range": len(pitch.RANGE_ROWS),
    "melody": len(pitch.MELODY_ROWS),
    "key": len(harmony.KEY_ROWS),
    "degrees": 12,
    "peak key": len(harmony.KEY_ROWS),
    "peak degrees": 12,
    "chords": len(harmony.CHORD_ROWS),
    "intervals": harmony.INTERVALS,
    "tonnetz": harmony.TONNETZ,
}
STATISTICS = tuple(f"{group} {k}" for group, n in GROUPS.items() for k in range(n))


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a clip before the network looks at it.

    Attributes:
        image: (STEPS, len(IMAGE_ROWS)) float32: of each step the coefficients' mean and
            their deltas' deviation; repeated from the start where the clip is shorter.
        statistics: (len(STATISTICS),) float32, in the order of STATISTICS.
        tempo: beats per minute.
        pitch: the range of the fundamental frequency.
    """

    image: Floats
    statistics: Floats
    tempo: float
    pitch: PitchRange


def extract(waveform: Floats) -> Features:
    """(samples,) float32 at 22 050 Hz, 3 s or longer, to the features."""
    level = np.sqrt(np.mean(waveform**2)) + 1e-9  # how loud a file is mastered says little
    waveform = waveform / np.float32(level)
    power = spectrum.power_spectrum(waveform)
    audible, mel = spectrum.audible(power), spectrum.mel_decibels(power)
    mfcc = _mfcc(mel)
    frames = [mfcc, *contrast.spectral_contrast(audible), shape.spectral_shape(audible, mel)]
    changes = [_delta(rows) for rows in frames]
    melody = pitch.pitch_track(power)
    tempogram, bands = rhythm.band_rhythm(mel)
    statistics = [
        *chain.from_iterable(map(_moments, frames, changes)),
        _products(_standard(mfcc))[np.triu_indices(N_MFCC, 1)],
        _products(changes[0])[np.triu_indices(N_MFCC)],
        modulation.modulation(mel).ravel(),
        tempogram.ravel(),
        bands.ravel(),
        pitch.range_row(*melody),
        pitch.melody_row(*melody),
        *_harmony(waveform),
    ]
    return Features(
        _image(mfcc, changes[0]),
        np.concatenate(statistics).astype(np.float32),
        rhythm.tempo(rhythm.onset_strength(mel))[0],
        pitch.pitch_range(*melody),
    )


def _mfcc(mel: Floats) -> Floats:
    mfcc: Floats = fft.dct(mel, axis=1, norm="ortho")[:, :N_MFCC]
    return mfcc


def _image(mfcc: Floats, delta: Floats) -> Floats:
    whole = len(mfcc) // FRAMES_PER_STEP * FRAMES_PER_STEP

    def steps(rows: Floats) -> Floats:
        return rows[:whole].reshape(-1, FRAMES_PER_STEP, N_MFCC)

    image = np.concatenate([steps(mfcc).mean(axis=1), steps(delta).std(axis=1)], axis=1)
    return np.resize(image, (STEPS, image.shape[1])).astype(np.float32)


def _delta(rows: Floats) -> Floats:
    """The slope of each column, by least squares over DELTA_WIDTH frames."""
    slope: Floats = savgol_filter(rows, DELTA_WIDTH, polyorder=1, deriv=1, axis=0, mode="interp")
    return slope


def _moments(rows: Floats, change: Floats) -> list[Floats]:
    """MOMENTS of (frames, rows); drift is how much the means of the seconds differ."""
    seconds = rows[: len(rows) // SECOND * SECOND].reshape(-1, SECOND, rows.shape[1])
    kurtosis = (_standard(rows) ** 4).mean(axis=0)
    drift = seconds.mean(axis=1).std(axis=0)
    return [rows.mean(axis=0), rows.std(axis=0), kurtosis, change.std(axis=0), drift]


def _standard(rows: Floats) -> Floats:
    standard: Floats = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + np.float32(1e-6))
    return standard


def _products(rows: Floats) -> Floats:
    """(frames, rows) to (rows, rows): the mean products of the columns."""
    return rows.T @ rows / len(rows)


def _harmony(waveform: Floats) -> list[Floats]:
    magnitude = tonality.magnitudes(waveform)
    chroma = tonality.chromagram(magnitude)
    peaked = tonality.chromagram(tonality.peaks(magnitude))
    return [
        harmony.key_row(chroma),
        harmony.degrees(chroma),
        harmony.key_row(peaked),
        harmony.degrees(peaked),
        harmony.chord_row(peaked),
        harmony.interval_row(chroma),
        harmony.tonnetz_row(chroma),
    ]
