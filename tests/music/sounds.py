"""Sounds for the tests, made here."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

RATE = 22_050


def tone(hertz: float, seconds: float = 5.0, rate: int = RATE, partials: int = 6) -> Floats:
    """A harmonic tone at half of full scale."""
    time = np.arange(int(seconds * rate)) / rate
    wave = sum(np.sin(2 * np.pi * hertz * k * time) / k for k in range(1, partials + 1))
    return (0.25 * np.asarray(wave)).astype(np.float32)


def clicks(bpm: float, seconds: float = 15.0) -> Floats:
    """Short bursts of noise, one a beat."""
    random = np.random.default_rng(1)
    wave = 1e-3 * random.standard_normal(int(seconds * RATE))
    burst = random.standard_normal(800) * np.exp(-np.arange(800) / 200)
    for start in (np.arange(0, seconds - 0.1, 60 / bpm) * RATE).astype(int):
        wave[start : start + 800] += 0.5 * burst
    return wave.astype(np.float32)


def noise(seconds: float = 5.0) -> Floats:
    """White noise at a tenth of full scale."""
    random = np.random.default_rng(2)
    return (0.1 * random.standard_normal(int(seconds * RATE))).astype(np.float32)


def chord(hertz: list[float], seconds: float = 5.0) -> Floats:
    """Several tones together."""
    return np.asarray(sum(tone(each, seconds, partials=3) for each in hertz) / len(hertz))


def encode(wave: Floats, rate: int = RATE, kind: str = "WAV", part: str | None = None) -> bytes:
    """The sound as a file: (samples,) or (samples, channels); `part` is soundfile's subtype."""
    file = io.BytesIO()
    soundfile.write(file, wave, rate, part, format=kind)
    return file.getvalue()
