from __future__ import annotations

import pytest
from training.face.evaluation.tables import Demand, demand_table, shortfall, table, weakest

from companion.affect import Emotion


@pytest.mark.parametrize(
    ("demand", "holds"),
    [
        (Demand("a", 0.85, 0.85), True),
        (Demand("a", 0.8499, 0.85), False),
        (Demand("a", 0.03, 0.03, at_least=False), True),
        (Demand("a", 0.031, 0.03, at_least=False), False),
    ],
)
def test_a_demand_holds_on_its_good_side(demand: Demand, holds: bool) -> None:
    assert demand.holds == holds


def test_what_is_short_is_said() -> None:
    rows = [Demand("the one", 0.5, 0.9), Demand("the other", 0.95, 0.9)]
    assert "the one (0.500 of 0.900)" in shortfall(rows)
    assert "the other" not in shortfall(rows)
    assert "| the one | at least 0.900 | 0.500 | **no** |" in demand_table(rows)
    assert not shortfall(rows[1:])


def test_the_weakest_class_and_what_it_is_taken_for() -> None:
    confusion = [[10 if k == j else 0 for j in range(8)] for k in range(8)]
    confusion[5] = [0, 0, 0, 3, 6, 1, 0, 0]
    recall = dict.fromkeys(Emotion, 1.0) | {Emotion.DISGUST: 0.1}
    said = weakest({"recall": recall, "confusion": confusion})
    assert said == "The weakest is disgust, which is read as anger in 60% of its cases."


def test_a_table() -> None:
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
