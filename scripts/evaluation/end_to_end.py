"""The program end to end: real faces, detector and ConvLSTM, `match`, and the labelled clips.

The face model is one that has seen none of the people of the real sequences: trained by the
recipe of the shipped one, which has. A
sequence gives two readings: of its first frames, where the face is at rest and so neutral,
and at its end, where the emotion is. A pick is right where people put the clip in the
quadrant that `match` aims at for the true emotion. Readings from which the program
abstains queue nothing and are counted apart.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from training.face.data import read_sessions

from companion.affect import Emotion, FaceReading
from companion.face.camera import Frame
from companion.face.read import FaceReader
from evaluation.choosers import CHOOSERS
from evaluation.draws import seeded
from evaluation.library import Clip
from evaluation.pick_accuracy import meant_by, share_right, target_of

PICKS = 20  # a reading
AT_REST = 3  # frames


@dataclass(frozen=True, slots=True)
class Look:
    """The program's reading of a face, and the emotion that it showed."""

    reading: FaceReading
    truth: Emotion


def read_looks(folder: Path, models: Path) -> list[Look]:
    """Two looks at each whole sequence, one at each that starts late.

    Args:
        folder: of CK+.
        models: where the face model is that has not seen its people.
    """
    with FaceReader(models) as reader:
        return list(_looks(folder, reader))


def _looks(folder: Path, reader: FaceReader) -> Iterator[Look]:
    for row in read_sessions(folder):
        files = sorted((folder / "sequences" / row["session"]).glob("*.jpg"))
        frames = [_read_frame(file) for file in files]
        if row["extent"] == "whole":
            yield Look(reader.read(frames[:AT_REST]), Emotion.NEUTRAL)
        yield Look(reader.read(frames), Emotion(row["label"]))


def _read_frame(file: Path) -> Frame:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def measure_end_to_end(library: Sequence[Clip], looks: Sequence[Look]) -> dict[str, Any]:
    """The share of right picks by chooser, and how many looks were abstained from."""
    sure = [look for look in looks if look.reading.abstention is None and look.reading.mood]
    chosen = {name: _rights(library, sure, name) for name in CHOOSERS}
    emotional = [look.truth is not Emotion.NEUTRAL for look in sure]
    rights = chosen["companion"]
    return {
        "looks": len(looks),
        "abstained": 1 - len(sure) / len(looks),
        "choosers": {name: statistics.fmean(found) for name, found in chosen.items()},
        "emotions_only": statistics.fmean(
            [right for right, kept in zip(rights, emotional, strict=True) if kept]
        ),
        "neutral_only": statistics.fmean(
            [right for right, kept in zip(rights, emotional, strict=True) if not kept]
        ),
    }


def _rights(library: Sequence[Clip], looks: Sequence[Look], name: str) -> list[float]:
    """For each look the share of its picks that are right for what the face showed."""
    found = []
    for seed, look in enumerate(looks):
        mood = look.reading.mood
        if mood is None:
            continue
        table = meant_by(mood.emotion)
        picks = CHOOSERS[name](library, target_of(mood.affect), table, PICKS, seeded(seed))
        found.append(share_right(picks, meant_by(look.truth)) if picks else 0.0)
    return found
