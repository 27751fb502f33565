"""Make the population of `companion.face.adaptation` from faces of known people.

The covariances are estimated by moments: products of two faces of one person on two occasions,
of different emotions for what the person's faces share, of the same emotion for what the person
shows alike; differences of the latter for the noise (S. Searle et al., "Variance Components",
1992, chapter 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from companion.affect import IDENTITY, SHAPE, Emotion, MoodExample
from companion.face.adaptation import (
    COORDINATES,
    EMOTIONS,
    MOST_LOOKS,
    NEUTRAL,
    Population,
    Weighing,
    coordinates,
    know_person,
    log_densities,
    make_features,
)
from companion.face.describe import (
    Projections,
    project_identity,
    project_shape,
)
from training.face.adaptation.faces import Faces
from training.metrics import Floats, Integers

INNER = 3  # folds of people on which the weights are chosen
SHRINKAGE = 0.3  # of the shape's within-class covariance towards a sphere
IDENTITY_SHRINKAGE = 0.1
OWN_NOISE = 0.8  # the share of its own noise in that of the resting face; the rest is everybody's
DAYS_APART = "kdef"  # the corpus of which that is known
RIDGE = 1e-3  # of a covariance's mean variance, added to its diagonal
ACCEPTED = 0.95  # of resting faces of the same person on two occasions count as the same person's
START = Weighing(0.1, 0.6, 0.4, 0.7, 0.25, 0.15)
CAUTION = 0.01  # how much leaving the start costs

Moods = tuple[int, ...]
# The moods of which there is an example; the last is all.
PATTERNS: tuple[Moods, ...] = (
    (NEUTRAL,),
    (NEUTRAL, 1),
    (NEUTRAL, 3),
    (NEUTRAL, 1, 3, 4),
    (NEUTRAL, 2, 5, 6),
    tuple(range(len(EMOTIONS))),
)
RESTING_ONLY, ALL_MOODS = 0, len(PATTERNS) - 1


@dataclass(frozen=True)
class Case:
    """One occasion of one person, judged by what is known from the others.

    Attributes:
        judged: the indices of the faces of the occasion.
        known: of the faces of the person's other occasions.
        pattern: which of `PATTERNS` is known.
    """

    judged: Integers
    known: Integers
    pattern: int


@dataclass(frozen=True)
class Judged:
    """Faces as a population sees them; all arrays are (n, ...).

    Attributes:
        which: the index of the face.
        pattern: what was known of the person.
        known: how much that is, see `Person.known`.
        theirs, anybodys: log densities (8,) under the person's faces and under everybody's.
    """

    which: Integers
    pattern: Integers
    known: Floats
    theirs: Floats
    anybodys: Floats


def fit_population(faces: Faces, face_model: str, label: str) -> Population:
    """The population that the faces show, its weights chosen on people left out."""
    people = np.unique(faces.people)
    apart = [people[k::INNER].tolist() for k in range(INNER)]
    parts = []
    for away in apart:
        population = _fit_unweighted(faces.without(away), face_model, label)
        judged = judge(population, faces, cases(faces, away))
        parts.append(judged)
    joined = Judged(*(np.concatenate([getattr(p, n) for p in parts]) for n in _COLUMNS))
    population = _fit_unweighted(faces, face_model, label)
    return replace(population, weighing=choose_weights(joined, faces, known_at_rest(population)))


def known_at_rest(population: Population) -> float:
    """Return what is known of a person by the resting face alone, after many looks at it."""
    usual = features_of_point(population.means[NEUTRAL])
    return know_person(population, [MoodExample(Emotion.NEUTRAL, usual, MOST_LOOKS)]).known


def features_of_point(point: Floats) -> tuple[float, ...]:
    """The features whose coordinates a point (13,) is: the logits' mean is 0."""
    logits = point[: len(EMOTIONS) - 1]
    return (*logits.tolist(), -float(logits.sum()), *point[len(EMOTIONS) - 1 :].tolist())


_COLUMNS = ("which", "pattern", "known", "theirs", "anybodys")


