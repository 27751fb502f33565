"""Measure the shipped face model: python scripts/evaluate_face.py [--data FOLDER].

Writes `metrics.json` and `card.md` into models/face_mood. The FER+ test split and the
people of the real CK+ sequences had no part in the training or in any choice.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer
from PIL import Image
from training.face_card import write_card
from training.face_data import (
    EMOTIONS,
    Images,
    Stills,
    read_ferplus,
    read_matched,
    read_sessions,
    sequence_subjects,
)
from training.face_infer import clip_logits, frame_logits, make_clips, still_logits
from training.metrics import (
    Floats,
    Integers,
    accuracy_at_coverage,
    bootstrap_interval,
    softmax,
    summarise,
)

from companion.affect import Emotion
from companion.face.camera import Frame
from companion.face.crop import SIDE, cut
from companion.face.detect import Detector
from companion.face.model import NAME, FaceModel, load_face_model

ROOT = Path(__file__).parent.parent
CLIPS = 1024  # sequences made from test stills
CLIP_LENGTH = 16  # frames: two seconds
COVERAGE = 0.8
FIRST_FRAMES = 3  # of a real sequence: the face is still at rest
LAST_SHARE = 4  # the last quarter of a real sequence shows the emotion


class Answer(NamedTuple):
    """What the model says of one real sequence.

    Attributes:
        rest, apex: mean probabilities (8,) after the first frames and in the last quarter.
        label: the true class of the apex.
        subject: whose face.
        frames, faces: how many frames there are, and in how many a face was found.
    """

    rest: Floats
    apex: Floats
    label: int
    subject: str
    frames: int
    faces: int


def measure_ferplus(model: FaceModel, test: Stills) -> dict[str, Any]:
    """Test stills as they are (one frame) and as made sequences of two seconds."""
    labels = test.labels
    stills = softmax(still_logits(model.variables, test.images), model.temperature)
    clips = make_clips(test, CLIPS, CLIP_LENGTH)
    moving = softmax(clip_logits(model.variables, clips), model.temperature)
    frames = softmax(frame_logits(model.variables, clips.frames.reshape(-1, SIDE, SIDE)))
    seen = clips.mask[..., None]
    pooled = (frames.reshape(*clips.mask.shape, -1) * seen).sum(1) / seen.sum(1)
    single = softmax(frame_logits(model.variables, test.images))
    return {
        "stills": _with_abstaining(model, stills, labels),
        "sequences": _with_abstaining(model, moving, labels[:CLIPS]),
        "trunk_alone_stills": summarise(single, labels, EMOTIONS),
        "trunk_mean_sequences": summarise(pooled, labels[:CLIPS], EMOTIONS),
    }


def _with_abstaining(model: FaceModel, shares: Floats, labels: Integers) -> dict[str, Any]:
    sure = shares.max(axis=1) >= model.threshold
    right = shares.argmax(axis=1) == labels
    return summarise(shares, labels, EMOTIONS) | {
        "accuracy_at_80": round(accuracy_at_coverage(shares, labels, COVERAGE), 4),
        "abstained": round(float(1 - sure.mean()), 4),
        "accuracy_not_abstained": round(float(right[sure].mean()), 4),
    }


def measure_sequences(model: FaceModel, folder: Path, detector: Detector) -> dict[str, Any]:
    """The real CK+ sequences, whole frames through detector, crop and network."""
    rows = read_sessions(folder)
    answers = [_read_sequence(model, detector, folder, row) for row in rows]
    whole = [answer for answer, row in zip(answers, rows, strict=True) if row["extent"] == "whole"]
    labels = np.array([answer.label for answer in answers])
    apex = np.stack([answer.apex for answer in answers])
    right = apex.argmax(axis=1) == labels
    low, high = bootstrap_interval(
        [answer.subject for answer in answers], lambda chosen: float(right[chosen].mean())
    )
    neutral = EMOTIONS.index(Emotion.NEUTRAL)
    return {
        "apex": summarise(apex, labels, EMOTIONS)
        | {"accuracy_interval_95": [round(low, 4), round(high, 4)]},
        "rest": {
            "count": len(whole),
            "accuracy": round(float(np.mean([a.rest.argmax() == neutral for a in whole])), 4),
        },
        "frames_with_face": round(
            sum(a.faces for a in answers) / sum(a.frames for a in answers), 4
        ),
        "subjects": len(sequence_subjects(folder)),
    }


def _read_sequence(
    model: FaceModel, detector: Detector, folder: Path, row: dict[str, str]
) -> Answer:
    files = sorted((folder / "sequences" / row["session"]).glob("*.jpg"))
    crops = [_crop(_read_frame(file), detector) for file in files]
    mask = np.array([crop is not None for crop in crops])
    filled = [np.zeros((SIDE, SIDE), np.uint8) if crop is None else crop for crop in crops]
    shares = model.probabilities(np.stack(filled), mask)
    return Answer(
        rest=shares[:FIRST_FRAMES].mean(axis=0),
        apex=shares[-max(1, len(files) // LAST_SHARE) :].mean(axis=0),
        label=EMOTIONS.index(Emotion(row["label"])),
        subject=row["subject"],
        frames=len(files),
        faces=int(mask.sum()),
    )


def measure_crops(model: FaceModel, folder: Path, detector: Detector) -> dict[str, Any]:
    """The same frames, cropped by the data set and by the detector, one frame at a time."""
    stills, files = read_matched(folder)
    cut_out = [_crop(_read_frame(file), detector) for file in files]
    found = np.array([crop is not None for crop in cut_out])
    ours = np.stack([crop for crop in cut_out if crop is not None])
    labels = stills.labels[found]
    by_set = _accuracy(model, stills.images[found], labels)
    by_detector = _accuracy(model, ours, labels)
    return {
        "count": int(found.sum()),
        "dataset_crop": round(by_set, 4),
        "detector_crop": round(by_detector, 4),
        "difference": round(by_set - by_detector, 4),
    }


def _accuracy(model: FaceModel, images: Images, labels: Integers) -> float:
    return float(np.mean(still_logits(model.variables, images).argmax(axis=1) == labels))


def _read_frame(file: Path) -> Frame:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def _crop(frame: Frame, detector: Detector) -> Images | None:
    faces = detector.find(frame)
    return cut(frame, faces[0]) if faces else None


def main(
    data: Annotated[Path, typer.Option(help="The folder with ferplus and ckplus.")] = ROOT
    / "../shared/data/face",
    models: Annotated[Path, typer.Option(help="Where the model's folder is.")] = ROOT / "models",
) -> None:
    """Measure the shipped face model; write metrics.json and card.md."""
    model = load_face_model(models)
    with Detector(models) as detector:
        metrics = {
            "model": model.label,
            "parameters": sum(np.size(leaf) for leaf in _leaves(model.variables["params"])),
            "temperature": model.temperature,
            "threshold": model.threshold,
            "ferplus_test": measure_ferplus(model, read_ferplus(data / "ferplus", "test")),
            "ckplus_sequences": measure_sequences(model, data / "ckplus", detector),
            "ckplus_crops": measure_crops(model, data / "ckplus", detector),
        }
    folder = models / NAME
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    (folder / "card.md").write_text(write_card(metrics), "utf-8")
    print(f"wrote metrics.json and card.md to {folder}")


def _leaves(tree: dict[str, Any]) -> list[Any]:
    return [
        leaf
        for value in tree.values()
        for leaf in (_leaves(value) if isinstance(value, dict) else [value])
    ]


if __name__ == "__main__":
    typer.run(main)
