"""The instruments: wavetables with envelopes, and a plucked string."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

SAMPLE_RATE = 32_000  # Hz
TABLE = 2048  # samples of one period
VIBRATO_HZ = 5.3

Samples = np.ndarray  # (samples,) float32


@dataclass(frozen=True, slots=True)
class Voice:
    """The sound of an instrument.

    Attributes:
        tilt: the k-th harmonic has the amplitude k ** -tilt at the attack.
        dull: what the tilt grows by while the note sounds.
        bright_s: how fast it does, as a time constant.
        odd: odd harmonics only.
        harmonics: the highest one.
        attack, decay, release: times in seconds; decay is a time constant, 0 for a tone
            that holds.
        detune: how far two copies of the tone lie apart, in cents; 0 for one alone.
        vibrato: its depth in cents.
        formants: centres in Hz round which the spectrum is raised, as by a mouth.
        breath: the share of noise.
    """

    tilt: float
    dull: float = 0.0
    bright_s: float = 0.3
    odd: bool = False
    harmonics: int = 60
    attack: float = 0.005
    decay: float = 0.0
    release: float = 0.08
    detune: float = 0.0
    vibrato: float = 0.0
    formants: tuple[float, ...] = ()
    breath: float = 0.0


@dataclass(frozen=True, slots=True)
class Pluck:
    """A plucked string: `brightness` in (0, 1] of its attack, `decay` in seconds."""

    brightness: float
    decay: float


VOICES: dict[str, Voice | Pluck] = {
    "nylon": Pluck(0.4, 0.7),
    "steel": Pluck(0.95, 0.5),
    "piano": Voice(1.3, 0.9, 0.4, harmonics=24, decay=1.1, release=0.15, detune=1.5, breath=0.01),
    "ep": Voice(2.2, 1.2, 0.25, harmonics=14, decay=1.4, release=0.2, detune=2, vibrato=3),
    "bell": Voice(2.4, 1.0, 0.15, odd=True, harmonics=9, decay=0.8, release=0.5),
    "organ": Voice(1.5, harmonics=12, attack=0.03, decay=2.5, release=0.08, detune=3),
    "flute": Voice(2.6, harmonics=8, attack=0.07, release=0.1, vibrato=14, breath=0.03),
    "strings": Voice(1.3, 0.3, 0.8, attack=0.15, decay=2.0, release=0.25, detune=9, vibrato=12),
    "pad": Voice(1.6, 0.6, 1.5, attack=0.7, decay=3.0, release=0.8, detune=11),
    "brass": Voice(0.9, 0.6, 0.3, attack=0.025, decay=0.5, release=0.06, detune=4, vibrato=6),
    "saw": Voice(0.8, 0.6, 0.3, attack=0.003, decay=0.4, release=0.03, detune=7),
    "square": Voice(1.0, 0.6, 0.2, odd=True, attack=0.004, decay=0.3, release=0.03, detune=5),
    "bass": Voice(1.1, 0.9, 0.15, harmonics=30, decay=0.4, release=0.04),
    "soft_bass": Voice(2.0, 0.8, 0.3, harmonics=12, attack=0.01, decay=1.2, release=0.08),
    "singer": Voice(
        0.8,
        0.3,
        attack=0.05,
        decay=0.8,
        release=0.08,
        vibrato=25,
        formants=(700, 1150, 2800),
        breath=0.02,
    ),
}


@functools.lru_cache(maxsize=512)  # a piece has about fifty
def tone(name: str, pitch: int, milliseconds: int) -> Samples:
    """A note of the instrument at full velocity, its release included.

    Args:
        name: one of `VOICES`.
        pitch: MIDI number.
        milliseconds: how long the key is held.

    Returns:
        Samples at 32 kHz, of about unit peak. Shared: not to be written to.
    """
    voice = VOICES[name]
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    if isinstance(voice, Pluck):
        return _pluck(voice, hertz, milliseconds / 1000)
    return _sing(voice, hertz, milliseconds / 1000)


def _sing(voice: Voice, hertz: float, seconds: float) -> Samples:
    time = np.arange(int((seconds + voice.release) * SAMPLE_RATE), dtype=np.float32) / SAMPLE_RATE
    copies = (-0.5, 0.5) if voice.detune else (0.0,)
    wave = np.zeros_like(time)
    for copy in copies:
        cents = copy * voice.detune + voice.vibrato * _vibrato(time)
        period = np.cumsum(hertz * 2 ** (cents / 1200) / SAMPLE_RATE) + 0.37 * copy
        place = (period * TABLE).astype(np.int64) % TABLE
        bright, dull = _tables(voice, round(hertz, 3))
        fade = np.exp(-time / voice.bright_s)
        wave += (dull[place] + fade * (bright - dull)[place]) / len(copies)
    if voice.breath:
        wave += voice.breath * np.random.default_rng(7).standard_normal(len(time))
    return np.asarray(wave * _envelope(voice, time, seconds), np.float32)


def _vibrato(time: Samples) -> Samples:
    """It sets in after the note has begun, as on a string."""
    return (np.sin(2 * np.pi * VIBRATO_HZ * time) * np.minimum(time / 0.4, 1)).astype(np.float32)


def _envelope(voice: Voice, time: Samples, seconds: float) -> Samples:
    level = np.minimum(time / voice.attack, 1)
    if voice.decay:
        level = level * np.exp(-time / voice.decay)
    left = np.clip(1 - (time - seconds) / voice.release, 0, 1)
    return np.asarray(level * left**2, np.float32)


@functools.lru_cache(maxsize=512)
def _tables(voice: Voice, hertz: float) -> tuple[Samples, Samples]:
    """One period at the attack and one of the tone as it goes on, below Nyquist."""
    count = min(voice.harmonics, int(SAMPLE_RATE / 2.2 / hertz))
    order = np.arange(1, count + 1)
    shape = np.where(voice.odd & (order % 2 == 0), 0.0, 1.0)
    if voice.formants:
        peaks = [np.exp(-(((order * hertz - centre) / 250) ** 2)) for centre in voice.formants]
        shape = shape * (0.15 + np.sum(peaks, axis=0))
    return _period(shape * order**-voice.tilt), _period(shape * order ** -(voice.tilt + voice.dull))


def _period(amplitudes: np.ndarray) -> Samples:
    spectrum = np.zeros(TABLE // 2 + 1, complex)
    phases = np.random.default_rng(3).uniform(0, 2 * np.pi, len(amplitudes))
    spectrum[1 : len(amplitudes) + 1] = amplitudes * np.exp(1j * phases)
    wave = np.fft.irfft(spectrum)
    return np.asarray(wave / np.abs(wave).max(), np.float32)


def _pluck(voice: Pluck, hertz: float, seconds: float) -> Samples:
    """A burst of noise going round a delay line that averages (Karplus and Strong 1983).

    The line has a whole number of samples; the result is stretched to the exact pitch.
    """
    period = int(SAMPLE_RATE / hertz)
    stretch = hertz * (period + 0.5) / SAMPLE_RATE  # averaging delays by half a sample
    release = 0.1
    size = int((seconds + release) * SAMPLE_RATE)
    rounds = int(size * stretch / period) + 2
    loss = np.exp(-1 / (voice.decay * hertz))
    line = _noise_burst(period, voice.brightness)
    out = np.empty((rounds, period), np.float32)
    for turn in range(rounds):
        out[turn] = line
        line = loss * 0.5 * (line + np.roll(line, 1))
    wave = np.interp(np.arange(size) * stretch, np.arange(out.size), out.ravel())
    fade = np.clip((size - np.arange(size)) / (release * SAMPLE_RATE), 0, 1)
    return np.asarray(wave * fade, np.float32)


def _noise_burst(period: int, brightness: float) -> Samples:
    burst = np.random.default_rng(period).uniform(-1, 1, period)
    spectrum = np.fft.rfft(burst)
    spectrum *= np.linspace(1, brightness, len(spectrum)) ** 4
    spectrum[0] = 0
    burst = np.fft.irfft(spectrum, period)
    return np.asarray(burst / np.abs(burst).max(), np.float32)
