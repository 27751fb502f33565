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
SILENCE = 1e-4  # root mean square of full scale: -80 dB; a constant offset makes no sound
LOUDEST = 1e6  # times full scale: a file of floats may be scaled oddly, but not without end
BLOCK = 65_536  # samples of each channel that are decoded at once


def decode(audio: bytes | Path) -> Floats:
    """The middle 30 seconds of a clip, or all of it where it is shorter.

    Args:
        audio: an encoded file, or the path of one: 3 s to 10 min, 8 to 96 kHz, any channels.

    Returns:
        (samples,) float32 at 22 050 Hz, the mean of the channels, in about [-1, 1].

    Raises:
        ClipDamaged: it cannot be read, is too short, too long, or silent.
    """
    mono, rate = _read_middle(audio)
    if len(mono) < SHORTEST_S * rate:
        raise ClipDamaged(f"The clip is too short: {len(mono) / rate:.1f} s.")
    _check_sound(mono)
    waveform: Floats = soxr.resample(mono, rate, SAMPLE_RATE, quality="HQ")
    return waveform


class _Bytes(io.BytesIO):
    """Bytes for libsndfile, which seeks before the begin of some broken files."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return super().seek(max(offset, 0) if whence == io.SEEK_SET else offset, whence)


def _read_middle(audio: bytes | Path) -> tuple[Floats, int]:
    source = _Bytes(audio) if isinstance(audio, bytes) else audio
    try:
        with soundfile.SoundFile(source) as sound:
            _check_header(sound)
            wanted = int(CLIP_S * sound.samplerate)
            sound.seek(max(0, (sound.frames - wanted) // 2))
            return _read_mono(sound, wanted), sound.samplerate
    except (soundfile.SoundFileError, OSError) as error:
        raise ClipDamaged(f"The clip cannot be decoded: {error}") from error


def _check_header(sound: soundfile.SoundFile) -> None:
    low, high = SOURCE_RATES
    if not low <= sound.samplerate <= high:
        raise ClipDamaged(f"The clip has {sound.samplerate} samples a second: not 8 to 96 kHz.")
    seconds = sound.frames / sound.samplerate
    if seconds > LONGEST_S:
        raise ClipDamaged(f"The clip is too long: {seconds / 60:.1f} minutes.")


def _read_mono(sound: soundfile.SoundFile, wanted: int) -> Floats:
    """The mean of the channels, mixed block by block, so that many channels need no more memory."""
    equal = np.full(sound.channels, 1 / sound.channels, np.float32)
    blocks = sound.blocks(BLOCK, frames=wanted, dtype="float32", always_2d=True)
    # Not `@`: its kernels read past a block's end, and may warn of what stands there.
    mono = (np.einsum("sc,c->s", block, equal) for block in blocks)
    return np.concatenate([np.zeros(0, np.float32), *mono])


def _check_sound(mono: Floats) -> None:
    if not np.abs(mono).max() < LOUDEST:  # so that what is no number is refused too
        raise ClipDamaged("The clip holds samples that are no numbers, or far beyond full scale.")
    if mono.std() < SILENCE:
        raise ClipDamaged("The clip is silent.")
