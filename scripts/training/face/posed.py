"""All of CK+ that is trained on: posed expressions, with whose they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from companion.affect import Emotion
from companion.face.camera import Frame
from companion.face.crop import SIDE, cut
from companion.face.detect import Detector
from training.face.data import (
    EMOTIONS,
    Images,
    Pair,
    Triple,
    read_pairs,
    read_sessions,
    read_triples,
)

FIRST_FRAMES = 3  # of a real sequence: the face is still at rest
QUARTER = 4  # the last quarter of a real sequence shows the emotion


@dataclass(frozen=True)
class RealSequence:
    """One sequence as the detector and the crop give it.

    Attributes:
        crops: (time, 48, 48), black where there is no face; mask: (time,).
        label: the class of the apex; subject: whose face.
        whole: whether it starts at rest.
    """

    crops: Images
    mask: NDArray[np.bool_]
    label: int
    subject: str
    whole: bool

    def draw_frame(self, random: np.random.Generator, *, rising: bool) -> Images:
        """One of its faces (48, 48): of the last quarter, or of the first ones.

        Raises:
            ValueError: no frame of it has a face.
        """
        seen = np.flatnonzero(self.mask)
        last = max(1, len(seen) // QUARTER)
        crop: Images = self.crops[random.choice(seen[-last:] if rising else seen[:FIRST_FRAMES])]
        return crop


@dataclass(frozen=True)
class Posed:
    """Some people's part of CK+.

    Attributes:
        pairs: neutral and apex faces framed alike.
        triples: the sequences of CK+48.
        sequences: the real ones, from rest to apex.
    """

    pairs: list[Pair]
    triples: list[Triple]
    sequences: list[RealSequence]

    def without(self, away: Collection[str]) -> Posed:
        """Everybody else's part."""
        return Posed(
            [one for one in self.pairs if one.subject not in away],
            [one for one in self.triples if one.subject not in away],
            [one for one in self.sequences if one.subject not in away],
        )


def read_posed(folder: Path) -> Posed:
    """Everybody's part; `folder` is that of CK+."""
    with Detector() as detector:
        real = [one for one in read_real(folder, detector) if one.whole]
    return Posed(read_pairs(folder), read_triples(folder), real)


def read_real(folder: Path, detector: Detector) -> list[RealSequence]:
    """All real sequences; `folder` is that of CK+."""
    return [_read(folder, detector, row) for row in read_sessions(folder)]


def _read(folder: Path, detector: Detector, row: dict[str, str]) -> RealSequence:
    files = sorted((folder / "sequences" / row["session"]).glob("*.jpg"))
    crops = [find_crop(open_frame(file), detector) for file in files]
    return RealSequence(
        crops=np.stack([np.zeros((SIDE, SIDE), np.uint8) if c is None else c for c in crops]),
        mask=np.array([crop is not None for crop in crops]),
        label=EMOTIONS.index(Emotion(row["label"])),
        subject=row["subject"],
        whole=row["extent"] == "whole",
    )


def open_frame(file: Path) -> Frame:
    """A whole frame, (height, width, 3)."""
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def find_crop(frame: Frame, detector: Detector) -> Images | None:
    """The largest face as the program crops it, (48, 48); None where there is none."""
    faces = detector.find(frame)
    return cut(frame, faces[0]) if faces else None
