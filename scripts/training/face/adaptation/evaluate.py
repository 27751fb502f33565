"""Evaluate the adaptation on people left out, and on a corpus left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.face.adaptation import EMOTIONS, NEUTRAL, Population
from training.face.adaptation.faces import Faces
from training.face.adaptation.fit import (
    ALL_MOODS,
    RESTING_ONLY,
    cases,
    fit_population,
    judge,
    log_softmax,
    weigh,
)
from training.metrics import Floats, Integers, bootstrap_interval

KNOWN = {RESTING_ONLY: "resting_face", ALL_MOODS: "all_moods"}
SECOND = "B"  # the session of KDEF that is judged by what the first one showed


class Answers(NamedTuple):
    """Faces and what is said of them: (n,), and twice (n, 8)."""

    faces: Faces
    without: Floats
    adapted: Floats


def fit_folds(
    faces: Faces, folds: Sequence[Sequence[str]], face_model: str
) -> list[tuple[Sequence[str], Population]]:
    """Each fold's people with the population of everybody else."""
    return [(away, fit_population(faces.without(away), face_model, "fold")) for away in folds]


def answer(population: Population, faces: Faces, people: Sequence[str], pattern: int) -> Answers:
    """Read all faces of some people that can be judged by their other occasions."""
    judged = judge(population, faces, cases(faces, people, [pattern]))
    chosen = faces.select(judged.which)
    return Answers(chosen, chosen.logits, weigh(judged, chosen.logits, population.weighing))


def measure_folds(
    faces: Faces, fitted: Sequence[tuple[Sequence[str], Population]]
) -> dict[str, Any]:
    """By corpus and by what is known of the person: without the adaptation, and with it."""
    found: dict[str, Any] = {}
    for pattern, name in KNOWN.items():
        parts = [
            answer(population, faces, np.intersect1d(away, faces.people).tolist(), pattern)
            for away, population in fitted
        ]
        for corpus in np.unique(faces.corpora):
            told = [select(part, part.faces.corpora == corpus) for part in parts]
            found.setdefault(str(corpus), {})[name] = compare(told)
            if corpus == "kdef":
                second = [select(part, part.faces.occasions == SECOND) for part in told]
                found["kdef"][f"{name}_second_session"] = compare(second)
    return found


def measure_strangers(faces: Faces, face_model: str) -> dict[str, Any]:
    """Each corpus by a population of the others alone."""
    found = {}
    for corpus in np.unique(faces.corpora):
        here = faces.corpora == corpus
        if here.all():
            return {}
        population = fit_population(faces.select(~here), face_model, "others")
        strangers = faces.select(here)
        people = np.unique(strangers.people).tolist()
        found[str(corpus)] = {
            name: compare([answer(population, strangers, people, pattern)])
            for pattern, name in KNOWN.items()
        }
    return found


def select(answers: Answers, chosen: NDArray[np.bool_]) -> Answers:
    """Some of the answers."""
    return Answers(answers.faces.select(chosen), answers.without[chosen], answers.adapted[chosen])


def compare(parts: Sequence[Answers]) -> dict[str, Any]:
    """Figures without and with the adaptation, over the emotions that occur."""
    people = np.concatenate([part.faces.people for part in parts])
    labels = np.concatenate([part.faces.labels for part in parts])
    classes = np.unique(labels)
    without = np.concatenate([part.without for part in parts])[:, classes]
    adapted = np.concatenate([part.adapted for part in parts])[:, classes]
    truth = np.searchsorted(classes, labels)
    right = [said.argmax(axis=1) == truth for said in (without, adapted)]

    def gain(chosen: Integers) -> float:
        return _uar(right[1][chosen], labels[chosen]) - _uar(right[0][chosen], labels[chosen])

    names = np.unique(people)
    change = [
        float(np.mean(right[1][here]) - np.mean(right[0][here]))
        for here in (people == name for name in names)
    ]
    return {
        "faces": len(labels),
        "people": len(names),
        "without": figures(without, labels, classes),
        "with": figures(adapted, labels, classes),
        "uar_gain_interval_95": [
            round(end, 4) for end in bootstrap_interval(people.tolist(), gain)
        ],
        "people_better": int(np.sum(np.array(change) > 0)),
        "people_worse": int(np.sum(np.array(change) < 0)),
    }


def figures(logits: Floats, labels: Integers, classes: Integers) -> dict[str, Any]:
    """UAR, recalls, log loss, and how many resting faces read as something else."""
    truth = np.searchsorted(classes, labels)
    right = logits.argmax(axis=1) == truth
    shares = log_softmax(logits)
    return {
        "uar": round(_uar(right, labels), 4),
        "accuracy": round(float(right.mean()), 4),
        "wrong_alarms": round(float(1 - right[labels == NEUTRAL].mean()), 4),
        "log_loss": round(float(-shares[np.arange(len(labels)), truth].mean()), 4),
        "confidence": round(float(np.exp(shares.max(axis=1)).mean()), 4),
        "recall": {EMOTIONS[k].value: round(float(right[labels == k].mean()), 4) for k in classes},
    }


def _uar(right: NDArray[np.bool_], labels: Integers) -> float:
    return float(np.mean([right[labels == k].mean() for k in np.unique(labels)]))
