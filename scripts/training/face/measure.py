"""How good the face model is on FER+ test stills: as they are, spoilt, and as sequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from companion.face.model import FaceModel
from training.face.augment import View, show
from training.face.data import EMOTIONS, SIDE, Images, Stills
from training.face.infer import clip_logits, frame_logits, mirrored_logits, still_logits
from training.face.paths import MIDDLE
from training.face.sequences import make_clips
from training.metrics import Floats, Integers, accuracy_at_coverage, reliability, softmax, summarise

COVERAGE = 0.8
CLEAR = 0.5  # more than this share of the votes that count makes a clear majority
CLIPS = 512  # sequences made from stills
CLIP_LENGTH = 16  # frames: two seconds
BAD = 0.3  # the share of bad frames

# One of each kind, as hard as a webcam may make it. Nothing here was used in training as
# it is; training draws the same changes at random strengths.
CORRUPTIONS: Mapping[str, tuple[View, ...]] = {
    "dark": (View(gain=0.15, bias=-60, noise=4),),
    "blur": (View(blur=2.0),),
    "noise": (View(noise=25),),
    "tilted by 25 degrees": (View(angle=25), View(angle=-25)),
    "turned by 25 degrees": (View(turn=25), View(turn=-25)),
    "half covered": (
        View(cover=(0, 0, MIDDLE, SIDE)),
        View(cover=(MIDDLE, 0, MIDDLE, SIDE)),
        View(cover=(0, 0, SIDE, MIDDLE)),
        View(cover=(0, MIDDLE, SIDE, MIDDLE)),
    ),
}


def measure_stills(model: FaceModel, test: Stills) -> dict[str, Any]:
    """Each test still as a sequence of one frame."""
    shares = softmax(still_logits(model.variables, test.images), model.temperature)
    clear = test.targets.max(axis=1) > CLEAR
    trunk = softmax(mirrored_logits(model.variables, test.images), model.temperature)
    return {
        "stills": with_abstaining(shares, test.labels, model.threshold)
        | {"reliability": reliability(shares, test.labels)},
        "clear_majority": with_abstaining(shares[clear], test.labels[clear], model.threshold),
        "trunk_alone": summarise(trunk, test.labels, EMOTIONS),
    }


def measure_corruptions(model: FaceModel, test: Stills) -> dict[str, dict[str, float]]:
    """Accuracy and abstaining of each kind of spoilt still, beside the clean ones."""
    kinds = {"clean": (View(),)} | dict(CORRUPTIONS)
    return {kind: _spoilt(model, test, views) for kind, views in kinds.items()}


def _spoilt(model: FaceModel, test: Stills, views: tuple[View, ...]) -> dict[str, float]:
    random = np.random.default_rng(0)
    images = [show(image, views[k % len(views)], random) for k, image in enumerate(test.images)]
    shares = softmax(still_logits(model.variables, np.stack(images)), model.temperature)
    found = with_abstaining(shares, test.labels, model.threshold)
    return {key: found[key] for key in ("accuracy", "abstained", "accuracy_not_abstained")}


def measure_recurrence(model: FaceModel, test: Stills) -> dict[str, Any]:
    """The ConvLSTM against the mean of the frames of the same trunk, on made sequences."""
    found = {}
    for name, bad in (("clean", 0.0), ("bad", BAD)):
        clips = make_clips(test, CLIPS, CLIP_LENGTH, bad)
        shares = softmax(clip_logits(model.variables, clips), model.temperature)
        found[name] = {
            "convlstm": with_abstaining(shares, test.labels[:CLIPS], model.threshold),
            "mean_of_frames": summarise(
                mean_of_frames(model, clips.frames, clips.mask), test.labels[:CLIPS], EMOTIONS
            ),
        }
    return found


def mean_of_frames(model: FaceModel, frames: Images, mask: Any) -> Floats:
    """The mean probabilities (n, 8) of the frames with a face, by the trunk alone."""
    flat = frames.reshape(-1, *frames.shape[-2:])
    shares = softmax(frame_logits(model.variables, flat), model.temperature)
    seen = mask[..., None]
    mean: Floats = (shares.reshape(*mask.shape, -1) * seen).sum(axis=1) / seen.sum(axis=1)
    return mean


def with_abstaining(shares: Floats, labels: Integers, threshold: float) -> dict[str, Any]:
    """`summarise`, with what is said of the sure cases and of the most confident ones.

    Where none is sure, nothing that is said is wrong.
    """
    sure = shares.max(axis=1) >= threshold
    right = shares.argmax(axis=1) == labels
    return summarise(shares, labels, EMOTIONS) | {
        "accuracy_at_80": round(accuracy_at_coverage(shares, labels, COVERAGE), 4),
        "abstained": round(float(1 - sure.mean()), 4),
        "accuracy_not_abstained": round(float(right[sure].mean()), 4) if sure.any() else 1.0,
    }
