"""Evaluation, simulated weeks and the card, on the made-up crowd."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training.face.adaptation.card import adaptation_section, draw_learning
from training.face.adaptation.evaluate import (
    figures,
    fit_folds,
    measure_folds,
    measure_strangers,
)
from training.face.adaptation.faces import Faces
from training.face.adaptation.simulate import STOPS, measure_weeks

from tests.training.face.adaptation.crowd import make_crowd


@pytest.fixture(scope="module")
def crowd() -> Faces:
    return make_crowd()


@pytest.fixture(scope="module")
def metrics(crowd: Faces) -> dict[str, Any]:
    people = np.unique(crowd.people)
    fitted = fit_folds(crowd, [people[::2].tolist(), people[1::2].tolist()], "face_mood/test")
    logits = {name: crowd.logits[crowd.people == name] for name in people}

    def read(crops: np.ndarray, names: np.ndarray) -> np.ndarray:
        views = len(crops) // len(crowd)
        return np.concatenate([np.repeat(logits[name], views, axis=0) for name in people])

    return {
        "face_model": "face_mood/test",
        "read_by": "each face is made up.",
        "left_out": measure_folds(crowd, fitted),
        "strangers": measure_strangers(crowd, "face_mood/test"),
        "weeks": measure_weeks(crowd, read, fitted),
    }


def test_people_left_out_are_read_no_worse(metrics: dict[str, Any]) -> None:
    for name in ("resting_face", "all_moods"):
        row = metrics["left_out"]["kdef"][name]
        assert row["with"]["uar"] >= row["without"]["uar"]
        assert row["uar_gain_interval_95"][0] >= 0
        assert row["people_better"] >= row["people_worse"]


def test_the_second_session_is_judged_by_the_first(metrics: dict[str, Any]) -> None:
    rows = metrics["left_out"]["kdef"]
    assert 2 * rows["resting_face_second_session"]["faces"] == rows["resting_face"]["faces"]


def test_one_corpus_has_no_strangers(metrics: dict[str, Any]) -> None:
    assert metrics["strangers"] == {}


def test_looks_bring_what_they_should(metrics: dict[str, Any]) -> None:
    usual = metrics["weeks"]["kdef"]["usual weeks"]
    assert [stop["looks"] for stop in usual] == list(STOPS)
    assert usual[-1]["uar"] >= usual[0]["uar"]
    assert usual[-1]["wrong_alarms"] <= usual[0]["wrong_alarms"]


def test_the_card_tells_what_was_measured(metrics: dict[str, Any], tmp_path: Path) -> None:
    section = adaptation_section(metrics)
    row = metrics["left_out"]["kdef"]["resting_face"]
    assert f"| {row['without']['uar']:.3f} | {row['with']['uar']:.3f} |" in section
    assert "orse than without" in section
    assert "| the first week sad | " in section
    draw_learning(metrics, tmp_path / "learning.png")
    assert (tmp_path / "learning.png").stat().st_size > 1000


def test_the_card_admits_a_loss(metrics: dict[str, Any]) -> None:
    row = metrics["left_out"]["kdef"]["resting_face"]
    lost = row | {"with": row["with"] | {"uar": row["without"]["uar"] - 0.112}}
    told = adaptation_section(metrics | {"left_out": {"kdef": {"resting_face": lost}}})
    assert "Worse than without at the worst by 0.112: KDEF, resting face known." in told


def test_figures() -> None:
    logits = np.log(np.array([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1], [0.2, 0.8]]))
    found = figures(logits, np.array([0, 0, 3, 3]), np.array([0, 3]))
    assert (found["uar"], found["accuracy"], found["wrong_alarms"]) == (0.5, 0.5, 0.5)
    assert found["recall"] == {"neutral": 0.5, "sadness": 0.5}
    assert found["confidence"] == pytest.approx(0.775)
