"""Adapt what the model says of a face to the person whose face it is.

A person's faces are described by a linear mixed model. With u the features of a look at person
p in emotion c,

    u = mean_c + person_p + habit_pc + noise,
    person_p ~ N(0, P),  habit_pc ~ N(0, H),  noise ~ N(0, E_c):

what everybody shows, what this face is like whatever it shows, what is this person's own way
to show c, and what differs from one occasion to the next. From looks whose emotion is known,
of any number and of any emotions, follow the expected face m_c of the person in each emotion
and its covariance Q_c (Gaussian conditioning: C. Bishop, "Pattern Recognition and Machine
Learning", 2006, equations (2.81) and (2.82)). A resting face alone so moves the faces of all
emotions, as far as the people of the training say. With z the model's own log-probabilities,

    z'_c = a z_c + b log N(u; m_c, E_c + Q_c) - c log N(u; mean_c, E_c + P + H).

Where nothing is known of the person the two densities are equal, a is 1 and b is c: nothing
changes. The weights a, b and c follow how much is known, and were chosen on people left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.affect import (
    FEATURES,
    IDENTITY,
    SHAPE,
    Emotion,
    FaceProfile,
    MoodExample,
    Numbers,
    RestingFace,
)
from companion.errors import ModelError
from companion.face.describe import Projections, project_identity
from companion.weights import open_model

NAME = "face_adaptation"
EMOTIONS = tuple(Emotion)
NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
COORDINATES = FEATURES - 1  # logits of mean 0 have one degree of freedom less
FURTHEST = 5.0  # standard deviations from what is expected, beyond which an example is odd
MOST_LOOKS = 3.0  # of one emotion that count: those of one desk and one light err alike
ORDINARY = 40.0  # ordinary looks that count as one that was meant to show the resting face

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Weighing:
    """The weights a, b and c of the formula above by how much is known of the person.

    Attributes:
        resting, all_moods: how much is known (see `Person.known`) of who is known by the
            resting face alone, but by that well, and after one look of each mood. The weights
            change evenly between.
        strength: b and c up to `resting`; a is 1.
        model, person, people: a, b and c from `all_moods` on.
    """

    resting: float
    all_moods: float
    strength: float
    model: float
    person: float
    people: float

    def at(self, known: Floats) -> tuple[Floats, Floats, Floats]:
        """The weights a, b and c for each number of how much is known, (n,)."""
        knots = (self.resting, self.all_moods)
        return (
            np.interp(known, knots, (1.0, self.model)),
            np.interp(known, knots, (self.strength, self.person)),
            np.interp(known, knots, (self.strength, self.people)),
        )


@dataclass(frozen=True)
class Population:
    """Knowledge of people's faces in general: the parameters of the mixed model.

    Attributes:
        means: (8, 13), the features of each emotion without the last logit.
        person, habit: (13, 13), the covariances P and H.
        noise: (8, 13, 13), the covariances E_c.
        weighing: how far to go by it.
        same_person: the distance of identities, in [0, 2], up to which two are one person's.
        projections: from histograms to features and identity.
        face_model: the label of the face model whose logits it is of.
        label: name and version of these weights.
    """

    means: Floats
    person: Floats
    habit: Floats
    noise: Floats
    weighing: Weighing
    same_person: float
    projections: Projections
    face_model: str
    label: str

    @property
    def spread(self) -> Floats:
        """The covariance of one emotion's expected faces between people, (13, 13)."""
        spread: Floats = self.person + self.habit
        return spread


@dataclass(frozen=True)
class Person:
    """The expectation of one person's face.

    Attributes:
        means: (8, 13), the features of each emotion.
        covariances: (8, 13, 13), how uncertain they are.
        known: how much less uncertain than of anybody's face, in [0, 1].
    """

    means: Floats
    covariances: Floats
    known: float


def make_features(logits: Floats, shape: Floats) -> Floats:
    """Logits (..., 8) up to a constant and shape numbers (..., 6) as features (..., 14)."""
    centred = logits - logits.mean(axis=-1, keepdims=True)
    features: Floats = np.concatenate([centred, shape], axis=-1)
    return features


def coordinates(features: Floats | Numbers) -> Floats:
    """Features (..., 14) without the last logit, (..., 13)."""
    whole = np.asarray(features, np.float64)
    return np.delete(whole, len(EMOTIONS) - 1, axis=-1)


