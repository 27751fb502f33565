"""A noisy face: what the face model would say of a listener, by its published confusion."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from companion.affect import EMOTION_AFFECT, Emotion, FaceMood, expected_affect
from evaluation.context.listeners import Floats

EMOTIONS = tuple(Emotion)
PLACES = np.array([[EMOTION_AFFECT[one].valence, EMOTION_AFFECT[one].arousal] for one in EMOTIONS])
SMOOTHING = 0.02
"""Share of every emotion in a simulated answer, so that none is impossible."""


@dataclass(frozen=True, slots=True)
class FaceModel:
    """The face model as published.

    Attributes:
        confusion: share of each answer by the emotion that shows: (8, 8), rows sum to 1.
        abstains: the share of looks without a mood, in [0, 1].
    """

    confusion: Floats
    abstains: float


def read_face_model(metrics: Path) -> FaceModel:
    """The held-out confusion and abstention of models/face_mood/metrics.json, as at a desk."""
    found = json.loads(metrics.read_text("utf-8"))["ferplus_test"]["desk"]["all"]
    counts = np.array(found["confusion"], float) + SMOOTHING
    return FaceModel(counts / counts.sum(axis=1, keepdims=True), 1 - found["coverage"])


def show_face(mood: Floats, expressive: float, rng: np.random.Generator) -> int:
    """The emotion that a face shows in a mood: neutral, more often where the mood is weak."""
    intensity = min(float(np.hypot(*mood)) / 0.6, 1.0)
    if rng.uniform() >= expressive * intensity:
        return EMOTIONS.index(Emotion.NEUTRAL)
    nearness = np.exp(-((PLACES - mood) ** 2).sum(axis=1) / (2 * 0.3**2))
    return int(rng.choice(len(EMOTIONS), p=nearness / nearness.sum()))


def read_face(shown: int, model: FaceModel, rng: np.random.Generator) -> FaceMood | None:
    """The model's answer to a face; None where it abstains."""
    if rng.uniform() < model.abstains:
        return None
    said = int(rng.choice(len(EMOTIONS), p=model.confusion[shown]))
    right = model.confusion[said, said]
    sure = float(np.clip(rng.normal(right, 0.1), 0.35, 0.97))
    given = np.full(len(EMOTIONS), (1 - sure) / (len(EMOTIONS) - 1))
    given[said] = sure
    probabilities = dict(zip(EMOTIONS, given.tolist(), strict=True))
    return FaceMood(probabilities, expected_affect(probabilities, EMOTION_AFFECT), sure, 16)
