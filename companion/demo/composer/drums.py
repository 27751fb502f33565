"""The drums: falling sines and shaped noise."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from companion.demo.composer.voices import SAMPLE_RATE, Samples


@dataclass(frozen=True, slots=True)
class Drum:
    """A drum as a skin and a rattle. Levels are shares of unit peak, times in seconds.

    Attributes:
        skin: the level of the tone; it falls from `high_hz` to `low_hz`.
        rattle: the level of the noise between `band` frequencies in Hz.
        attack: how long the rattle takes to rise.
    """

    skin: float = 0.0
    high_hz: float = 0.0
    low_hz: float = 0.0
    skin_s: float = 0.1
    rattle: float = 0.0
    band: tuple[float, float] = (0.0, 0.0)
    rattle_s: float = 0.1
    attack: float = 0.0005


DRUMS = {
    "kick": Drum(1.0, 160, 48, 0.16, 0.25, (1500, 6000), 0.006),
    "soft_kick": Drum(0.6, 90, 52, 0.14),
    "snare": Drum(0.4, 260, 180, 0.07, 0.9, (900, 11000), 0.11),
    "clap": Drum(rattle=0.7, band=(900, 7000), rattle_s=0.09, attack=0.004),
    "hat": Drum(rattle=0.35, band=(6500, 15500), rattle_s=0.035),
    "open_hat": Drum(rattle=0.35, band=(6000, 15500), rattle_s=0.14),
    "ride": Drum(0.05, 3100, 3100, 0.2, 0.22, (5000, 14000), 0.22),
    "crash": Drum(rattle=0.5, band=(2500, 15500), rattle_s=0.5),
    "tom": Drum(0.9, 170, 95, 0.2, 0.1, (500, 4000), 0.03),
    "brush": Drum(rattle=0.12, band=(1500, 8000), rattle_s=0.12, attack=0.04),
    "shaker": Drum(rattle=0.12, band=(5000, 13000), rattle_s=0.03, attack=0.012),
}


@functools.cache
def hit(name: str) -> Samples:
    """One stroke at full velocity, at 32 kHz. Shared: not to be written to."""
    drum = DRUMS[name]
    seconds = 5 * max(drum.skin_s if drum.skin else 0, drum.rattle_s if drum.rattle else 0)
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    fall = drum.low_hz + (drum.high_hz - drum.low_hz) * np.exp(-time / 0.03)
    skin = np.sin(2 * np.pi * np.cumsum(fall) / SAMPLE_RATE) * np.exp(-time / drum.skin_s)
    rise = np.minimum(time / drum.attack, 1) * np.exp(-time / drum.rattle_s)
    rattle = _noise(len(time), drum.band) * rise if drum.rattle else 0.0
    return np.asarray(drum.skin * skin + drum.rattle * rattle, np.float32)


def _noise(size: int, band: tuple[float, float]) -> Samples:
    """Noise within a band of frequencies, of unit peak."""
    spectrum = np.fft.rfft(np.random.default_rng(11).standard_normal(size))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum[(hertz < band[0]) | (hertz > band[1])] = 0
    noise = np.fft.irfft(spectrum, size)
    return np.asarray(noise / np.abs(noise).max(), np.float32)
