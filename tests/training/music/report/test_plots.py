from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from training.music.report.plots import draw_all, draw_confusion, draw_picks, draw_reliability

RANDOM = np.random.default_rng(0)
COUNT = 6_000
HONEST = RANDOM.dirichlet([0.7] * 4, COUNT)
LABELS = np.array([RANDOM.choice(4, p=row) for row in HONEST])


def test_the_rows_of_the_confusion_are_shares() -> None:
    figure = draw_confusion([HONEST, HONEST], LABELS)
    shares = np.asarray(figure.axes[0].images[0].get_array())
    assert np.allclose(shares.sum(axis=1), 1)
    assert shares[1, 2] == np.mean(HONEST[LABELS == 1].argmax(axis=1) == 2)
    plt.close(figure)


def test_honest_probabilities_lie_on_the_line() -> None:
    figure = draw_reliability([HONEST], LABELS)
    sure, right = map(np.asarray, figure.axes[0].lines[1].get_data())
    assert np.allclose(sure, right, atol=0.15)
    plt.close(figure)


def test_the_surest_picks_are_right_more_often() -> None:
    figure = draw_picks({"a": [HONEST], "b": [RANDOM.dirichlet([1.0] * 4, COUNT)]}, LABELS)
    known, guessed = (np.asarray(line.get_ydata()) for line in figure.axes[0].lines[:2])
    assert known[0] > known[-1]
    assert guessed.mean() == pytest.approx(0.25, abs=0.1)
    plt.close(figure)


def test_three_files_are_written(tmp_path: Path) -> None:
    draw_all([HONEST], LABELS, tmp_path)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["confusion.png", "picks.png", "reliability.png"]
    assert all(file.stat().st_size < 60_000 for file in tmp_path.iterdir())
