"""The face data sets, read from the data folder: FER+, AffectNet, KDEF, CK+.

Images are grey uint8: (n, 48, 48) as the program crops a face, or (n, 64, 64) with the same
window in the middle and what is around it. Targets are float32 (n, 8): shares of the raters'
votes in the order of `Emotion`, or one-hot.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from companion.affect import Emotion

EMOTIONS = tuple(Emotion)
SIDE = 48
WIDE = 64  # pixels of a crop with its surroundings
FINE = 96  # pixels of the same at one and a half times the scale
COLUMNS = 40  # cells of a sheet in a row
LONE_VOTE = 1  # an emotion that one rater alone saw is left out (Barsoum et al. 2016)

CROP_FILES = ("apex3_48px", "onset_and_apex_48px")  # of CK+

Images = NDArray[np.uint8]
Targets = NDArray[np.float32]
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Stills:
    """Single faces: images (n, side, side), targets (n, 8), and whose face it is where known."""

    images: Images
    targets: Targets
    subjects: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The class with the largest share, (n,)."""
        labels: NDArray[np.int64] = self.targets.argmax(axis=1)
        return labels

    @property
    def windows(self) -> Images:
        """The part of each that the program's own crop shows, (n, 48, 48)."""
        margin = (self.images.shape[-1] - SIDE) // 2
        return self.images[:, margin : margin + SIDE, margin : margin + SIDE]

    def select(self, keep: NDArray[Any]) -> Stills:
        """The stills at the given indices, or where a mask is True."""
        chosen = np.arange(len(self))[keep]
        subjects = tuple(self.subjects[k] for k in chosen)
        return Stills(self.images[chosen], self.targets[chosen], subjects)

    def without(self, subjects: frozenset[str]) -> Stills:
        """The stills of everybody else."""
        return self.select(np.array([name not in subjects for name in self.subjects]))


@dataclass(frozen=True, slots=True)
class Pair:
    """A neutral and an emotional face (side, side) of one person and session, framed alike."""

    onset: Images
    apex: Images
    label: Emotion
    subject: str


@dataclass(frozen=True, slots=True)
class Triple:
    """The last three frames of one CK+ session (3, 48, 48): the face at its apex."""

    images: Images
    label: Emotion
    subject: str


def read_ferplus(folder: Path, split: str) -> Stills:
    """One official split of FER+ ("train", "valid", "test").

    E. Barsoum et al., "Training deep networks for facial expression recognition with
    crowd-sourced label distribution", ICMI 2016. Faces without any vote for an emotion
    that counts are left out.
    """
    rows = _voted(folder, split)
    votes = np.array([[float(row[emotion]) for emotion in EMOTIONS] for row in rows])
    counted = np.where(votes > LONE_VOTE, votes, 0)
    votes = np.where(counted.any(axis=1, keepdims=True), counted, votes)
    sheets = {name: _grey(folder / name) for name in sorted({row["sheet"] for row in rows})}
    images = np.stack([_cell(sheets[row["sheet"]], int(row["cell"])) for row in rows])
    targets = votes / votes.sum(axis=1, keepdims=True)
    return Stills(images, targets.astype(np.float32), ("",) * len(rows))


def read_first_labels(folder: Path, split: str) -> Targets:
    """The label under which FER2013 first collected each face of `read_ferplus`, (n, 8).

    A row of zeros where it is not known.
    """
    file = folder / "fer2013_labels.csv"
    known = {(row["sheet"], row["cell"]): row["fer2013"] for row in _rows(file)}
    labels = [known.get((row["sheet"], row["cell"]), "") for row in _voted(folder, split)]
    return np.stack([one_hot(label) for label in labels])


def _voted(folder: Path, split: str) -> list[Row]:
    """The rows of a split with a vote for an emotion."""
    return [
        row
        for row in _rows(folder / "votes.csv")
        if row["split"] == split and any(float(row[emotion]) for emotion in EMOTIONS)
    ]


def read_affectnet(folder: Path, split: str) -> Stills:
    """One split of the AffectNet subset ("train", "test"), (n, 64, 64), seven emotions.

    A. Mollahosseini et al., "AffectNet: a database for facial expression, valence, and arousal
    computing in the wild", IEEE Transactions on Affective Computing 10(1), 2019.
    """
    rows = [row for row in _rows(folder / "faces.csv") if row["split"] == split]
    sheets = {name: _grey(folder / name) for name in sorted({row["sheet"] for row in rows})}
    images = np.stack([_cell(sheets[row["sheet"]], int(row["cell"]), WIDE) for row in rows])
    targets = np.stack([one_hot(row["label"]) for row in rows])
    return Stills(images, targets, ("",) * len(rows))


@dataclass(frozen=True, slots=True)
class PosedStills:
    """Posed faces of known people on two occasions; `sessions` (n,) is "A" or "B"."""

    stills: Stills
    sessions: NDArray[np.str_]


