from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.music.folds import MSD, MTT
from training.music.report import heads
from training.music.report.tries import KEPT, LOGISTIC, MFCC, Tries, row

from tests.training.music.test_folds import make_cross_validation


def test_a_row_has_the_figures_of_the_clips_with_a_quadrant() -> None:
    quadrant = np.array([0, 1, 2, 3, -1] * 4)
    said = np.eye(4)[np.maximum(quadrant, 0)] * 0.96 + 0.01
    made = row("knows all", said, quadrant)
    assert made["try"] == "knows all"
    assert {*KEPT, "log_loss"} < set(made)
    assert made["macro_f1"] == 1
    assert made["log_loss"] == pytest.approx(-np.log(0.97), abs=1e-3)


def test_no_try_stands_twice_and_what_ships_is_among_them(tmp_path: Path) -> None:
    names = list(Tries(make_cross_validation(tmp_path), tmp_path).all())
    assert len(set(names)) == len(names)
    assert any("as shipped" in name for name in names)


@pytest.mark.parametrize("fit", [LOGISTIC, heads.support_vectors])
def test_a_head_is_tried_on_blocks(tmp_path: Path, fit: heads.Fit) -> None:
    validation = make_cross_validation(tmp_path)
    said = Tries(validation, tmp_path)._head((MSD, MTT), fit)
    assert said.shape == (len(validation.clips), 4)
    assert np.allclose(said.sum(axis=1), 1)


def test_the_late_average_is_between_its_parts(tmp_path: Path) -> None:
    tries = Tries(make_cross_validation(tmp_path), tmp_path)
    both = np.stack([tries._network(MFCC), tries._head((MSD, MTT), LOGISTIC)])
    assert (tries._late() <= both.max(axis=0) * 1.5 + 1e-6).all()
