"""Measures of the shipped model on test stills: as they are, spoilt, and as sequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from companion.face.model import FaceModel
from training.face.augment import Shade, View, show
from training.face.cover import Glasses, Hand, Oval
from training.face.data import EMOTIONS, SIDE, Stills
from training.face.evaluation.calibrate import even_prior, own_prior
from training.face.evaluation.readings import Limits, Readings, describe
from training.face.fit import Variables
from training.face.infer import clip_logits, frame_logits, scheme_readings, still_logits
from training.face.paths import MIDDLE
from training.face.sequences import Clip, make_clips
from training.metrics import Floats, accuracy_at_coverage, reliability, softmax, summarise

COVERAGE = 0.8
CLEAR = 0.5  # more than this share of the votes that count makes a clear majority
CLIPS = 160  # sequences made from stills
SPOILT = 600  # stills that are spoilt
CLIP_LENGTH = 16  # frames: two seconds
BAD = 0.3  # the share of bad frames

# One of each kind, as hard as a webcam may make it. Nothing here was used in training as
# it is; training draws the same changes at random strengths.
CORRUPTIONS: Mapping[str, tuple[View, ...]] = {
    "dark": (View(gain=0.15, bias=-60, noise=4),),
    "blur": (View(blur=2.0),),
    "noise": (View(noise=25),),
    "tilted by 25 degrees": (View(angle=25), View(angle=-25)),
    "turned by 30 degrees": (View(turn=30), View(turn=-30)),
    "half in the dark": tuple(
        View(shade=Shade(depth=0.9, angle=angle, place=0, soft=0.1)) for angle in (0, np.pi)
    ),
    "light from behind": (View(gain=0.25, bias=-70, gamma=1.6, noise=5),),
    "60 pixels wide, compressed": (View(pixels=22, quality=30),),
    "another camera's tone curve": (View(gamma=0.55, curve=0.7), View(gamma=1.8, curve=0.7)),
    "glasses": (View(glasses=Glasses(13, 11, 2, 20, 128, 0.1)),),
    "dark glasses": (View(glasses=Glasses(15, 12, 2, 20, 20, 0.9)),),
    "hand before the mouth": (View(hand=Hand(24, 31, np.pi / 2, 6, 150)),),
    "oval mask": (View(oval=Oval(20, 23, 3, 0)),),
    "half covered": (
        View(cover=(0, 0, MIDDLE, SIDE)),
        View(cover=(MIDDLE, 0, MIDDLE, SIDE)),
        View(cover=(0, 0, SIDE, MIDDLE)),
        View(cover=(0, MIDDLE, SIDE, MIDDLE)),
    ),
}


def measure_ferplus(model: FaceModel, heads: Variables, test: Stills) -> dict[str, Any]:
    """FER+ test faces: as at a desk, with FER+'s own prior, and by FER+'s own head.

    Each on all faces, and on those of a clear majority.
    """
    logits = still_logits(model.variables, test.windows) / model.temperature
    prior = own_prior(test.labels)
    head = scheme_readings(heads, test.windows, "ferplus", prior)
    ways = {
        "desk": softmax(logits + np.asarray(model.prior)),
        "own_prior": softmax(logits + prior),
        "own_head": softmax(head),
    }
    clear = test.targets.max(axis=1) > CLEAR
    limits = Limits(model.threshold, model.spread, model.least_confidence)
    return {
        name: {
            "all": with_abstaining(Readings(shares, test.labels), limits)
            | {"reliability": reliability(shares, test.labels)},
            "clear": with_abstaining(Readings(shares[clear], test.labels[clear]), limits),
        }
        for name, shares in ways.items()
    }


def measure_affectnet(model: FaceModel, heads: Variables, test: Stills) -> dict[str, Any]:
    """AffectNet test faces, seven emotions alike often: the shared head and its own."""
    prior = even_prior(test.labels)
    limits = Limits(model.threshold, model.spread, model.least_confidence)
    logits = still_logits(model.variables, test.windows) / model.temperature
    ways = {
        "own_prior": softmax(logits + prior),
        "own_head": softmax(scheme_readings(heads, test.windows, "affectnet", prior)),
    }
    return {
        name: with_abstaining(Readings(shares, test.labels), limits)
        | {"reliability": reliability(shares, test.labels)}
        for name, shares in ways.items()
    }


def measure_corruptions(model: FaceModel, test: Stills) -> dict[str, dict[str, Any]]:
    """Figures of each kind of spoilt still as at a desk, beside the clean ones."""
    kinds = {"clean": (View(),)} | dict(CORRUPTIONS)
    return {kind: _spoilt(model, test, views) for kind, views in kinds.items()}


def _spoilt(model: FaceModel, test: Stills, views: tuple[View, ...]) -> dict[str, Any]:
    random = np.random.default_rng(0)
    images = [
        show(image, views[k % len(views)], random) for k, image in enumerate(test.windows[:SPOILT])
    ]
    logits = still_logits(model.variables, np.stack(images)) / model.temperature
    shares = softmax(logits + np.asarray(model.prior))
    limits = Limits(model.threshold, model.spread, model.least_confidence)
    found = with_abstaining(Readings(shares, test.labels[:SPOILT]), limits)
    keys = ("accuracy", "coverage", "coverage_by_emotion", "kept_accuracy", "wrong_sign_kept")
    return {key: found[key] for key in keys}


def measure_recurrence(model: FaceModel, test: Stills) -> dict[str, Any]:
    """The ConvLSTM against the mean of the frames of the same trunk, on made sequences."""
    found = {}
    for name, bad in (("clean", 0.0), ("bad", BAD)):
        clips = make_clips(test, CLIPS, CLIP_LENGTH, bad)
        logits = clip_logits(model.variables, clips) / model.temperature
        shares = softmax(logits + own_prior(test.labels))
        found[name] = {
            "convlstm": summarise(shares, test.labels[:CLIPS], EMOTIONS),
            "mean_of_frames": summarise(
                mean_of_frames(model, clips, own_prior(test.labels)), test.labels[:CLIPS], EMOTIONS
            ),
        }
    return found


def mean_of_frames(model: FaceModel, clips: Clip, prior: Floats) -> Floats:
    """The mean probabilities (n, 8) of the frames with a face, by the trunk alone."""
    frames, mask = clips.frames, clips.mask
    flat = frames.reshape(-1, *frames.shape[-2:])
    shares = softmax(frame_logits(model.variables, flat) / model.temperature + prior)
    seen = mask[..., None]
    mean: Floats = (shares.reshape(*mask.shape, -1) * seen).sum(axis=1) / seen.sum(axis=1)
    return mean


def with_abstaining(readings: Readings, limits: Limits) -> dict[str, Any]:
    """`describe`, with the accuracy of the most confident ones."""
    most = accuracy_at_coverage(readings.shares, readings.labels, COVERAGE)
    return describe(readings, limits) | {"accuracy_at_80": round(most, 4)}
