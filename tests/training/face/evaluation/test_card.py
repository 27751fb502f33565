from __future__ import annotations

import json
import re

import pytest
from training.face.data import EMOTIONS
from training.face.evaluation.card import write_card
from training.face.evaluation.tables import CORPUS_NAMES, demands

from companion.affect import Emotion
from companion.face.model import NAME, load_face_model
from companion.weights import models_folder

FOLDER = models_folder() / NAME
METRICS = json.loads((FOLDER / "metrics.json").read_text("utf-8"))
STRANGERS = METRICS["strangers"]["corpora"]


def test_the_card_is_the_one_that_the_metrics_give() -> None:
    assert (FOLDER / "card.md").read_text("utf-8") == write_card(METRICS)


def test_the_card_says_what_must_be_said() -> None:
    card = write_card(METRICS)
    for words in ("Judging people", "Medicine", "hiring", "research use"):
        assert words in card
    assert all(name in card for name in CORPUS_NAMES.values())
    assert all(f"| {emotion} | " in card for emotion in Emotion)
    assert not re.search(r"[{}]", card)


def test_the_card_says_what_the_weights_went_on_from() -> None:
    assert ("go on from" in write_card(METRICS)) == METRICS["went_on_from"]
    assert "from random weights" in write_card(METRICS | {"went_on_from": False})


def test_the_metrics_are_of_the_shipped_model() -> None:
    model = load_face_model()
    assert METRICS["model"] == model.label
    assert METRICS["temperature"] == model.temperature
    assert METRICS["threshold"] == model.threshold
    assert METRICS["spread"] == model.spread
    assert METRICS["prior"] == pytest.approx(list(model.prior))


@pytest.mark.parametrize("name", STRANGERS)
def test_the_metrics_hold_together(name: str) -> None:
    found = STRANGERS[name]["own"]
    confusion = found["confusion"]
    assert sum(map(sum, confusion)) == found["count"]
    right = sum(confusion[k][k] for k in range(len(confusion)))
    assert abs(right / found["count"] - found["accuracy"]) < 1e-4
    recalls = found["recall"].values()
    assert abs(sum(recalls) / len(recalls) - found["uar"]) < 1e-3
    assert found["kept_at"]["100%"] == found["accuracy"]


def test_every_corpus_is_left_out_once() -> None:
    assert STRANGERS.keys() == CORPUS_NAMES.keys()
    uars = [one["even"]["uar"] for one in STRANGERS.values()]
    assert METRICS["strangers"]["mean_uar"] == pytest.approx(sum(uars) / 4, abs=1e-3)


def test_the_folds_part_the_people() -> None:
    names = [name for fold in METRICS["folds"] for name in fold]
    assert len(METRICS["folds"]) == 10
    assert len(names) == len(set(names))
    assert METRICS["ckplus48"]["subjects"] + METRICS["kdef"]["people"] <= len(names)


def test_the_pooled_folds_hold_together() -> None:
    found = METRICS["ckplus48"]
    seeds = found["seeds"]
    assert sum(map(sum, found["confusion"])) == found["count"] * len(seeds)
    right = sum(found["confusion"][k][k] for k in range(7)) / (found["count"] * len(seeds))
    assert abs(right - found["accuracy"]) < 1e-3
    low, high = found["accuracy_interval_95"]
    assert low <= found["accuracy"] <= high


def test_what_is_short_is_said_in_the_card() -> None:
    card = write_card(METRICS)
    for demand in demands(METRICS):
        assert (f"{demand.what} ({demand.reached:.3f} of" in card) == (not demand.holds)


def test_every_try_is_in_the_card() -> None:
    card = write_card(METRICS)
    assert len(METRICS["tries"]) >= 3
    assert all(one["recipe"] in card for one in METRICS["tries"])


def test_strangers_are_read_well_enough() -> None:
    for name in ("affectnet", "kdef", "ckplus"):
        found = STRANGERS[name]["shipped"]
        assert found["negative_below_0"] >= 0.88
        assert found["neutral_alarms"] <= 0.12
        assert found["desk_kept_accuracy"] >= 0.84
    assert STRANGERS["kdef"]["even"]["uar"] >= 0.78
    assert STRANGERS["affectnet"]["even"]["uar"] >= 0.46
    assert len(STRANGERS["kdef"]["even"]["recall"]) == len(EMOTIONS) - 1


def test_the_plots_are_there() -> None:
    assert all(
        (FOLDER / name).stat().st_size > 5000 for name in ("confusion.png", "reliability.png")
    )
