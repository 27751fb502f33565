from __future__ import annotations

import json
import re

from training.face.evaluation.card import write_card
from training.face.evaluation.tables import demands

from companion.affect import Emotion
from companion.face.model import NAME
from companion.weights import models_folder

FOLDER = models_folder() / NAME
METRICS = json.loads((FOLDER / "metrics.json").read_text("utf-8"))


def test_the_card_is_the_one_that_the_metrics_give() -> None:
    assert (FOLDER / "card.md").read_text("utf-8") == write_card(METRICS)


def test_the_card_says_what_must_be_said() -> None:
    card = write_card(METRICS)
    for words in ("FER+", "CK+", "Judging people", "Medicine", "hiring", "research use"):
        assert words in card
    assert all(f"| {emotion} | " in card for emotion in Emotion)
    assert not re.search(r"[{}]", card)


def test_the_metrics_hold_together() -> None:
    stills = METRICS["ferplus_test"]["stills"]
    confusion = stills["confusion"]
    assert sum(map(sum, confusion)) == stills["count"]
    right = sum(confusion[k][k] for k in range(len(confusion)))
    assert abs(right / stills["count"] - stills["accuracy"]) < 1e-4
    recalls = stills["recall"].values()
    assert abs(sum(recalls) / len(recalls) - stills["uar"]) < 1e-3


def test_the_folds_part_the_people() -> None:
    names = [name for fold in METRICS["folds"] for name in fold]
    assert len(METRICS["folds"]) == 10
    assert len(names) == len(set(names))
    assert METRICS["ckplus48"]["subjects"] <= len(names)


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


def test_the_weights_are_good_enough() -> None:
    assert METRICS["ferplus_test"]["stills"]["accuracy"] >= 0.79
    assert METRICS["ckplus48"]["accuracy"] >= 0.95
    assert METRICS["ckplus_sequences"]["apex"]["accuracy"] >= 0.84
    assert METRICS["ckplus_sequences"]["rest"]["accuracy"] >= 0.85
    assert METRICS["ckplus_crops"]["difference"] <= 0.04


def test_the_plots_are_there() -> None:
    assert all(
        (FOLDER / name).stat().st_size > 5000 for name in ("confusion.png", "reliability.png")
    )