def know_person(population: Population, examples: Sequence[MoodExample]) -> Person:
    """Give what is expected of a person's face after some examples, at most one of each emotion.

    An example that lies further from what was expected than `FURTHEST` deviations counts as one
    at that distance: it may be of another mood than it was called.
    """
    spread = population.spread
    count = len(EMOTIONS)
    prior = np.kron(np.ones((count, count)), population.person)
    prior += np.kron(np.eye(count), population.habit)
    if not examples:
        return Person(population.means, np.broadcast_to(spread, population.noise.shape), 0.0)
    residuals, noise, where = [], [], []
    for example in examples:
        emotion = EMOTIONS.index(example.emotion)
        error = population.noise[emotion] / min(example.looks, MOST_LOOKS)
        apart = coordinates(example.features) - population.means[emotion]
        residuals.append(_nearer(apart, spread + error))
        noise.append(error)
        where.append(np.arange(COORDINATES) + emotion * COORDINATES)
    rows = np.concatenate(where)
    seen = prior[np.ix_(rows, rows)] + _diagonal(noise)
    gain = np.linalg.solve(seen, prior[rows]).T
    means = (gain @ np.concatenate(residuals)).reshape(count, -1) + population.means
    left = (prior - gain @ prior[rows]).reshape(count, COORDINATES, count, COORDINATES)
    covariances = np.stack([left[k, :, k] for k in range(count)])
    shares = np.trace(covariances @ np.linalg.inv(spread), axis1=1, axis2=2) / COORDINATES
    return Person(means, covariances, float(np.clip(1 - shares.mean(), 0, 1)))


def log_densities(features: Floats, means: Floats, covariances: Floats) -> Floats:
    """The log density of features (n, 14) under each emotion's normal distribution, (n, 8)."""
    apart = coordinates(features)[:, None] - means
    distances = np.einsum("nki,kij,nkj->nk", apart, np.linalg.inv(covariances), apart)
    sizes = np.linalg.slogdet(covariances)[1]
    densities: Floats = -0.5 * (distances + sizes)
    return densities


def adapt(log_shares: Floats, features: Floats, population: Population, person: Person) -> Floats:
    """Adapt what the model says to the person.

    Args:
        log_shares: (n, 8), the model's log-probabilities, up to a constant.
        features: (n, 14), of the same looks, not adapted.
        population: what is known of people's faces.
        person: what is known of this one.

    Returns:
        (n, 8), logits. Where nothing is known of the person, `log_shares`.
    """
    if not person.known:
        return log_shares
    model, own, usual = population.weighing.at(np.array([person.known]))
    theirs = log_densities(features, person.means, population.noise + person.covariances)
    anybodys = log_densities(features, population.means, population.noise + population.spread)
    adapted: Floats = model * log_shares + own * theirs - usual * anybodys
    return adapted


def is_same_person(one: Numbers | Floats, other: Numbers | Floats, population: Population) -> bool:
    """True if two identities are, as far as they tell, of one person."""
    return float(np.linalg.norm(np.subtract(one, other))) <= population.same_person


def profile_examples(profile: FaceProfile, least_looks: float) -> list[MoodExample]:
    """The examples of a profile; its resting face is one, from so many looks on."""
    examples = list(profile.examples)
    if profile.resting and profile.resting.looks >= least_looks:
        examples.append(resting_example(profile.resting))
    return examples


def resting_example(resting: RestingFace) -> MoodExample:
    """The resting face as an example of neutral, believed more with every look.

    Ordinary looks err alike where a whole week was sad, so it takes weeks until they count fully.
    """
    return MoodExample(Emotion.NEUTRAL, resting.features, resting.looks / ORDINARY)


def load_population(root: Path | None = None) -> Population:
    """The population that comes with the program, or the one under `root`.

    Raises:
        ModelError: a file is missing or damaged.
    """
    model = open_model(NAME, root)
    try:
        config = model.read_json("config.json")
        tensors = model.read_tensors()
        population = Population(
            **{name: tensors[name] for name in ("means", "person", "habit", "noise")},
            weighing=Weighing(**{name: float(n) for name, n in config["weighing"].items()}),
            same_person=float(config["same_person"]),
            projections=Projections(*(tensors[f"projection_{k}"] for k in PROJECTIONS)),
            face_model=str(config["face_model"]),
            label=model.label,
        )
        _check(population)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The model {model.label} cannot be read: {error}.") from error
    return population


PROJECTIONS = ("mean", "shape", "identity")


def _check(population: Population) -> None:
    square = (COORDINATES, COORDINATES)
    bins = len(population.projections.mean)
    found = {
        "means": (population.means.shape, (len(EMOTIONS), COORDINATES)),
        "person": (population.person.shape, square),
        "habit": (population.habit.shape, square),
        "noise": (population.noise.shape, (len(EMOTIONS), *square)),
        "shape": (population.projections.shape.shape, (bins, SHAPE)),
        "identity": (population.projections.identity.shape, (bins, IDENTITY)),
    }
    for name, (shape, wanted) in found.items():
        if shape != wanted:
            raise ValueError(f"{name} has the shape {shape}, not {wanted}")
    project_identity(population.projections.mean, population.projections)


def _nearer(residual: Floats, covariance: Floats) -> Floats:
    distance = float(np.sqrt(residual @ np.linalg.solve(covariance, residual)))
    return residual * min(1.0, FURTHEST / max(distance, FURTHEST))


def _diagonal(blocks: Sequence[Floats]) -> Floats:
    size = COORDINATES * len(blocks)
    joined = np.zeros((size, size))
    for k, block in enumerate(blocks):
        part = slice(k * COORDINATES, (k + 1) * COORDINATES)
        joined[part, part] = block
    return joined
