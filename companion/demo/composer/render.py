"""Makes a score sound: instruments, amplifiers, a room, a mix, an MP3."""

from __future__ import annotations

import functools
import io

import numpy as np

from companion.demo.composer.drums import hit
from companion.demo.composer.score import PIECE_SECONDS, Part, Score, Stroke
from companion.demo.composer.voices import SAMPLE_RATE, Samples, tone

SIZE = int(PIECE_SECONDS * SAMPLE_RATE)
ROOM_SECONDS = 1.8
LENGTH_STEP_MS = 25  # note lengths are rounded to it, so that equal notes are made once
DRUM_LEVEL = 2.0
CABINET_HZ = 5200.0  # a guitar loudspeaker fades above
WANDER_HZ = 300.0
HISS = 0.12  # noise for the tone's irregularity
FADE_S = 0.02
PEAK = 0.98


def render(score: Score) -> Samples:
    """The piece as sound.

    Returns:
        30 s of mono samples at 32 kHz within [-1, 1].
    """
    mix = _drums(score.strokes)
    for part in score.parts:
        mix += part.level * _part(part)
    mix = _room(_low_pass(_roughen(mix, score.grain), score.cutoff_hz), score.reverb)
    return _master(mix, score.loudness)


def to_mp3(samples: Samples) -> bytes:
    """The samples as an MP3 file."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, samples, SAMPLE_RATE, format="MP3")
    return file.getvalue()


def _part(part: Part) -> Samples:
    track = np.zeros(SIZE, np.float32)
    for note in part.notes:
        steps = max(1, round(note.length * 1000 / LENGTH_STEP_MS))
        _lay(track, tone(part.voice, note.pitch, steps * LENGTH_STEP_MS), note.start, note.velocity)
    if part.drive:
        track = _low_pass(np.tanh(part.drive * track), CABINET_HZ)
    return track / max(float(np.abs(track).max()), 1e-6)


def _drums(strokes: tuple[Stroke, ...]) -> Samples:
    track = np.zeros(SIZE, np.float32)
    for stroke in strokes:
        _lay(track, hit(stroke.drum), stroke.start, DRUM_LEVEL * stroke.velocity)
    return track


def _lay(track: Samples, sound: Samples, start: float, level: float) -> None:
    """Add a sound to the track; what goes beyond its end is cut off."""
    first = int(start * SAMPLE_RATE)
    room = track[first : first + len(sound)]
    room += level * sound[: len(room)]


def _roughen(mix: Samples, grain: float) -> Samples:
    """No bow, breath or string is quite periodic, and no studio quite silent."""
    wander, hiss = _noises()
    return np.asarray(mix * (1 + grain * wander) + HISS * grain * np.std(mix) * hiss, np.float32)


@functools.cache
def _noises() -> tuple[Samples, Samples]:
    """Noise that fades above 300 Hz, and pink noise; each of unit deviation."""
    hertz = np.maximum(np.fft.rfftfreq(SIZE, 1 / SAMPLE_RATE), 20)
    white = np.fft.rfft(np.random.default_rng(2).standard_normal((2, SIZE)))
    slow = np.fft.irfft(white[0] / (1 + (hertz / WANDER_HZ) ** 2), SIZE)
    pink = np.fft.irfft(white[1] / np.sqrt(hertz), SIZE)
    return slow / slow.std(), pink / pink.std()


def _low_pass(samples: Samples, cutoff_hz: float) -> Samples:
    """Fade what is above the cut-off, 12 dB an octave (a second-order Butterworth's gain)."""
    hertz = np.fft.rfftfreq(SIZE, 1 / SAMPLE_RATE)
    gain = 1 / np.sqrt(1 + (hertz / cutoff_hz) ** 4)
    return np.fft.irfft(np.fft.rfft(samples) * gain, SIZE).astype(np.float32)


def _room(samples: Samples, share: float) -> Samples:
    wet = np.fft.irfft(np.fft.rfft(samples, 2 * SIZE) * _room_spectrum(), 2 * SIZE)[:SIZE]
    loudness = float(np.sqrt(np.mean(samples**2)) / max(np.sqrt(np.mean(wet**2)), 1e-9))
    return ((1 - share) * samples + share * loudness * wet).astype(np.float32)


@functools.cache
def _room_spectrum() -> np.ndarray:
    """Noise that dies away: the echoes of a room, later ones duller."""
    time = np.arange(int(ROOM_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(5).standard_normal((2, len(time)))
    dull = np.convolve(noise[1], np.ones(8) / 8, mode="same")
    echoes = noise[0] * np.exp(-time / 0.12) + 2 * dull * np.exp(-time / 0.45)
    return np.fft.rfft(echoes, 2 * SIZE)


def _master(mix: Samples, loudness: float) -> Samples:
    """Bring the mix to its loudness; the few peaks that would not fit are rounded off."""
    level = float(np.sqrt(np.mean(mix**2)))
    mix = PEAK * np.tanh(mix * (loudness / max(level, 1e-9)) / PEAK)
    fade = np.minimum(np.arange(SIZE) / (FADE_S * SAMPLE_RATE), 1)
    return np.asarray(mix * fade * fade[::-1], np.float32)
