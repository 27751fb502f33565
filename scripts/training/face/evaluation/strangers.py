"""An honest forecast for strangers: each corpus read by a model that has seen only the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from companion.choose.strategy import STILL
from training.face.data import (
    Stills,
    read_affectnet,
    read_ckplus,
    read_ferplus,
    read_kdef,
)
from training.face.evaluation.calibrate import (
    Calibration,
    Unseen,
    calibrate_apart,
    desk_prior,
    even_prior,
    own_prior,
)
from training.face.evaluation.readings import NEUTRAL, Limits, Readings, describe
from training.face.fit import Variables
from training.face.infer import mirrored_logits
from training.face.runs import CORPORA, Runs
from training.metrics import accuracy_at_coverage, reliability, softmax

ALL = Limits(0.0, 2.0, 0.0)  # everything is kept
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)


def read_stranger(name: str, data: Path) -> Stills:
    """The faces of a corpus that a model without it is measured on.

    Of FER+ and AffectNet those are the test splits, of CK+ the faces at rest and at the apex that
    are framed alike, of KDEF all.
    """
    match name:
        case "ferplus":
            return read_ferplus(data / name, "test")
        case "affectnet":
            return read_affectnet(data / name, "test")
        case "kdef":
            return read_kdef(data / name).stills
        case _:
            return read_ckplus(data / "ckplus", "onset_and_apex_48px")


def read_unseen(runs: Runs) -> dict[str, Unseen]:
    """Each corpus by the model that has seen nothing of it, single frames."""
    return {name: read_one(runs.without_corpus(name), name, runs.data) for name in CORPORA}


def read_one(variables: Variables, name: str, data: Path) -> Unseen:
    """The logits of a model for a corpus."""
    stills = read_stranger(name, data)
    logits = mirrored_logits(variables, stills.windows)
    return Unseen(logits, stills.labels, own_prior(stills.labels))


def measure_strangers(corpora: Mapping[str, Unseen], shipped: Calibration) -> dict[str, Any]:
    """The figures of each corpus, calibrated on the other three; and by the shipped settings."""
    apart = calibrate_apart(corpora)
    found = {name: _measure(one, apart[name], shipped) for name, one in corpora.items()}
    uars = [one["even"]["uar"] for one in found.values()]
    return {
        "corpora": found,
        "mean_uar": round(float(np.mean(uars)), 4),
        "calibration": {name: _settings(one) for name, one in apart.items()},
    }


def _measure(one: Unseen, apart: Calibration, shipped: Calibration) -> dict[str, Any]:
    own = one.own(apart.temperature)
    even = Unseen(one.logits, one.labels, even_prior(one.labels)).own(apart.temperature)
    return {
        "own": describe(own, ALL)
        | {"kept_at": _kept_at(own), "reliability": reliability(own.shares, own.labels)},
        "even": describe(even, ALL),
        "desk": _at_desk(one, apart),
        "shipped": _at_desk(one, shipped)
        | {
            "own_ece": describe(one.own(shipped.temperature), ALL)["ece"],
            "rest_is_still": _still_at_rest(one, shipped),
        },
    }


def _at_desk(one: Unseen, settings: Calibration) -> dict[str, Any]:
    """The figures as the program reads; and those of a desk, where most faces are neutral."""
    said = one.at_desk(settings.temperature, settings.prior)
    sure, weights = said.by_emotion(settings.limits.least), one.weights
    right = (weights * said.right)[sure].sum() / max(float(weights[sure].sum()), 1e-9)
    return describe(said, settings.limits) | {
        "desk_coverage": round(float(weights[said.kept(settings.limits)].sum()), 4),
        "desk_coverage_by_emotion": round(float(weights[sure].sum()), 4),
        "desk_kept_accuracy": round(float(right), 4),
    }


def _still_at_rest(one: Unseen, settings: Calibration) -> float:
    """The share of the kept neutral faces whose place `match` takes for rest."""
    said = one.at_desk(settings.temperature, settings.prior)
    rest = said.kept(settings.limits) & (one.labels == NEUTRAL)
    return round(float((np.hypot(*said.places[rest].T) <= STILL).mean()), 4)


def _kept_at(readings: Readings) -> dict[str, float]:
    """The accuracy of the most confident readings, by coverage."""
    return {
        f"{coverage:.0%}": round(
            accuracy_at_coverage(readings.shares, readings.labels, coverage), 4
        )
        for coverage in COVERAGES
    }


def _settings(found: Calibration) -> dict[str, float]:
    return {
        "temperature": round(found.temperature, 4),
        "strength": round(found.strength, 4),
        "threshold": found.limits.threshold,
        "spread": found.limits.spread,
        "least_confidence": found.limits.least,
    }


def measure_strengths(corpora: Mapping[str, Unseen], shipped: Calibration) -> list[dict[str, Any]]:
    """Means over the corpora by the strength of the desk's prior, everything kept."""
    rows = []
    for strength in (0.0, 0.25, 0.5, 0.75, 1.0):
        prior = desk_prior(strength)
        said = [
            describe(Readings(softmax(one.logits / shipped.temperature + prior), one.labels), ALL)
            for one in corpora.values()
        ]
        keys = ("uar", "negative_below_0", "neutral_alarms", "sad_as_calm", "affect_error")
        rows.append(
            {"strength": strength}
            | {key: round(float(np.mean([one[key] for one in said])), 4) for key in keys}
        )
    return rows
