"""Measures of ten folds by person over CK+48 and KDEF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion.affect import Emotion
from companion.face.model import FaceModel
from training.face.data import EMOTIONS, PosedStills, Triple
from training.face.evaluation.calibrate import Calibration, even_prior
from training.face.fit import Variables, without_schemes
from training.face.infer import sequence_logits, still_logits
from training.face.runs import Runs
from training.metrics import (
    Floats,
    Integers,
    bootstrap_interval,
    expected_calibration_error,
    fit_temperature,
    reliability,
    softmax,
    summarise,
)

NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
APEX = [k for k in range(len(EMOTIONS)) if k != NEUTRAL]
NAMES = [EMOTIONS[k] for k in APEX]


@dataclass(frozen=True)
class FoldModel:
    """A model of one fold, and the subjects it has not seen."""

    model: FaceModel
    away: frozenset[str]


@dataclass(frozen=True)
class Apexes:
    """The readings of all sequences of CK+48 by the models of one seed, each unseen.

    Attributes:
        logits: (327, 7), without neutral; labels: (327,) in the order of `NAMES`.
        subjects, folds: of each sequence.
        temperature: of all models.
    """

    logits: Floats
    labels: Integers
    subjects: tuple[str, ...]
    folds: Integers
    temperature: float


def fold_models(
    runs: Runs, seed: int, calibration: Calibration, count: int | None = None
) -> list[FoldModel]:
    """The models of the first `count` folds, or of all, calibrated as the shipped one."""
    return [
        FoldModel(to_model(variables, calibration), away)
        for away, variables in runs.every_fold(seed, count)
    ]


def unseen_model(runs: Runs, calibration: Calibration) -> FoldModel:
    """The model that has seen nobody of the real sequences, calibrated alike."""
    return FoldModel(to_model(runs.unseen(), calibration), runs.away)


def to_model(variables: Variables, calibration: Calibration) -> FaceModel:
    """Variables as the program reads with them."""
    limits = calibration.limits
    return FaceModel(
        label="fold",
        variables=without_schemes(variables),
        temperature=calibration.temperature,
        threshold=limits.threshold,
        prior=tuple(calibration.prior.tolist()),
        spread=limits.spread,
        least_confidence=limits.least,
    )


def read_apexes(models: Sequence[FoldModel], triples: Sequence[Triple]) -> Apexes:
    """The reading after the third frame of each sequence, by the model that has not seen it."""
    parts = []
    for index, fold in enumerate(models):
        mine = [triple for triple in triples if triple.subject in fold.away]
        frames = np.stack([triple.images for triple in mine])
        mask = np.ones(frames.shape[:2], bool)
        logits = sequence_logits(fold.model.variables, frames, mask)[:, -1][:, APEX]
        labels = np.array([NAMES.index(triple.label) for triple in mine])
        names = tuple(triple.subject for triple in mine)
        where = np.full(len(mine), index)
        parts.append(Apexes(logits, labels, names, where, fold.model.temperature))
    return Apexes(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.labels for part in parts]),
        tuple(name for part in parts for name in part.subjects),
        np.concatenate([part.folds for part in parts]),
        parts[0].temperature,
    )


def measure_apexes(seeds: Sequence[Apexes]) -> dict[str, Any]:
    """Pooled over the folds: the mean over the seeds, and each seed."""
    found = [_measure(apexes) for apexes in seeds]
    first = found[0]
    return {
        "count": len(seeds[0].labels),
        "subjects": len(set(seeds[0].subjects)),
        "accuracy": round(float(np.mean([one["accuracy"] for one in found])), 4),
        "uar": round(float(np.mean([one["uar"] for one in found])), 4),
        "ece": round(float(np.mean([one["ece"] for one in found])), 4),
        "ece_cross_fitted": round(float(np.mean([one["ece_cross_fitted"] for one in found])), 4),
        **{f"{name}_interval_95": _interval(seeds, name) for name in ("accuracy", "uar")},
        "seeds": [{k: one[k] for k in ("accuracy", "uar", "ece")} for one in found],
        "recall": {
            name: round(float(np.mean([one["recall"][name] for one in found])), 4)
            for name in first["recall"]
        },
        "confusion": np.sum([one["confusion"] for one in found], axis=0).tolist(),
        "reliability": reliability(
            np.concatenate([_shares(one) for one in seeds]),
            np.concatenate([one.labels for one in seeds]),
        ),
    }


def _measure(apexes: Apexes) -> dict[str, Any]:
    cross_fitted = expected_calibration_error(_cross_fitted(apexes), apexes.labels)
    found = summarise(_shares(apexes), apexes.labels, NAMES)
    return found | {"ece_cross_fitted": cross_fitted}


def _shares(apexes: Apexes) -> Floats:
    return softmax(apexes.logits, apexes.temperature)


def _cross_fitted(apexes: Apexes) -> Floats:
    """Probabilities with each fold's temperature fitted on the answers of the other folds."""
    shares = np.zeros(apexes.logits.shape)
    truth = np.eye(len(NAMES))[apexes.labels]
    for index in np.unique(apexes.folds):
        here = apexes.folds == index
        temperature = fit_temperature(apexes.logits[~here], truth[~here])
        shares[here] = softmax(apexes.logits[here], temperature)
    return shares


def _interval(seeds: Sequence[Apexes], name: str) -> list[float]:
    """Over subjects, of the mean over the seeds."""
    labels = seeds[0].labels
    right = np.mean([one.logits.argmax(axis=1) == labels for one in seeds], axis=0)

    def accuracy(chosen: Integers) -> float:
        return float(right[chosen].mean())

    def uar(chosen: Integers) -> float:
        drawn = labels[chosen]
        return float(np.mean([right[chosen][drawn == k].mean() for k in np.unique(drawn)]))

    statistic = accuracy if name == "accuracy" else uar
    return [round(end, 4) for end in bootstrap_interval(seeds[0].subjects, statistic)]


def measure_kdef(models: Sequence[FoldModel], faces: PosedStills) -> dict[str, Any]:
    """KDEF, single faces, seven emotions alike often, each by the model without the person."""
    shares, labels, sessions = [], [], []
    for fold in models:
        here = np.array([name in fold.away for name in faces.stills.subjects])
        mine = faces.stills.select(here)
        logits = still_logits(fold.model.variables, mine.windows)
        even = even_prior(faces.stills.labels)
        shares.append(softmax(logits / fold.model.temperature + even))
        labels.append(mine.labels)
        sessions.append(faces.sessions[here])
    said, truth = np.concatenate(shares), np.concatenate(labels)
    second = np.concatenate(sessions) == "B"
    return summarise(said, truth, EMOTIONS) | {
        "people": len(set(faces.stills.subjects)),
        "session_b": summarise(said[second], truth[second], EMOTIONS)["accuracy"],
    }
