"""The short-time Fourier transform, computed once and shared by all features."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from librosa import filters
from scipy import fft
from scipy.signal import get_window

from companion.music.decode import SAMPLE_RATE, Floats

WINDOW = 2_048  # samples, 93 ms
HOP = 512  # samples, 23 ms
FRAME_RATE = SAMPLE_RATE / HOP  # frames per second
MELS = 80
TOP_HZ = 8_000.0  # above it, what a clip holds depends on its codec
RANGE_DB = 80.0


@lru_cache(maxsize=1)
def hann() -> Floats:
    """The periodic Hann window: (WINDOW,) float32."""
    window: Floats = get_window("hann", WINDOW).astype(np.float32)
    return window


def power_spectrum(waveform: Floats) -> Floats:
    """(samples,) to (frames, 1 + WINDOW // 2): the squared magnitude, frames centred."""
    padded = np.pad(waveform, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    spectrum = fft.rfft(frames * hann(), axis=1)
    power: Floats = spectrum.real**2 + spectrum.imag**2
    return power


def audible(power: Floats) -> Floats:
    """The bins under TOP_HZ, (frames, bins), nothing more than RANGE_DB under the loudest."""
    kept = power[:, frequencies() < TOP_HZ]
    return np.maximum(kept, np.float32(max(kept.max() * 10 ** (-RANGE_DB / 10), 1e-10)))


def mel_decibels(power: Floats) -> Floats:
    """(frames, bins) to (frames, MELS): decibels, the quietest 80 dB under the loudest."""
    decibels: Floats = 10 * np.log10(np.maximum(power @ _mel_filters().T, np.float32(1e-10)))
    kept: Floats = np.maximum(decibels, decibels.max() - RANGE_DB)
    return kept


@lru_cache(maxsize=1)
def _mel_filters() -> Floats:
    bank: Floats = filters.mel(sr=SAMPLE_RATE, n_fft=WINDOW, n_mels=MELS, fmax=TOP_HZ)
    return bank


@lru_cache(maxsize=1)
def frequencies() -> Floats:
    """The frequency of each bin in Hz: (1 + WINDOW // 2,) float32."""
    return np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE).astype(np.float32)
