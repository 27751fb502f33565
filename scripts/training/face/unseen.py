"""The real CK+ sequences, each read by a model that has not seen the person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from companion.face.detect import Detector
from companion.face.model import FaceModel
from training.face.ckplus import FoldModel
from training.face.data import EMOTIONS, Images, Stills
from training.face.infer import still_logits
from training.face.posed import RealSequence
from training.face.real import (
    NEUTRAL,
    Answer,
    answer,
    read_crops,
    spoil_some,
)
from training.metrics import bootstrap_interval, summarise

BAD = 0.3  # the share of bad frames in the spoilt sequences
TILT = 25.0  # degrees by which whole frames are turned


def measure_real(models: Sequence[FoldModel], sequences: Sequence[RealSequence]) -> dict[str, Any]:
    """The emotion in the last quarter, neutral in the first frames; recurrence against mean."""
    random = np.random.default_rng(0)
    spoilt = [spoil_some(sequence, BAD, random) for sequence in sequences]
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
