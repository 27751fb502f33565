"""All faces of known people: posed expressions of CK+ and KDEF."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from companion.affect import Emotion
from companion.face.camera import Frame
from companion.face.crop import SIDE, cut
from companion.face.detect import Detector
from training.face.corpora import Corpus
from training.face.data import (
    EMOTIONS,
    Images,
    Pair,
    Stills,
    Triple,
    kdef_pairs,
    one_hot,
    read_ckplus,
    read_kdef,
    read_pairs,
    read_sessions,
    read_triples,
)

FIRST_FRAMES = 3  # of a real sequence: the face is still at rest
QUARTER = 4  # the last quarter of a real sequence shows the emotion

# How many faces of each are in a batch, in proportion to those of the corpora from the web.
# The apexes of CK+48 are a corpus of their own: that set has no neutral face framed alike.
SHARES = {"kdef": 0.4, "onset and apex": 0.25, "apex": 0.4, "detector's crops": 0.08}


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

    @property
    def ends(self) -> tuple[Images, Images]:
        """Its faces at rest, and those of its last quarter: twice (n, 48, 48)."""
        seen = np.flatnonzero(self.mask)
        last = max(1, len(seen) // QUARTER)
        return self.crops[seen[:FIRST_FRAMES]], self.crops[seen[-last:]]


@dataclass(frozen=True)
class Posed:
    """Some people's part of the posed sets.

    Attributes:
        pairs: neutral and emotional faces framed alike.
        triples: the sequences of CK+48.
        sequences: the real ones of CK+, from rest to apex.
        corpora: single faces, each kind of crop by itself.
    """

    pairs: list[Pair]
    triples: list[Triple]
    sequences: list[RealSequence]
    corpora: list[Corpus]

    def without(self, away: Collection[str]) -> Posed:
        """Everybody else's part."""
        people = frozenset(away)
        return Posed(
            [one for one in self.pairs if one.subject not in people],
            [one for one in self.triples if one.subject not in people],
            [one for one in self.sequences if one.subject not in people],
            [left for one in self.corpora if len((left := one.without(people)).stills)],
        )


def read_posed(data: Path, names: Collection[str] = ("ckplus", "kdef")) -> Posed:
    """Everybody's part of the sets of these names; `data` is the folder with all of them."""
    pairs: list[Pair] = []
    triples: list[Triple] = []
    sequences: list[RealSequence] = []
    corpora: list[Corpus] = []
    if "ckplus" in names:
        folder = data / "ckplus"
        with Detector() as detector:
            sequences = [one for one in read_real(folder, detector) if one.whole]
        pairs, triples = read_pairs(folder), read_triples(folder)
        corpora = _ckplus_corpora(folder, sequences)
    if "kdef" in names:
        faces = read_kdef(data / "kdef")
        pairs = pairs + kdef_pairs(faces)
        corpora = [*corpora, Corpus("kdef", faces.stills, SHARES["kdef"], 1.0)]
    return Posed(pairs, triples, sequences, corpora)


def _ckplus_corpora(folder: Path, sequences: Sequence[RealSequence]) -> list[Corpus]:
    parts = {
        "onset and apex": read_ckplus(folder, "onset_and_apex_48px"),
        "apex": read_ckplus(folder, "apex3_48px"),
        "detector's crops": _stills(sequences),
    }
    return [
        Corpus("ckplus", stills, SHARES[kind], 0.5) for kind, stills in parts.items() if len(stills)
    ]


def _stills(sequences: Sequence[RealSequence]) -> Stills:
    """The faces at both ends of the sequences."""
    images: list[Images] = []
    labels: list[str] = []
    subjects: list[str] = []
    for one in sequences:
        for faces, label in zip(one.ends, (Emotion.NEUTRAL, EMOTIONS[one.label]), strict=True):
            images += list(faces)
            labels += [label] * len(faces)
            subjects += [one.subject] * len(faces)
    targets = [one_hot(label) for label in labels]
    return Stills(
        np.array(images, np.uint8).reshape(-1, SIDE, SIDE),
        np.array(targets, np.float32).reshape(-1, len(EMOTIONS)),
        tuple(subjects),
    )


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
