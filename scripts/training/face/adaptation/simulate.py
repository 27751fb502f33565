"""Weeks of looks at people left out: what the running estimate of the resting face brings.

The looks are views of faces of all occasions but a person's last one; the readings are judged on
views of that one. Each look stands alone, as one frame of it would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from companion.affect import LEAST_LOOKS, Emotion, FaceProfile, LookDescription, RestingFace
from companion.face.adaptation import (
    EMOTIONS,
    NEUTRAL,
    Population,
    adapt,
    know_person,
    make_features,
    profile_examples,
)
from companion.face.describe import gradient_histograms, project_identity, project_shape
from companion.face.resting import learn_resting
from training.face.adaptation.evaluate import Answers, figures
from training.face.adaptation.faces import Faces, Read
from training.face.adaptation.fit import log_softmax
from training.face.augment import View, show
from training.face.data import Images
from training.metrics import Floats, Integers

VIEWS = 4  # of each face
A_DAY = 3  # looks
DAYS = 21
REST = 0.9  # the share of ordinary looks that show nothing
STOPS = (0, 1, 3, 6, 12, 21, 42, 63)  # looks after which the readings are judged
SAD = EMOTIONS.index(Emotion.SADNESS)
WEEK = 7


@dataclass(frozen=True)
class Habits:
    """A simulated user's looks over some weeks.

    Attributes:
        name: of the case.
        sad_days: on which the face is sad in most looks.
        sad_share: how many looks of these days are.
        others: the share of looks in which somebody else sits there.
        notices: whether the identity is looked at.
    """

    name: str
    sad_days: tuple[int, ...] = ()
    sad_share: float = 0.7
    others: float = 0.0
    notices: bool = True


CASES = (
    Habits("usual weeks"),
    Habits("the first week sad", tuple(range(WEEK))),
    Habits("the third week sad", tuple(range(2 * WEEK, 3 * WEEK))),
    Habits("shared desk", others=0.3),
    Habits("shared desk, not noticed", others=0.3, notices=False),
)


@dataclass(frozen=True)
class Seen:
    """Views of faces: logits (n, VIEWS, 8) and histograms (n, VIEWS, 288)."""

    logits: Floats
    histograms: Floats


def see(faces: Faces, read: Read) -> Seen:
    """Each face in some views, read by a model that has not seen the person."""
    random = np.random.default_rng(0)
    crops = np.stack([look_again(crop, random) for crop in np.repeat(faces.crops, VIEWS, axis=0)])
    logits = read(crops, np.repeat(faces.people, VIEWS))
    shape = (len(faces), VIEWS, -1)
    return Seen(logits.reshape(shape), gradient_histograms(crops).reshape(shape))


def look_again(crop: Images, random: np.random.Generator) -> Images:
    """A crop (48, 48) as the detector might place it at another moment, in another light."""
    view = View(
        angle=random.normal(0, 2),
        zoom=float(np.exp(random.normal(0, 0.03))),
        right=random.normal(0, 0.7),
        down=random.normal(0, 0.7),
        gain=random.uniform(0.7, 1.2),
        bias=random.normal(0, 15),
        tilt=(random.normal(0, 15), random.normal(0, 8)),
        noise=random.uniform(1, 5),
    )
    return show(crop, view, random)


def measure_weeks(
    faces: Faces, read: Read, fitted: Sequence[tuple[Sequence[str], Population]]
) -> dict[str, Any]:
    """By corpus and case: figures after so many looks."""
    seen = see(faces, read)
    found: dict[str, Any] = {}
    for habits in CASES:
        told: dict[str, dict[int, list[Answers]]] = {}
        for away, population in fitted:
            for name in np.intersect1d(away, faces.people):
                week = _Weeks(faces, seen, population, habits)
                for looks, answers in week.live(str(name), away):
                    corpus = str(answers.faces.corpora[0])
                    told.setdefault(corpus, {}).setdefault(looks, []).append(answers)
        for corpus, stops in told.items():
            found.setdefault(corpus, {})[habits.name] = [
                {"looks": looks, **_figures(parts)} for looks, parts in sorted(stops.items())
            ]
    return found


class _Weeks:
    """The weeks of one person."""

    def __init__(self, faces: Faces, seen: Seen, population: Population, habits: Habits) -> None:
        self._faces, self._seen, self._habits = faces, seen, habits
        self._population = population
        self._learner = population if habits.notices else replace(population, same_person=2.0)

    def live(self, name: str, others: Sequence[str]) -> Iterator[tuple[int, Answers]]:
        """The answers about the person's last occasion after each of `STOPS`."""
        here = np.flatnonzero(self._faces.people == name)
        last = self._faces.occasions[here] == max(self._faces.occasions[here].tolist())
        judged, mine = here[last], here[~last]
        if NEUTRAL not in self._faces.labels[mine]:
            return
        strangers = np.flatnonzero(
            np.isin(self._faces.people, [one for one in others if one != name])
            & (self._faces.corpora == self._faces.corpora[here[0]])
        )
        random = np.random.default_rng(sum(name.encode()))
        resting: RestingFace | None = None
        for look in range(A_DAY * DAYS + 1):
            if look in STOPS:
                yield look, self._answer(judged, resting)
            day = look // A_DAY
            away = bool(len(strangers)) and random.random() < self._habits.others
            index = self._draw(strangers if away else mine, day, random)
            resting = learn_resting(resting, self._describe(index, random), day, self._learner)

    def _draw(self, among: Integers, day: int, random: np.random.Generator) -> int:
        """A look at rest, or one that shows something."""
        labels = self._faces.labels[among]
        sad = day in self._habits.sad_days and random.random() < self._habits.sad_share
        if sad and SAD in labels:
            fitting = among[labels == SAD]
        elif random.random() < REST or (labels == NEUTRAL).all():
            fitting = among[labels == NEUTRAL]
        else:
            fitting = among[labels != NEUTRAL]
        return int(random.choice(fitting))

    def _describe(self, index: int, random: np.random.Generator) -> LookDescription:
        view = int(random.integers(VIEWS))
        histogram, by = self._seen.histograms[index, view], self._population.projections
        features = make_features(self._seen.logits[index, view], project_shape(histogram, by))
        identity = project_identity(histogram, by)
        return LookDescription("", tuple(features.tolist()), tuple(identity.tolist()))

    def _answer(self, judged: Integers, resting: RestingFace | None) -> Answers:
        profile = FaceProfile("", resting)
        person = know_person(self._population, profile_examples(profile, LEAST_LOOKS))
        logits = self._seen.logits[judged].reshape(-1, len(EMOTIONS))
        shape = project_shape(self._seen.histograms[judged], self._population.projections)
        features = make_features(logits, shape.reshape(len(logits), -1))
        adapted = adapt(log_softmax(logits), features, self._population, person)
        return Answers(self._faces.select(np.repeat(judged, VIEWS)), logits, adapted)


def _figures(parts: Sequence[Answers]) -> dict[str, float]:
    """Over the emotions that occur."""
    labels = np.concatenate([part.faces.labels for part in parts])
    classes = np.unique(labels)
    told = figures(np.concatenate([part.adapted for part in parts])[:, classes], labels, classes)
    recalls = {name: recall for name, recall in told["recall"].items() if name != Emotion.NEUTRAL}
    return {
        "uar": told["uar"],
        "recall": round(float(np.mean(list(recalls.values()))), 4),
        "recall_sadness": recalls.get(Emotion.SADNESS.value, float("nan")),
        "wrong_alarms": told["wrong_alarms"],
    }
