"""All that the mood heads see of a clip, small enough to be kept for every track.

Whoever keeps it can have a track tagged again by later heads without its audio.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.affect import PitchRange
from companion.music.decode import Floats
from companion.music.features.extract import STATISTICS
from companion.music.features_version import VERSION
from companion.music.model.musicnn import EMBEDDING
from companion.music.model.tags import MSD_TAGS, MTT_TAGS

CODES = 512
TAGGERS = 2
TAGS = len(MSD_TAGS) + len(MTT_TAGS)
SIZES = (CODES, len(STATISTICS), TAGGERS * EMBEDDING, TAGS)
MAGIC = b"CMF"
HEAD = struct.Struct("<3sB4f")  # magic, version, tempo, low and high pitch, share of voiced
HALF = np.dtype("<f2")
BYTES = HEAD.size + HALF.itemsize * sum(SIZES)

Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True, eq=False)
class TrackFeatures:
    """The numbers of one clip, in half precision.

    Attributes:
        codes: (CODES,), of the MFCC image.
        statistics: (len(STATISTICS),), in their order.
        embedding: (TAGGERS * EMBEDDING,), the means over the patches, tagger by tagger.
        tags: (TAGS,), the mean logits over the patches, tagger by tagger.
        tempo: beats per minute.
        pitch: the range of the fundamental frequency.
    """

    codes: Halves
    statistics: Halves
    embedding: Halves
    tags: Halves
    tempo: float
    pitch: PitchRange

    def to_bytes(self) -> bytes:
        """BYTES bytes: a head, then the four arrays, little-endian."""
        pitch = self.pitch
        head = HEAD.pack(MAGIC, VERSION, self.tempo, pitch.low_hz, pitch.high_hz, pitch.voiced)
        return head + np.concatenate(self.arrays).astype(HALF).tobytes()

    @classmethod
    def from_bytes(cls, kept: bytes) -> TrackFeatures:
        """The inverse of `to_bytes`.

        Raises:
            ValueError: the bytes are damaged or of another version.
        """
        if len(kept) != BYTES or kept[: len(MAGIC)] != MAGIC or kept[len(MAGIC)] != VERSION:
            raise ValueError("the stored features are damaged or of another version")
        _, _, tempo, low, high, voiced = HEAD.unpack_from(kept)
        numbers = np.frombuffer(kept, HALF, offset=HEAD.size)
        codes, statistics, embedding, tags = np.split(numbers, np.cumsum(SIZES)[:-1])
        pitch = PitchRange(low, high, voiced)
        return cls(codes, statistics, embedding, tags, tempo, pitch)

    @property
    def arrays(self) -> tuple[Halves, Halves, Halves, Halves]:
        """The four arrays in their order."""
        return self.codes, self.statistics, self.embedding, self.tags


def halve(numbers: Floats) -> Halves:
    """The nearest numbers in half precision; what lies beyond its range becomes its ends."""
    ends: Any = np.finfo(np.float16)
    halves: Halves = np.clip(np.nan_to_num(numbers), ends.min, ends.max).astype(np.float16)
    return halves
