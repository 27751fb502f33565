from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from training.face.evaluation.plots import draw_confusion, draw_reliability


def test_the_confusion_shows_shares_of_each_row() -> None:
    axes = Figure().subplots()
    draw_confusion(axes, [[3, 1], [0, 5]], ["calm", "glad"])
    assert [text.get_text() for text in axes.texts] == ["75%", "25%", "100%"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["calm", "glad"]


def test_a_class_without_cases_is_left_empty() -> None:
    axes = Figure().subplots()
    draw_confusion(axes, [[0, 0], [0, 5]], ["calm", "glad"])
    assert len(axes.texts) == 1


def test_reliability_has_a_dot_for_each_bin() -> None:
    axes = Figure().subplots()
    bins = [{"confidence": 0.4, "accuracy": 0.5, "count": 10}] * 3
    draw_reliability(axes, bins)
    assert np.shape(axes.collections[0].get_offsets()) == (3, 2)
    assert axes.get_xlabel() == "confidence"
