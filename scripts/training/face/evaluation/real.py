"""Measures on the real CK+ sequences, and on their frames cropped in two ways.

All readings are by models that have not seen the person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from companion.affect import Emotion
from companion.face.camera import Frame
from companion.face.detect import Detector
from companion.face.model import FaceModel
from training.face.augment import View, show
from training.face.data import EMOTIONS, Images, Stills, read_matched
from training.face.evaluation.ckplus import FoldModel
from training.face.infer import frame_logits, still_logits
from training.face.paths import BAD, spoil
from training.face.posed import FIRST_FRAMES, QUARTER, RealSequence, find_crop, open_frame
from training.metrics import Floats, bootstrap_interval, softmax, summarise

NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
SPOILT = 0.3  # the share of bad frames in the spoilt sequences
TILT = 25.0  # degrees by which whole frames are turned


@dataclass(frozen=True)
class Answer:
    """The readings of one sequence: probabilities (8,).

    Attributes:
        rest: after the first frames; apex: in the last quarter.
        mean: of all frames by the trunk alone; last_mean: of those of the last quarter.
    """

    rest: Floats
    apex: Floats
    mean: Floats
    last_mean: Floats


def answer(model: FaceModel, sequence: RealSequence) -> Answer:
    """The ConvLSTM's readings, and those of the trunk's frames."""
    shares = model.probabilities(sequence.crops, sequence.mask)
    frames = softmax(frame_logits(model.variables, sequence.crops), model.temperature)
    last = slice(-max(1, len(shares) // QUARTER), None)
    return Answer(
        rest=shares[:FIRST_FRAMES].mean(axis=0),
        apex=shares[last].mean(axis=0),
        mean=frames[sequence.mask].mean(axis=0),
        last_mean=frames[last][sequence.mask[last]].mean(axis=0),
    )


def spoil_some(sequence: RealSequence, share: float, random: np.random.Generator) -> RealSequence:
    """The same sequence with that share of its frames bad."""
    crops = sequence.crops.copy()
    for index in random.permutation(len(crops))[: round(share * len(crops))]:
        crops[index] = show(crops[index], spoil(View(), random.choice(BAD), random), random)
    return RealSequence(crops, sequence.mask, sequence.label, sequence.subject, sequence.whole)


def read_crops(folder: Path, detector: Detector, tilt: float = 0) -> tuple[Stills, Images]:
    """The same frames as the data set crops them, and as the detector's eyes do.

    Args:
        folder: of CK+.
        detector: finds the eyes.
        tilt: degrees by which the whole frames are turned first.
    """
    stills, files = read_matched(folder)
    crops = [find_crop(_tilt(open_frame(file), tilt), detector) for file in files]
    found = np.array([crop is not None for crop in crops])
    return stills.select(found), np.stack([crop for crop in crops if crop is not None])


def _tilt(frame: Frame, degrees: float) -> Frame:
    height, width = frame.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(frame, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8)


def measure_real(models: Sequence[FoldModel], sequences: Sequence[RealSequence]) -> dict[str, Any]:
    """The emotion in the last quarter, neutral in the first frames; recurrence against mean."""
    random = np.random.default_rng(0)
    spoilt = [spoil_some(sequence, SPOILT, random) for sequence in sequences]
    clean = [answer(_unseen(models, one.subject), one) for one in sequences]
    bad = [answer(_unseen(models, one.subject), one) for one in spoilt]
    labels = np.array([sequence.label for sequence in sequences])
    apex = np.stack([said.apex for said in clean])
    good = apex.argmax(axis=1) == labels
    interval = bootstrap_interval(
        [one.subject for one in sequences], lambda chosen: float(good[chosen].mean())
    )
    rests = [
        said.rest.argmax() == NEUTRAL
        for said, one in zip(clean, sequences, strict=True)
        if one.whole
    ]
    frames = np.concatenate([sequence.mask for sequence in sequences])
    return {
        "apex": summarise(apex, labels, EMOTIONS)
        | {"accuracy_interval_95": [round(end, 4) for end in interval]},
        "rest": {"count": len(rests), "accuracy": round(float(np.mean(rests)), 4)},
        "frames_with_face": round(float(frames.mean()), 4),
        "subjects": len({sequence.subject for sequence in sequences}),
        "recurrence": {"clean": _compare(clean, labels), "bad": _compare(bad, labels)},
    }


def _compare(answers: Sequence[Answer], labels: Any) -> dict[str, float]:
    """Accuracies in the last quarter."""
    columns = {"convlstm": "apex", "mean_of_frames": "mean", "mean_of_last_frames": "last_mean"}
    return {
        name: round(float(np.mean(_classes(answers, column) == labels)), 4)
        for name, column in columns.items()
    }


def _classes(answers: Sequence[Answer], column: str) -> Any:
    return np.stack([getattr(said, column) for said in answers]).argmax(axis=1)


def measure_crops(models: Sequence[FoldModel], folder: Path, detector: Detector) -> dict[str, Any]:
    """The same frames as the data set crops them, and as the detector's eyes do."""
    stills, ours = read_crops(folder, detector)
    tilted, ours_tilted = read_crops(folder, detector, TILT)
    by_set = _accuracy(models, stills, stills.images)
    by_detector = _accuracy(models, stills, ours)
    return {
        "count": len(stills),
        "dataset_crop": round(by_set, 4),
        "detector_crop": round(by_detector, 4),
        "difference": round(by_set - by_detector, 4),
        "tilted_count": len(tilted),
        "detector_crop_tilted": round(_accuracy(models, tilted, ours_tilted), 4),
    }


def _accuracy(models: Sequence[FoldModel], stills: Stills, images: Images) -> float:
    """Of single crops, each by a model that has not seen the person."""
    right = []
    for fold in models:
        here = np.array([name in fold.away for name in stills.subjects])
        if here.any():
            said = still_logits(fold.model.variables, images[here]).argmax(axis=1)
            right += list(said == stills.labels[here])
    return float(np.mean(right))


def _unseen(models: Sequence[FoldModel], subject: str) -> FaceModel:
    return next(fold.model for fold in models if subject in fold.away)
