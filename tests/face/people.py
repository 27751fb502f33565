"""A small population of faces, and looks at one of its people."""

from __future__ import annotations

import numpy as np

from companion.affect import FEATURES, IDENTITY, SHAPE, Emotion, LookDescription
from companion.face.adaptation import COORDINATES, NEUTRAL, Population, Weighing
from companion.face.describe import Projections

LABEL = "face_adaptation/test"
BINS = 288
WEIGHING = Weighing(resting=0.1, all_moods=0.6, strength=0.4, model=0.7, person=0.3, people=0.1)


def make_population(same_person: float = 0.5, weighing: Weighing = WEIGHING) -> Population:
    """Emotions 4 apart, people 1 apart, occasions a half: an easy world."""
    random = np.random.default_rng(0)
    means = np.zeros((len(Emotion), COORDINATES))
    means[np.arange(8), np.arange(8)] = 4.0
    unit = np.eye(COORDINATES)
    return Population(
        means=means,
        person=unit,
        habit=0.3 * unit,
        noise=np.broadcast_to(0.25 * unit, (len(Emotion), COORDINATES, COORDINATES)),
        weighing=weighing,
        same_person=same_person,
        projections=Projections(
            np.zeros(BINS), random.normal(size=(BINS, SHAPE)), random.normal(size=(BINS, IDENTITY))
        ),
        face_model="face_mood/test",
        label=LABEL,
    )


def features_at(point: np.ndarray) -> tuple[float, ...]:
    """Features (14,) of a point (13,): logits of mean 0, the last of which follows."""
    logits, shape = point[:7], point[7:]
    whole = np.concatenate([logits, [-logits.sum()], shape])
    assert len(whole) == FEATURES
    return tuple(whole.tolist())


def identity_of(person: int) -> tuple[float, ...]:
    """Each person's own direction."""
    return tuple(np.eye(IDENTITY)[person].tolist())


def look_at(
    emotion: Emotion = Emotion.NEUTRAL, offset: np.ndarray | float = 0.0, person: int = 0
) -> LookDescription:
    """A look at a person who is off the population's mean by so much in each coordinate."""
    point = make_population().means[list(Emotion).index(emotion)] + offset
    return LookDescription(LABEL, features_at(point), identity_of(person))


SAD_LOOKING = np.zeros(COORDINATES)
SAD_LOOKING[[list(Emotion).index(Emotion.SADNESS), NEUTRAL]] = 2.1, -2.1
