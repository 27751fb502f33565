from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evaluate_music import by_artists, cross_calibrate, network_figures, out_of_fold
from train_music import find_temperature
from training.metrics import expected_calibration_error
from training.music.data import NO_LABEL, Clips
from training.music.metrics import measure
from training.music.report.card import most_confused, write_card

from companion.music.model.ensemble import Prediction
from companion.music.tag import calibrate

COUNT = 600
RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 4, COUNT)
HONEST = RANDOM.dirichlet([1.0] * 4, COUNT)  # drawn so that the labels follow them
LABELS = np.array([RANDOM.choice(4, p=row) for row in HONEST])
FOLD = np.arange(COUNT) % 10
CLIPS = Clips(
    tuple(f"{i}.opus" for i in range(COUNT)),
    np.array([f"artist {i // 3}" for i in range(COUNT)]),
    np.where(np.arange(COUNT) % 5 == 0, NO_LABEL, LABELS),
    np.full(COUNT, NO_LABEL),
)
KNOWN = CLIPS.quadrant >= 0


@pytest.mark.parametrize("power", [0.3, 1.0, 3.0])
def test_the_temperature_undoes_what_distorts(power: float) -> None:
    distorted = calibrate(HONEST, 1 / power)
    assert find_temperature(CLIPS, distorted) == pytest.approx(power, rel=0.2)


def test_cross_calibrating_lowers_the_error() -> None:
    overconfident = calibrate(HONEST, 0.3)
    before = expected_calibration_error(overconfident[KNOWN], CLIPS.quadrant[KNOWN])
    calibrated = cross_calibrate(CLIPS, overconfident, FOLD)
    assert np.allclose(calibrated.sum(axis=1), 1)
    assert expected_calibration_error(calibrated[KNOWN], CLIPS.quadrant[KNOWN]) < before / 2


def test_a_fold_is_calibrated_without_its_own_labels() -> None:
    changed = np.where(FOLD == 0, (CLIPS.quadrant + 1) % 4, CLIPS.quadrant)
    other = Clips(CLIPS.names, CLIPS.artists, changed, CLIPS.cluster)
    first, second = (cross_calibrate(clips, HONEST, FOLD) for clips in (CLIPS, other))
    assert np.array_equal(first[FOLD == 0], second[FOLD == 0])
    assert not np.array_equal(first[FOLD == 1], second[FOLD == 1])


def test_the_interval_holds_the_figure() -> None:
    figures = network_figures(CLIPS, [HONEST, HONEST])
    low, high = figures["macro_f1_interval_95"]
    assert low < figures["macro_f1"] < high
    assert figures["macro_f1"] == pytest.approx(
        measure(HONEST[KNOWN], CLIPS.quadrant[KNOWN])["macro_f1"], abs=1e-4
    )


def test_artists_are_told_apart_by_whether_they_were_looked_at() -> None:
    parts = by_artists(CLIPS, [HONEST])
    counts = [part["clips"] for part in parts.values()]
    assert sum(counts) == KNOWN.sum()
    assert counts[0] / sum(counts) == pytest.approx(0.6, abs=0.1)
    figures = measure(HONEST[KNOWN], CLIPS.quadrant[KNOWN])
    mean = sum(p["clips"] * p["accuracy"] for p in parts.values()) / sum(counts)
    assert mean == pytest.approx(figures["accuracy"], abs=1e-3)


SAID = Prediction(HONEST, np.tile([0.25, -0.5], (COUNT, 1)), np.zeros((COUNT, 5)))


def test_out_of_fold_names_what_has_a_quadrant_and_no_label() -> None:
    said = out_of_fold(CLIPS, SAID, HONEST)["clips"]
    assert len(said) == KNOWN.sum()
    for row in said.values():
        assert set(row) == {"probabilities", "confidence", "valence", "arousal"}
        assert row["confidence"] == max(row["probabilities"])
        assert (row["valence"], row["arousal"]) == (0.25, -0.5)


def test_the_card_shows_the_figures(tmp_path: Path) -> None:
    network = network_figures(CLIPS, [HONEST])
    machine = {"accuracy": 0.12345, "macro_f1": 0.5}
    protocol = dict.fromkeys(
        ("clips_with_quadrant", "folds", "splits", "calibration", "choices", "shipped"), "so"
    )
    figures: dict[str, Any] = {
        "protocol": {**protocol, "networks_per_ensemble": 7},
        "network": network,
        "network_by_artists": by_artists(CLIPS, [HONEST]),
        "network_on_changed_copies": {"macro_f1": 0.25},
        "clusters": {"accuracy": 0.4, "macro_f1": 0.3},
        "svm": {"plain": machine},
        "variants": [{"variant": "half of it", "macro_f1": 0.625, "svm_macro_f1": 0.5}],
        "splits_compared": {"by hand": 0.75},
        "near_copies": dict.fromkeys(
            ("pairs", "two artist groups", "two quadrants", "two clusters"), 3
        ),
    }
    write_card(figures, tmp_path / "card.md")
    card = (tmp_path / "card.md").read_text("utf-8")
    other = figures["network_by_artists"]["never looked at"]["macro_f1"]
    assert f"| macro F1 | {network['macro_f1']:.3f} | 0.500 | {other:.3f} | 0.250 |" in card
    assert "| half of it | 0.625 |  |  |  |  | 0.500 |" in card
    assert "| by hand | 0.750 |" in card
    assert "stand 7 small networks" in card
    assert "{" not in card


def test_the_most_confused_pair() -> None:
    counts = [[9, 4, 0, 0], [0, 9, 0, 3], [0, 0, 9, 0], [1, 2, 0, 9]]
    assert most_confused([[float(n) for n in row] for row in counts]) == ("Q2", "Q4")