def _fit_unweighted(faces: Faces, face_model: str, label: str) -> Population:
    projections = fit_projections(faces)
    features = features_of(faces, projections)
    points = coordinates(features)
    means = _means(points, faces)
    person, habit, noise = _covariances(points - means[faces.labels], faces)
    return Population(
        means=means,
        person=person,
        habit=habit,
        noise=noise,
        weighing=START,
        same_person=_threshold(faces, projections),
        projections=projections,
        face_model=face_model,
        label=label,
    )


def fit_projections(faces: Faces) -> Projections:
    """Discriminant analysis of the shapes by emotion and by person, under light from both sides."""
    histograms = np.concatenate([faces.histograms, faces.lit])
    shape = LinearDiscriminantAnalysis("eigen", shrinkage=SHRINKAGE, n_components=SHAPE)
    shape.fit(histograms, np.tile(faces.labels, 2))
    person = LinearDiscriminantAnalysis("eigen", shrinkage=IDENTITY_SHRINKAGE)
    person.fit(histograms, np.tile(faces.people, 2))
    # Fewer people than that have fewer directions between them; the rest tells nothing.
    directions = min(IDENTITY, len(np.unique(faces.people)) - 1)
    identity = np.zeros((histograms.shape[1], IDENTITY))
    identity[:, :directions] = person.scalings_[:, :directions]
    return Projections(histograms.mean(axis=0), shape.scalings_[:, :SHAPE], identity)


def features_of(faces: Faces, projections: Projections) -> Floats:
    """The features of single faces, (n, 14)."""
    return make_features(faces.logits, project_shape(faces.histograms, projections))


def _means(points: Floats, faces: Faces) -> Floats:
    """The mean of each emotion over the corpora that show it, each counting alike."""
    means = np.zeros((len(EMOTIONS), COORDINATES))
    for emotion in range(len(EMOTIONS)):
        here = faces.labels == emotion
        found = [points[here & (faces.corpora == c)].mean(0) for c in set(faces.corpora[here])]
        # An emotion that no corpus shows is taken for the mean of all of them.
        means[emotion] = np.mean(found, axis=0) if found else points.mean(axis=0)
    return means


def _covariances(residuals: Floats, faces: Faces) -> tuple[Floats, Floats, Floats]:
    """P, H and E of the mixed model."""
    shared: list[Floats] = []
    alike: dict[int, list[Floats]] = {}
    differences: dict[int, list[Floats]] = {}
    days_apart = _days_apart(faces)
    for name in np.unique(faces.people):
        here = np.flatnonzero(faces.people == name)
        across: list[Floats] = []
        for one, other in combinations(here, 2):
            if faces.occasions[one] == faces.occasions[other]:
                continue
            x, y = residuals[one], residuals[other]
            product = (np.outer(x, y) + np.outer(y, x)) / 2
            if faces.labels[one] == faces.labels[other]:
                alike.setdefault(int(faces.labels[one]), []).append(product)
                if days_apart[one]:
                    gap = np.outer(x - y, x - y) / 2
                    differences.setdefault(int(faces.labels[one]), []).append(gap)
            else:
                across.append(product)
        if across:
            shared.append(np.mean(across, axis=0))
    person = _definite(np.mean(shared, axis=0))
    both = np.mean([np.mean(products, axis=0) for products in alike.values()], axis=0)
    usual = np.mean([np.mean(gaps, axis=0) for gaps in differences.values()], axis=0)
    stirred = [gap for emotion, gaps in differences.items() if emotion != NEUTRAL for gap in gaps]
    rest = OWN_NOISE * np.mean(differences[NEUTRAL], axis=0) + (1 - OWN_NOISE) * usual
    expressive = np.mean(stirred, axis=0) if stirred else usual
    noise = [_definite(rest if k == NEUTRAL else expressive) for k in range(len(EMOTIONS))]
    return person, _definite(both - person), np.stack(noise)


def _days_apart(faces: Faces) -> NDArray[np.bool_]:
    """The faces whose occasions lie days apart, as looks do; all where there are none.

    Those of CK+ lie minutes apart, and would tell of too little noise.
    """
    apart: NDArray[np.bool_] = faces.corpora == DAYS_APART
    return apart if apart.any() else np.ones(len(faces), bool)


