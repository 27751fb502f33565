from __future__ import annotations

import numpy as np
import pytest
from training.face_neutral import NEUTRAL, fit_reference
from training.metrics import Floats

from companion.face.baseline import mean_log

APEX = 3
PEOPLE = ("a", "a", "b", "b", "c", "c")


def faces(offset: float, seed: int = 0) -> tuple[Floats, Floats]:
    """Resting and apex faces of three people whose faces lean, each to another emotion."""
    draw = np.random.default_rng(seed)
    ends = []
    for true in (NEUTRAL, APEX):
        logits = draw.normal(0, 0.3, (len(PEOPLE), 8))
        logits[:, true] += 2
        for k, name in enumerate(PEOPLE):
            logits[k, 4 + "abc".index(name)] += offset
        ends.append(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))
    return ends[0], ends[1]


LABELS = np.full(len(PEOPLE), APEX)


def test_where_faces_lean_the_resting_face_is_believed() -> None:
    assert fit_reference(*faces(4.0), LABELS, PEOPLE).strength >= 0.8


def test_where_they_do_not_it_is_believed_less() -> None:
    assert fit_reference(*faces(0.0), LABELS, PEOPLE).strength < 0.5


def test_the_usual_neutral_is_the_mean_resting_face() -> None:
    rest, apex = faces(1.0)
    assert fit_reference(rest, apex, LABELS, PEOPLE).usual == pytest.approx(mean_log(rest))


def test_a_persons_only_session_decides_nothing() -> None:
    rest, apex = faces(4.0)
    absurd = np.full((1, 8), 1e-9)
    more = np.vstack([rest, np.exp(mean_log(rest))]), np.vstack([apex, absurd])
    alone = fit_reference(*more, np.append(LABELS, APEX), (*PEOPLE, "d"))
    assert alone.strength == fit_reference(rest, apex, LABELS, PEOPLE).strength
