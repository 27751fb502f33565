"""Any audio that soundfile reads, as the waveform that everything else is computed from.

Headers are not believed: streams that were written to a pipe, or cut, say a wrong length or
none. Where it matters, what is there is counted.
"""

import contextlib
import io
import mmap
import stat
import struct
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from companion.errors import ClipDamaged
from companion.music.mp3 import missing_length_frame
from companion.native_stderr import discard_native_stderr
from companion.text import readable_path

Floats = NDArray[np.floating[Any]]

SAMPLE_RATE = 22_050  # samples per second
CLIP_S = 30.0  # at most so much is used, from the middle
SHORTEST_S = 3.0
LONGEST_COUNTED_S = 3 * 3600.0
SOURCE_RATES = (8_000, 768_000)  # samples per second
SILENCE = 1e-4  # root mean square of full scale: -80 dB; a constant offset makes no sound
LOUDEST = 1e6  # times full scale: a file of floats may be scaled oddly, but not without end
BLOCK = 65_536  # samples of each channel that are decoded at once
MOST_HEADER_BYTES = 65_536  # in which a WAV file's sound begins
UNKNOWN_SIZE = b"\xff" * 4  # of a RIFF chunk: up to the end of the file

# libsndfile's own errors, and those of soundfile where it is given nonsense.
BROKEN = (soundfile.SoundFileError, OSError, ValueError, RuntimeError, AssertionError)


def decode(audio: bytes | Path) -> Floats:
    """The middle 30 seconds of a clip, or all of it where it is shorter.

    Args:
        audio: an encoded file, or the path of one: 3 s or longer, 8 to 768 kHz, any channels.

    Returns:
        (samples,) float32 at 22 050 Hz, the mean of the channels, in about [-1, 1].

    Raises:
        ClipDamaged: it cannot be read, is too short, or silent.
    """
    with _open(audio) as opened:
        mono, rate = _read_middle(opened)
    if len(mono) < SHORTEST_S * rate:
        raise ClipDamaged(f"The clip is too short: {len(mono) / rate:.1f} s.")
    _check_sound(mono)
    waveform: Floats = soxr.resample(mono, rate, SAMPLE_RATE, quality="HQ")
    return waveform


def measure_seconds(audio: bytes | Path) -> float:
    """The length of an audio file, by what is in it where its header does not say.

    Raises:
        ClipDamaged: it cannot be read.
    """
    with _open(audio) as opened, opened() as sound:
        return _length(sound, opened) / int(sound.samplerate)


Opened = Callable[[], soundfile.SoundFile]
"""Opens the audio from its beginning; each call ends what the last one gave."""


