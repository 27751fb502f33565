from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evaluate_music import (
    MISTAKES,
    MIXED,
    choice_figures,
    mix_figures,
    network_figures,
    out_of_fold,
    split_figures,
    surest_mistakes,
    when_wrong,
)
from training.music.choose import Choice, Nested
from training.music.data import NO_LABEL, Clips
from training.music.metrics import measure
from training.music.report.card import FIGURES, TRY, most_confused, write_card

from companion.music.model.ensemble import Prediction

COUNT = 600
RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 4, COUNT)
HONEST = RANDOM.dirichlet([1.0] * 4, COUNT)  # drawn so that the labels follow them
LABELS = np.array([RANDOM.choice(4, p=row) for row in HONEST])
FOLD = np.arange(COUNT) % 10
CLIPS = Clips(
    tuple(f"{i}.opus" for i in range(COUNT)),
    np.array([f"artist {i // 3}" for i in range(COUNT)]),
    np.where(np.arange(COUNT) // 10 % 5 == 0, NO_LABEL, LABELS),
    np.full(COUNT, NO_LABEL),
)
KNOWN = CLIPS.quadrant >= 0


def say(networks: np.ndarray, linear: np.ndarray) -> Prediction:
    """No clip is solo piano."""
    none, never = np.zeros((COUNT, 0)), np.zeros((COUNT, 1))
    return Prediction(networks, none, none, linear, linear, never)


def nested(probabilities: np.ndarray, share: float = 0.5) -> Nested:
    """A split whose networks and regression say the same."""
    said = say(probabilities, probabilities)
    choices = (Choice(("codes", "msd"), 1e-3, share, 1.0),) * 10
    return Nested(said, probabilities, FOLD, choices)


def test_the_interval_holds_the_figure() -> None:
    figures = network_figures(CLIPS, [HONEST, HONEST])
    low, high = figures["macro_f1_interval_95"]
    assert low < figures["macro_f1"] < high
    assert figures["macro_f1"] == pytest.approx(
        measure(HONEST[KNOWN], CLIPS.quadrant[KNOWN])["macro_f1"], abs=1e-4
    )


def test_each_split_shows_its_folds() -> None:
    rows = split_figures(CLIPS, [nested(HONEST), nested(HONEST)])
    assert len(rows) == 2
    assert len(rows[0]["accuracy_by_fold"]) == 10
    assert np.mean(rows[0]["accuracy_by_fold"]) == pytest.approx(rows[0]["accuracy"], abs=0.02)


def test_who_is_honest_is_less_sure_where_wrong() -> None:
    figures = when_wrong(CLIPS, [HONEST])
    assert figures["mean confidence where wrong"] < figures["mean confidence where right"]
    assert figures["of these right"] > 0.8


def test_the_surest_mistakes_are_mistakes_in_order() -> None:
    worst = surest_mistakes(CLIPS, [HONEST])
    assert len(worst) == MISTAKES
    assert all(each["label"] != each["said"] for each in worst)
    sure = [each["confidence"] for each in worst]
    assert sure == sorted(sure, reverse=True)
    assert surest_mistakes(CLIPS, [np.eye(4)[np.maximum(CLIPS.quadrant, 0)]]) == []


def test_the_parts_of_the_mix_are_measured_apart() -> None:
    said = say(np.full_like(HONEST, 0.25), HONEST)
    figures = mix_figures(CLIPS, [said])
    alone = figures["logistic regression alone"]["macro_f1"]
    assert alone > figures["networks alone"]["macro_f1"] + 0.3


def test_the_choices_are_counted_over_all_folds() -> None:
    figures = choice_figures([nested(HONEST, 0.25), nested(HONEST, 0.75)])
    assert figures["share"] == {"0.25": 0.5, "0.75": 0.5}
    assert figures["inputs"] == {"codes, msd": 1.0}


def test_out_of_fold_names_what_has_a_quadrant_and_no_label() -> None:
    said = out_of_fold(CLIPS, HONEST)["clips"]
    assert len(said) == KNOWN.sum()
    for row in said.values():
        assert set(row) == {"probabilities", "confidence", "valence", "arousal"}
        assert row["confidence"] == max(row["probabilities"])
        assert max(abs(row["valence"]), abs(row["arousal"])) <= 1


def test_the_card_shows_the_figures(tmp_path: Path) -> None:
    network = network_figures(CLIPS, [HONEST, HONEST[::1]])
    protocol = dict.fromkeys(
        ("clips_with_quadrant", "folds", "splits", "filters", "choices", "shipped"),
        "so",
    )
    way = {"nearest right": 0.875}
    tried = dict.fromkeys(TRY, 0.625)
    figures: dict[str, Any] = {
        "protocol": {
            **protocol,
            "networks_per_ensemble": 7,
            "piano_pieces": 300,
        },
        "network": network,
        "splits": split_figures(CLIPS, [nested(HONEST)]),
        "network_on_changed_copies": dict.fromkeys(FIGURES, 0.25),
        "clusters": {"accuracy": 0.4, "macro_f1": 0.3},
        "when_wrong": when_wrong(CLIPS, [HONEST]),
        "places": {"probit": way, "mean of corners": way, "order": way, "signs": way},
        "other_set": {"one to other": {"arousal": 0.75}},
        "voice_measured": False,
        "svm_macro_f1": {"joint": 0.7},
        "piano": {
            "held out": {"pieces": 300, "accuracy": 0.375},
            "of games": {"pieces": 80, "accuracy": 0.125},
        },
        "mixes": {"networks alone": dict.fromkeys(MIXED, 0.625)},
        "choices": choice_figures([nested(HONEST)]),
        "surest_mistakes": surest_mistakes(CLIPS, [HONEST]),
        "words": [{"word": "mellow", "precision": 0.9, "measured": "labels"}],
        "kept_bytes_a_track": 3930,
        "tries": [{"try": "half of it", **tried}],
        "splits_compared": {"by hand": {"nearest neighbour": 0.75}},
        "near_copies": dict.fromkeys(
            ("pairs", "two artist groups", "two quadrants", "two clusters"), 3
        ),
    }
    write_card(figures, tmp_path / "card.md")
    card = (tmp_path / "card.md").read_text("utf-8")
    assert f"| macro F1 | {network['macro_f1']:.3f} | 0.000 | 0.250 |" in card
    assert "| half of it | 0.625 |" in card
    assert "| one to other | arousal | 0.750 |" in card
    assert "| mellow | 0.900 | labels |" in card
    assert "3,930 bytes" in card
    assert "300 pieces of EMOPIA" in card
    assert "80\nphrases of VGMIDI" in card
    assert "| accuracy | 0.375 | 0.125 |" in card
    assert "| by hand | 0.750 |" in card
    assert "| inputs | codes, msd | 1.000 |" in card
    assert "nothing is said of it" in card
    assert "{" not in card


def test_the_most_confused_pair() -> None:
    counts = [[9, 4, 0, 0], [0, 9, 0, 3], [0, 0, 9, 0], [1, 2, 0, 9]]
    assert most_confused([[float(n) for n in row] for row in counts]) == ("Q2", "Q4")