def _definite(matrix: Floats) -> Floats:
    """The nearest covariance, with a little added on its diagonal."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    values = np.maximum(values, 0)
    definite: Floats = (vectors * (values + RIDGE * values.mean())) @ vectors.T
    return definite


def _threshold(faces: Faces, projections: Projections) -> float:
    """The distance that `ACCEPTED` of a person's resting faces on two occasions keep."""
    rest = np.flatnonzero((faces.labels == NEUTRAL) & _days_apart(faces))
    who = project_identity(faces.histograms, projections)
    distances = [
        float(np.linalg.norm(who[one] - who[other]))
        for one, other in combinations(rest, 2)
        if faces.people[one] == faces.people[other]
        and faces.occasions[one] != faces.occasions[other]
    ]
    return float(np.quantile(distances, ACCEPTED))


def cases(
    faces: Faces, people: Sequence[str], patterns: Sequence[int] | None = None
) -> Iterator[Case]:
    """Every occasion of the people with what the others show, for each pattern."""
    for name in people:
        here = np.flatnonzero(faces.people == name)
        for occasion in np.unique(faces.occasions[here]):
            now = faces.occasions[here] == occasion
            others = here[~now]
            for pattern in range(len(PATTERNS)) if patterns is None else patterns:
                known = others[np.isin(faces.labels[others], PATTERNS[pattern])]
                if NEUTRAL in faces.labels[known]:
                    yield Case(here[now], known, pattern)


def examples_of(features: Floats, labels: Integers) -> list[MoodExample]:
    """The mean features of each emotion."""
    return [
        MoodExample(
            EMOTIONS[k],
            tuple(features[labels == k].mean(axis=0).tolist()),
            float(np.sum(labels == k)),
        )
        for k in np.unique(labels)
    ]


def judge(population: Population, faces: Faces, some: Iterator[Case]) -> Judged:
    """Judge the faces of some cases by the population."""
    features = features_of(faces, population.projections)
    anybodys = log_densities(features, population.means, population.noise + population.spread)
    which, pattern, known, theirs = [], [], [], []
    for case in some:
        examples = examples_of(features[case.known], faces.labels[case.known])
        person = know_person(population, examples)
        spread = population.noise + person.covariances
        which.append(case.judged)
        pattern.append(np.full(len(case.judged), case.pattern))
        known.append(np.full(len(case.judged), person.known))
        theirs.append(log_densities(features[case.judged], person.means, spread))
    rows = np.concatenate(which)
    return Judged(
        rows, np.concatenate(pattern), np.concatenate(known), np.concatenate(theirs), anybodys[rows]
    )


def weigh(judged: Judged, logits: Floats, weighing: Weighing) -> Floats:
    """The adapted logits (n, 8) of judged faces; logits (n, 8) are what the network says."""
    a, b, c = (weights[:, None] for weights in weighing.at(judged.known))
    adapted: Floats = a * log_softmax(logits) + b * judged.theirs - c * judged.anybodys
    return adapted


def choose_weights(judged: Judged, faces: Faces, resting: float) -> Weighing:
    """The weights of least log loss, each emotion of each corpus counting alike.

    Args:
        judged: faces of people left out.
        faces: all faces.
        resting: see `Weighing`.
    """
    logits, labels = faces.logits[judged.which], faces.labels[judged.which]
    kinds = np.unique(
        np.char.add(faces.corpora[judged.which], labels.astype(str)), return_inverse=True
    )[1]
    share = 1 / np.bincount(kinds)[kinds]
    share /= share.sum()
    everything = float(np.mean(judged.known[judged.pattern == ALL_MOODS]))
    first = np.array([START.strength, START.model, START.person, START.people])

    def loss(numbers: Floats) -> float:
        adapted = weigh(judged, logits, Weighing(resting, everything, *numbers))
        right = log_softmax(adapted)[np.arange(len(labels)), labels]
        return float(-(share * right).sum() + CAUTION * ((numbers - first) ** 2).sum())

    found: Any = minimize(loss, first, bounds=[(0, 1), (0.4, 1), (0, 1), (0, 1)])
    return Weighing(resting, everything, *map(float, found.x))


def log_softmax(logits: Floats) -> Floats:
    """Log-probabilities (n, 8)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return found
