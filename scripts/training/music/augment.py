"""Clips as they might have been: cut elsewhere, played faster, equalised, coded again.

Each change is small enough to keep the mood. What a codec or a master does to a clip is not
its mood, so a network that learns from such copies leans on neither.
"""

from __future__ import annotations

import io

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, sosfilt

from companion.music.decode import SAMPLE_RATE, Floats

SHORTEST_S, LONGEST_S = 18.0, 27.0
SPEED_OCTAVES = 0.06  # pitch and tempo go up or down together by at most 4 %
BENDS = 6  # of the equaliser's curve, evenly spaced from 25 Hz to 10 kHz
BEND_DB = 1.5  # standard deviation
EDGE_HZ = (7_000.0, 10_000.0)
LEVEL = 0.1  # root mean square before coding
CODINGS = ("none", "band limit", "opus", "mp3")
SHARES = (0.3, 0.2, 0.2, 0.3)
OPUS_HZ = 24_000
QUALITY = {"opus": (0.7, 0.95), "mp3": (0.3, 0.9)}  # soundfile's: 0 is best, 1 smallest
FORMATS = {"opus": ("OGG", "OPUS"), "mp3": ("MP3", "MPEG_LAYER_III")}


def augment(waveform: Floats, random: np.random.Generator) -> Floats:
    """Another version of (samples,) float32 at 22 050 Hz, of about 18 to 28 seconds."""
    changed = equalise(change_speed(crop(waveform, random), random), random)
    level = np.sqrt(np.mean(changed**2)) + 1e-9
    changed = np.asarray(np.clip(changed * LEVEL / level, -1, 1), np.float32)
    coding = random.choice(CODINGS, p=SHARES)
    if coding == "none":
        return changed
    if coding == "band limit":
        return limit_band(changed, random.uniform(*EDGE_HZ))
    return recode(changed, coding, random.uniform(*QUALITY[coding]))


def crop(waveform: Floats, random: np.random.Generator) -> Floats:
    """A part of it, from a random start; all of it where it is short."""
    length = int(random.uniform(SHORTEST_S, LONGEST_S) * SAMPLE_RATE)
    first = random.integers(0, max(1, len(waveform) - length))
    return waveform[first : first + length]


def change_speed(waveform: Floats, random: np.random.Generator) -> Floats:
    """Faster or slower, pitch and tempo alike."""
    rate = SAMPLE_RATE * 2 ** random.uniform(-SPEED_OCTAVES, SPEED_OCTAVES)
    changed: Floats = soxr.resample(waveform, SAMPLE_RATE, rate)
    return changed


def equalise(waveform: Floats, random: np.random.Generator) -> Floats:
    """Through a random smooth curve over frequency."""
    hertz = np.maximum(np.fft.rfftfreq(len(waveform), 1 / SAMPLE_RATE), 25)
    bends = np.geomspace(25, 10_000, BENDS)
    decibels = np.interp(np.log(hertz), np.log(bends), random.normal(0, BEND_DB, BENDS))
    spectrum = np.fft.rfft(waveform) * 10 ** (decibels / 20)
    return np.fft.irfft(spectrum, len(waveform)).astype(np.float32)


def limit_band(waveform: Floats, edge_hz: float) -> Floats:
    """Without what lies above the edge."""
    filtered: Floats = sosfilt(butter(8, edge_hz, fs=SAMPLE_RATE, output="sos"), waveform)
    return filtered.astype(np.float32)


def recode(waveform: Floats, codec: str, quality: float) -> Floats:
    """Through "opus" or "mp3" and back, at soundfile's compression level `quality`."""
    rate = OPUS_HZ if codec == "opus" else SAMPLE_RATE
    kind, subtype = FORMATS[codec]
    file = io.BytesIO()
    soundfile.write(
        file,
        soxr.resample(waveform, SAMPLE_RATE, rate),
        rate,
        format=kind,
        subtype=subtype,
        compression_level=quality,
    )
    file.seek(0)
    coded, rate = soundfile.read(file, dtype="float32")
    decoded: Floats = soxr.resample(coded, rate, SAMPLE_RATE)
    return decoded
