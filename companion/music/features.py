"""What the network sees of a clip: the MFCC image and the clip's statistics.

This is the only definition of both: their names, order and sizes. Training and tagging
call the same function.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import fft
from scipy.signal import savgol_filter

from companion.affect import PitchRange
from companion.music import pitch, rhythm, spectrum, tonality
from companion.music.contrast import BANDS, spectral_contrast
from companion.music.decode import Floats

N_MFCC = 20
DELTA_WIDTH = 9  # frames, 0.2 s
FRAMES_PER_STEP = 4  # of the image, which has 10.8 steps a second
STEPS = 320  # 29.7 s
IMAGE_ROWS = (*(f"mfcc {k}" for k in range(N_MFCC)), *(f"delta {k}" for k in range(N_MFCC)))
ROLLOFF = 0.85
FRAME_ROWS = (
    *(f"mfcc {k}" for k in range(N_MFCC)),
    *(f"contrast {k}" for k in range(BANDS)),
    *("loudness", "centroid", "rolloff", "flatness", "flux"),
)
CLIP_ROWS = (
    *("tempo", "pulse", "onset rate"),
    *("pitch low", "pitch high", "pitch median", "pitch spread", "voiced", "periodicity"),
    *("major", "minor", "major - minor", "key clarity", "chroma change", "chroma peak"),
    *(f"degree {k}" for k in range(12)),
    *("loudness range", "loudness skew"),
)
STATISTICS = (
    *(f"{row}: mean" for row in FRAME_ROWS),
    *(f"{row}: deviation" for row in FRAME_ROWS),
    *(f"{row}: change" for row in FRAME_ROWS),
    *CLIP_ROWS,
)


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a clip before the network looks at it.

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
    mel = spectrum.mel_decibels(power)
    mfcc = _mfcc(mel)
    rows = np.concatenate([mfcc, spectral_contrast(power), _shape(power, mel)], axis=1)
    change = _delta(rows)
    hertz, strength = pitch.pitch_track(power)
    onsets = rows[:, FRAME_ROWS.index("flux")]
    bpm, pulse = rhythm.tempo(onsets)
    clip = [
        *(np.log2(bpm / rhythm.USUAL_BPM), pulse, rhythm.onset_rate(onsets)),
        *_pitch_rows(hertz, strength),
        *_tonal_rows(tonality.chromagram(waveform)),
        *_dynamics(rows[:, FRAME_ROWS.index("loudness")]),
    ]
    statistics = np.concatenate([rows.mean(axis=0), rows.std(axis=0), change.std(axis=0), clip])
    return Features(
        _image(mfcc, change[:, :N_MFCC]),
        statistics.astype(np.float32),
        bpm,
        pitch.pitch_range(hertz, strength),
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


def _shape(power: Floats, mel: Floats) -> Floats:
    """(frames, 5): loudness (dB), centroid and rolloff (octaves over 1 kHz), flatness, flux."""
    tiny = np.float32(1e-10)
    total = power.sum(axis=1) + tiny
    centroid = power**0.5 @ spectrum.frequencies() / ((power**0.5).sum(axis=1) + tiny)
    below = (np.cumsum(power, axis=1) < ROLLOFF * total[:, None]).sum(axis=1)
    rolloff = spectrum.frequencies()[np.minimum(below, power.shape[1] - 1)]
    flatness = mel.mean(axis=1) - 10 * np.log10((10 ** (mel / 10)).mean(axis=1))
    columns = [
        10 * np.log10(total),
        np.log2(centroid / 1_000 + 0.01),
        np.log2(rolloff / 1_000 + 0.01),
        flatness,
        rhythm.onset_strength(mel),
    ]
    return np.stack(columns, axis=1)


def _pitch_rows(hertz: Floats, strength: Floats) -> Iterator[float]:
    voiced = hertz[strength >= pitch.VOICED]
    octaves = np.log2(voiced / 220.0) if len(voiced) else np.zeros(1)
    yield from np.percentile(octaves, [5, 95, 50])
    yield octaves.std()
    yield (strength >= pitch.VOICED).mean()
    yield strength.mean()


def _tonal_rows(chroma: Floats) -> Iterator[float]:
    mean = chroma.mean(axis=0)
    major, minor = tonality.key_strengths(mean)
    both = np.sort(np.concatenate([major, minor]))
    yield from (major.max(), minor.max(), major.max() - minor.max(), both[-1] - both[-2])
    yield np.abs(np.diff(chroma, axis=0)).sum(axis=1).mean()
    yield chroma.max(axis=1).mean()
    yield from np.roll(mean, -int(np.maximum(major, minor).argmax()))


def _dynamics(loudness: Floats) -> Iterator[float]:
    low, middle, high = np.percentile(loudness, [5, 50, 95])
    yield high - low
    yield (high + low - 2 * middle) / (high - low + 1.0)
