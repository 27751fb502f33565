"""The log-mel patches that musicnn listens to.

J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", ISMIR late-breaking demo, 2019: 96 mel bands of 16 kHz audio, log10(10000 x + 1),
patches of three seconds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import soxr
from librosa import filters
from scipy import fft
from scipy.signal import get_window

from companion.music.decode import SAMPLE_RATE, Floats

RATE = 16_000  # samples per second
WINDOW = 512  # samples, 32 ms
HOP = 256
MELS = 96
FRAMES = 187  # of a patch, 3 s
GAIN = 10_000.0
LEVEL = 0.125  # root mean square that every clip is brought to, that of a usual master


def log_mel_patches(waveform: Floats) -> Floats:
    """Cut a clip into patches.

    Args:
        waveform: (samples,) float32 at 22 050 Hz, 3 s or longer, of any level.

    Returns:
        (patches, FRAMES, MELS) float32, at least one; what is left over at the end is dropped.
    """
    resampled = soxr.resample(waveform, SAMPLE_RATE, RATE, quality="HQ")
    level = np.sqrt(np.mean(resampled**2)) + 1e-9
    mel = _power(resampled * np.float32(LEVEL / level)) @ _mel_filters().T
    rows: Floats = np.log10(GAIN * mel + 1).astype(np.float32)
    count = max(1, len(rows) // FRAMES)
    return np.resize(rows, (count * FRAMES, MELS)).reshape(count, FRAMES, MELS)


def _power(waveform: Floats) -> Floats:
    padded = np.pad(waveform, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = fft.rfft(frames * _hann(), axis=1)
    power: Floats = spectrum.real**2 + spectrum.imag**2
    return power


@lru_cache(maxsize=1)
def _hann() -> Floats:
    window: Floats = get_window("hann", WINDOW).astype(np.float32)
    return window


@lru_cache(maxsize=1)
def _mel_filters() -> Floats:
    bank: Floats = filters.mel(sr=RATE, n_fft=WINDOW, n_mels=MELS)
    return bank
