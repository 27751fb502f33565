from __future__ import annotations

import json
import re

from training.face_card import write_card

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


def test_the_first_weights_are_good_enough() -> None:
    assert METRICS["ferplus_test"]["stills"]["accuracy"] >= 0.70
    assert METRICS["ckplus_crops"]["difference"] <= 0.03
