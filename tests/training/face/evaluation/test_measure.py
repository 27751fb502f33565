from __future__ import annotations

import cv2
import numpy as np
import pytest
from training.face.augment import View, show
from training.face.evaluation.measure import CORRUPTIONS, with_abstaining
from training.face.evaluation.readings import Limits, Readings

SURE, UNSURE = np.full(8, 0.02), np.full(8, 0.1)
SURE[1], UNSURE[1] = 0.86, 0.3
LIMITS = Limits(0.6, 0.0, 0.6)


def test_who_is_not_sure_does_not_count() -> None:
    said = Readings(np.stack([SURE, SURE, UNSURE, UNSURE]), np.array([1, 1, 2, 1]))
    found = with_abstaining(said, LIMITS)
    assert found["accuracy"] == 0.75
    assert found["coverage_by_emotion"] == 0.5
    assert found["kept_accuracy"] == 1
    assert found["accuracy_at_80"] == pytest.approx(2 / 3, abs=1e-3)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_each_corruption_changes_a_picture(kind: str) -> None:
    rough = np.random.default_rng(0).integers(0, 255, (48, 48), dtype=np.uint8)
    picture = np.asarray(cv2.GaussianBlur(rough, (0, 0), 1), np.uint8)
    for view in CORRUPTIONS[kind]:
        seen = show(picture, view, np.random.default_rng(0)).astype(float)
        plain = show(picture, View(), np.random.default_rng(0)).astype(float)
        assert np.corrcoef(seen.ravel(), plain.ravel())[0, 1] < 0.995


def test_the_covers_are_halves() -> None:
    for view in CORRUPTIONS["half covered"]:
        _, _, height, width = view.cover
        assert height * width == 48 * 48 / 2
