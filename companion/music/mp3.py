"""The length of an MP3 stream that does not say it.

A stream of variable bitrate says its length in a first frame of its own (Xing, or VBRI). Where
that is missing, decoders guess the length from the first bitrate, and are wrong. Here the frames
are counted, and such a first frame is made.

ISO/IEC 11172-3, section 2.4.2.3 (frame headers), and 13818-3 for the lower sampling rates.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

Bytes = bytes | mmap

# Kilobits per second of Layer III, by the index in the header; the first one is "free".
BITRATES_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLING_RATES = {
    3: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}
SYNC = 0xFFE0
MPEG1, LAYER_III, MONO = 3, 1, 3
HEADER_BYTES = 4
ID3_HEADER_BYTES = 10
RESYNC_BYTES = 65_536  # of rubbish between two frames, at most
PROBES = 24  # places at which a stream's bitrate is looked at
VBRI_OFFSET = 36
HAS_FRAMES_AND_BYTES = 3  # flags of a Xing header


@dataclass(frozen=True, slots=True)
class Frame:
    """The header of a frame of Layer III.

    Attributes:
        start: where it is, in bytes.
        size: of the frame, in bytes.
        samples: of each channel.
        rate: samples per second.
        side_bytes: between the header and what it describes.
        kind: is the same for all frames of a stream.
    """

    start: int
    size: int
    samples: int
    rate: int
    side_bytes: int
    kind: tuple[int, int]


def missing_length_frame(data: Bytes) -> tuple[int, bytes] | None:
    """A first frame that says the length, for a stream of variable bitrate that has none.

    Returns:
        Where the stream begins, in bytes, and the frame to put there; None where none is needed.
    """
    first, count = _count_frames(data)
    return (first.start, _length_frame(data, first, count)) if first else None


def counted_seconds(data: Bytes) -> float | None:
    """The length by the frames; None where it is said, follows from the bitrate, or is no MP3."""
    first, count = _count_frames(data)
    return count * first.samples / first.rate if first else None


def _count_frames(data: Bytes) -> tuple[Frame | None, int]:
    """The first frame and the number of all; None and 0 where the length is known without."""
    first = _first_frame(data)
    if first is None or _says_length(data, first) or _is_constant(data, first):
        return None, 0
    return first, sum(1 for _ in _frames(data, first))


def _first_frame(data: Bytes) -> Frame | None:
    start = 0
    if data[:3] == b"ID3":  # its size is in four bytes of seven bits
        size = sum((byte & 127) << 7 * k for k, byte in enumerate(reversed(data[6:10])))
        start = ID3_HEADER_BYTES + size
    return _next_frame(data, start)


def _next_frame(data: Bytes, start: int) -> Frame | None:
    """The first frame from there on that another one of its kind follows."""
    end = min(start + RESYNC_BYTES, len(data))
    while (start := data.find(b"\xff", start, end)) >= 0:
        frame = _frame(data, start)
        following = frame and _frame(data, start + frame.size)
        if frame and following and following.kind == frame.kind:
            return frame
        start += 1
    return None


def _frame(data: Bytes, start: int) -> Frame | None:
    head = data[start : start + HEADER_BYTES]
    if len(head) < HEADER_BYTES or int.from_bytes(head[:2], "big") & SYNC != SYNC:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rates, bitrate_index, rate_index = SAMPLING_RATES.get(version), head[2] >> 4, head[2] >> 2 & 3
    if rates is None or layer != LAYER_III or bitrate_index in (0, 15) or rate_index == len(rates):
        return None
    is_mono = head[3] >> 6 == MONO
    is_mpeg1 = version == MPEG1
    bitrate = 1000 * (BITRATES_MPEG1 if is_mpeg1 else BITRATES_MPEG2)[bitrate_index]
    rate, samples = rates[rate_index], 1152 if is_mpeg1 else 576
    size = samples // 8 * bitrate // rate + (head[2] >> 1 & 1)
    side_bytes = ((17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)) + HEADER_BYTES
    return Frame(start, size, samples, rate, side_bytes, (version, rate))


def _frames(data: Bytes, first: Frame) -> Iterator[Frame]:
    frame: Frame | None = first
    while frame:
        yield frame
        end = frame.start + frame.size
        frame = _frame(data, end)
        if frame is None or frame.kind != first.kind:
            frame = _next_frame(data, end)
            if frame and frame.kind != first.kind:
                return


def _says_length(data: Bytes, first: Frame) -> bool:
    at = first.start + first.side_bytes
    vbri = first.start + VBRI_OFFSET
    return data[at : at + 4] in (b"Xing", b"Info") or data[vbri : vbri + 4] == b"VBRI"


def _is_constant(data: Bytes, first: Frame) -> bool:
    """Tell whether the bitrate is the same wherever the stream is looked at."""
    stride = max((len(data) - first.start) // PROBES, 1)
    probes = (_next_frame(data, at) for at in range(first.start, len(data), stride))
    return all(probe is None or abs(probe.size - first.size) <= 1 for probe in probes)


def _length_frame(data: Bytes, first: Frame, count: int) -> bytes:
    """A silent frame with a Xing header, of the highest bitrate, so that there is room in it."""
    head = bytearray(data[first.start : first.start + HEADER_BYTES])
    head[1] |= 1  # no checksum
    head[2] = head[2] & 0x0D | 14 << 4  # the highest bitrate, no padding
    size = _frame(bytes(head), 0)
    assert size is not None  # noqa: S101 - it is made of a frame that was one
    xing = struct.pack(">4sIII", b"Xing", HAS_FRAMES_AND_BYTES, count, len(data) - first.start)
    return (bytes(head) + bytes(first.side_bytes - HEADER_BYTES) + xing).ljust(size.size, b"\0")