@contextlib.contextmanager
def _open(audio: bytes | Path) -> Iterator[Opened]:
    """Open the audio, repaired where its header would stop libsndfile.

    Raises:
        ClipDamaged: it cannot be read, here or within the `with`.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(discard_native_stderr())  # libmpg123 reports every odd byte
        try:
            content = audio if isinstance(audio, bytes) else _map(audio, stack)
            head, start = _repair(content)

            def open_anew() -> soundfile.SoundFile:
                return _Sound(_Spliced(head, content, start))

            yield open_anew
        except BROKEN as error:
            raise ClipDamaged(f"The clip cannot be decoded: {_cause(error)}") from error


def _map(path: Path, stack: contextlib.ExitStack) -> mmap.mmap | bytes:
    file = stack.enter_context(_open_file(path))
    try:
        return stack.enter_context(
            contextlib.closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        )
    except (ValueError, OSError):  # it is empty, or on a disk that cannot be mapped
        return file.read()


def _open_file(path: Path) -> BinaryIO:
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise ClipDamaged(f"{readable_path(path)} is not a file.")  # a pipe would be waited for
    return path.open("rb")


def _cause(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or 'it cannot be read'}."
    return str(error) or type(error).__name__


class _Sound(soundfile.SoundFile):  # type: ignore[misc] # soundfile has no types
    """Reads on from block to block; soundfile would seek in between, which damages MP3."""

    def seekable(self) -> bool:
        return False


class _Spliced(io.RawIOBase):
    """A head, and behind it the content from `start` on, for libsndfile to read."""

    def __init__(self, head: bytes, content: bytes | mmap.mmap, start: int) -> None:
        super().__init__()
        self._head, self._content, self._start = head, content, start
        self._size = len(head) + max(len(content) - start, 0)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of any file; libsndfile seeks before the begin of some broken ones."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(origin + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = len(memoryview(buffer).cast("B"))
        part = self._head[self._at : self._at + wanted]
        if len(part) < wanted:
            begin = self._start + max(self._at - len(self._head), 0)
            part += self._content[begin : begin + wanted - len(part)]
        memoryview(buffer).cast("B")[: len(part)] = part
        self._at += len(part)
        return len(part)


def _repair(content: bytes | mmap.mmap) -> tuple[bytes, int]:
    """A head to put before the content, and from where on the content then counts."""
    if content[:4] in (b"RIFF", b"RF64"):
        return _repair_wav(content) or (b"", 0)
    with soundfile.SoundFile(_Spliced(b"", content, 0)) as sound:
        kind = sound.format
    length = missing_length_frame(content) if kind == "MP3" else None
    return (length[1], length[0]) if length else (b"", 0)


def _repair_wav(content: bytes | mmap.mmap) -> tuple[bytes, int] | None:
    """A head in which the sound goes on to the end of the file, where it says 0 or nothing.

    Programs that write to a pipe leave it so, and RF64 files (EBU Tech 3306) that were cut.
    """
    at = 12
    while at + 8 <= min(len(content), MOST_HEADER_BYTES):
        name, size = struct.unpack("<4sI", content[at : at + 8])
        if name == b"data":
            if size not in (0, 0xFFFFFFFF):
                return None
            head = b"RIFF" + UNKNOWN_SIZE + content[8:at].replace(b"ds64", b"JUNK", 1)
            return head + b"data" + UNKNOWN_SIZE, at + 8
        at += 8 + size + size % 2
    return None


def _read_middle(opened: Opened) -> tuple[Floats, int]:
    with opened() as sound:
        _check_rate(sound)
        rate = int(sound.samplerate)
        frames = _length(sound, opened)
    wanted = int(CLIP_S * rate)
    mono = _read_from(opened, (frames - wanted) // 2, wanted)
    if len(mono) < min(wanted, frames):  # there is less than the header says
        with opened() as sound:
            frames = _count(sound)
        mono = _read_from(opened, (frames - wanted) // 2, wanted)
    return mono, rate


def _check_rate(sound: soundfile.SoundFile) -> None:
    low, high = SOURCE_RATES
    if not low <= sound.samplerate <= high:
        raise ClipDamaged(f"The clip has {sound.samplerate} samples a second: not 8 to 768 kHz.")


def _length(sound: soundfile.SoundFile, opened: Opened) -> int:
    """In samples of each channel: as the header says, or counted where it says nothing."""
    if 0 < sound.frames < 2**40:
        return int(sound.frames)
    with opened() as counted:
        return _count(counted)


def _count(sound: soundfile.SoundFile) -> int:
    return sum(map(len, _blocks(sound, int(LONGEST_COUNTED_S * sound.samplerate))))


def _read_from(opened: Opened, start: int, wanted: int) -> Floats:
    """The mean of the channels, mixed block by block, so that many channels need no more memory."""
    with contextlib.ExitStack() as stack:
        sound = stack.enter_context(opened())
        try:
            sound.seek(max(start, 0))
        except soundfile.SoundFileError:  # some streams of unknown length can only be read on
            sound = stack.enter_context(opened())
            deque(_blocks(sound, start), maxlen=0)
        equal = np.full(sound.channels, 1 / sound.channels, np.float32)
        # Not `@`: its kernels read past a block's end, and may warn of what stands there.
        mono = (np.einsum("sc,c->s", block, equal) for block in _blocks(sound, wanted))
        return np.concatenate([np.zeros(0, np.float32), *mono])


def _blocks(sound: soundfile.SoundFile, wanted: int) -> Iterator[Floats]:
    """So many samples from where the sound is, (samples, channels), or what can be read of them."""
    with contextlib.suppress(soundfile.SoundFileError):
        while wanted > 0:
            block = sound.read(min(BLOCK, wanted), dtype="float32", always_2d=True)
            if not len(block):
                return
            wanted -= len(block)
            yield block


def _check_sound(mono: Floats) -> None:
    if not np.abs(mono).max() < LOUDEST:  # so that what is no number is refused too
        raise ClipDamaged("The clip holds samples that are no numbers, or far beyond full scale.")
    if mono.std() < SILENCE:
        raise ClipDamaged("The clip is silent.")