def read_kdef(folder: Path) -> PosedStills:
    """All of KDEF, (n, 64, 64), seven emotions.

    D. Lundqvist et al., "The Karolinska directed emotional faces", Karolinska Institutet, 1998.
    """
    rows = _rows(folder / "faces.csv")
    sheets = {name: _grey(folder / name) for name in sorted({row["sheet"] for row in rows})}
    cells = [_cell(sheets[row["sheet"]], int(row["cell"]), FINE) for row in rows]
    images = np.stack([_shrink(cell) for cell in cells])
    targets = np.stack([one_hot(row["label"]) for row in rows])
    stills = Stills(images, targets, tuple(row["subject"] for row in rows))
    return PosedStills(stills, np.array([row["session"] for row in rows]))


def kdef_pairs(faces: PosedStills) -> list[Pair]:
    """The neutral face of each person and session of KDEF with each of the other six."""
    stills = faces.stills
    sessions: dict[tuple[str, str], dict[Emotion, Images]] = {}
    for key, label, image in zip(
        zip(stills.subjects, faces.sessions, strict=True), stills.labels, stills.images, strict=True
    ):
        sessions.setdefault(key, {})[EMOTIONS[label]] = image
    return [
        Pair(shown[Emotion.NEUTRAL], image, emotion, subject)
        for (subject, _), shown in sorted(sessions.items())
        for emotion, image in shown.items()
        if emotion != Emotion.NEUTRAL and Emotion.NEUTRAL in shown
    ]


def _shrink(cell: Images) -> Images:
    with Image.fromarray(cell) as picture:
        return np.asarray(picture.resize((WIDE, WIDE), Image.Resampling.BOX))


def read_ckplus(folder: Path, file: str) -> Stills:
    """One CK+ file of crops: "apex3_48px" or "onset_and_apex_48px"."""
    rows = _rows(folder / f"{file}.csv")
    images = _grey(folder / f"{file}.png").reshape(-1, SIDE, SIDE)
    targets = np.stack([one_hot(row["label"]) for row in rows])
    chosen = images[[int(row["row"]) for row in rows]]
    return Stills(chosen, targets, tuple(row["subject"] for row in rows))


def read_pairs(folder: Path) -> list[Pair]:
    """The CK+ sessions with both a neutral and an apex crop, framed alike."""
    file = "onset_and_apex_48px"
    images = _grey(folder / f"{file}.png").reshape(-1, SIDE, SIDE)
    ends: dict[tuple[str, str], dict[bool, Row]] = {}
    for row in _rows(folder / f"{file}.csv"):
        session = (row["subject"], row["session"])
        ends.setdefault(session, {})[row["label"] == Emotion.NEUTRAL] = row
    return [
        Pair(
            images[int(both[True]["row"])],
            images[int(both[False]["row"])],
            Emotion(both[False]["label"]),
            subject,
        )
        for (subject, _), both in sorted(ends.items())
        if both.keys() == {True, False}
    ]


def read_triples(folder: Path) -> list[Triple]:
    """The sessions of the set that is known as CK+48, by subject and session."""
    file = "apex3_48px"
    images = _grey(folder / f"{file}.png").reshape(-1, SIDE, SIDE)
    sessions: dict[tuple[str, str], list[Row]] = {}
    for row in _rows(folder / f"{file}.csv"):
        sessions.setdefault((row["subject"], row["session"]), []).append(row)
    return [
        Triple(
            images[[int(row["row"]) for row in sorted(rows, key=_frame_number)]],
            Emotion(rows[0]["label"]),
            subject,
        )
        for (subject, _), rows in sorted(sessions.items())
    ]


def _frame_number(row: Row) -> int:
    return int(row["frame"])


def read_matched(folder: Path) -> tuple[Stills, list[Path]]:
    """The CK+ crops, of both files, whose whole frame is among the real sequences."""
    crops, frames = [], []
    for file in CROP_FILES:
        rows = _rows(folder / f"{file}.csv")
        wholes = [_frame_file(folder, row) for row in rows]
        there = [index for index, whole in enumerate(wholes) if whole.is_file()]
        crops.append(read_ckplus(folder, file).select(np.array(there)))
        frames += [wholes[index] for index in there]
    return join(*crops), frames


def _frame_file(folder: Path, row: Row) -> Path:
    session = f"{row['subject']}_{row['session']}"
    return folder / "sequences" / session / f"{int(row['frame']):08d}.jpg"


def read_sessions(folder: Path) -> list[Row]:
    """The rows of the real CK+ sequences: session, subject, label, frames, extent."""
    return _rows(folder / "sequences.csv")


def sequence_subjects(folder: Path) -> frozenset[str]:
    """Whose real sequences there are: kept out of training, for the evaluation."""
    return frozenset(row["subject"] for row in read_sessions(folder))


def one_hot(emotion: str) -> Targets:
    """The target (8,) that is wholly one emotion."""
    return np.array([name == emotion for name in EMOTIONS], np.float32)


def join(*parts: Stills) -> Stills:
    """Several sets as one."""
    return Stills(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.targets for part in parts]),
        tuple(subject for part in parts for subject in part.subjects),
    )


def _rows(file: Path) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _grey(file: Path) -> Images:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("L"))


def _cell(sheet: Images, cell: int, side: int = SIDE) -> Images:
    top, left = cell // COLUMNS * side, cell % COLUMNS * side
    return sheet[top : top + side, left : left + side]
