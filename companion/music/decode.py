"""Any audio that soundfile reads, as the waveform that everything else is computed from."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from companion.errors import ClipDamaged

Floats = NDArray[np.floating[Any]]

SAMPLE_RATE = 22_050  # samples per second
CLIP_S = 30.0  # at most so much is used, from the middle
SHORTEST_S = 3.0
LONGEST_S = 600.0
SOURCE_RATES = (8_000, 96_000)  # samples per second
SILENCE = 1e-4  # root mean square of full scale: -80 dB


def decode(audio: bytes | Path) -> Floats:
    """The middle 30 seconds of a clip, or all of it where it is shorter.

    Args:
        audio: an encoded file, or the path of one: 3 s to 10 min, 8 to 96 kHz, any channels.

    Returns:
        (samples,) float32 at 22 050 Hz, the mean of the channels, in about [-1, 1].

    Raises:
        ClipDamaged: it cannot be read, is too short, too long, or silent.
    """
    samples, rate = _read_middle(audio)
    if len(samples) < SHORTEST_S * rate:
        raise ClipDamaged(f"The clip is too short: {len(samples) / rate:.1f} s.")
    return _resample(_mono(samples), rate)


def _read_middle(audio: bytes | Path) -> tuple[Floats, int]:
    source = io.BytesIO(audio) if isinstance(audio, bytes) else audio
    try:
        with soundfile.SoundFile(source) as sound:
            _check(sound)
            wanted = int(CLIP_S * sound.samplerate)
            sound.seek(max(0, (sound.frames - wanted) // 2))
            return sound.read(wanted, dtype="float32", always_2d=True), sound.samplerate
    except (soundfile.SoundFileError, OSError) as error:
        raise ClipDamaged(f"The clip cannot be decoded: {error}") from error


def _check(sound: soundfile.SoundFile) -> None:
    low, high = SOURCE_RATES
    if not low <= sound.samplerate <= high:
        raise ClipDamaged(f"The clip has {sound.samplerate} samples a second: not 8 to 96 kHz.")
    seconds = sound.frames / sound.samplerate
    if seconds > LONGEST_S:
        raise ClipDamaged(f"The clip is too long: {seconds / 60:.1f} minutes.")


def _mono(samples: Floats) -> Floats:
    mono: Floats = samples.mean(axis=1)
    if not np.isfinite(mono).all():
        raise ClipDamaged("The clip holds samples that are no numbers.")
    if np.sqrt(np.mean(mono**2)) < SILENCE:
        raise ClipDamaged("The clip is silent.")
    return mono


def _resample(mono: Floats, rate: int) -> Floats:
    waveform: Floats = soxr.resample(mono, rate, SAMPLE_RATE, quality="HQ")
    return waveform
