from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from training.face.data import Stills, one_hot
from training.face.tries import Try, measure_try, read_tries, record

from companion.affect import Emotion
from tests.training.face.sets import face


def test_a_recipe_is_recorded_once_with_its_last_figures(tmp_path: Path) -> None:
    assert read_tries(tmp_path) == []
    record(tmp_path, [Try(recipe="one", valid=0.1, test=0.2)])
    record(tmp_path, [Try(recipe="two", valid=0.3, test=0.4)])
    record(tmp_path, [Try(recipe="one", valid=0.5, test=0.6)])
    assert [(one["recipe"], one["valid"]) for one in read_tries(tmp_path)] == [
        ("one", 0.5),
        ("two", 0.3),
    ]


def test_measures_on_both_splits() -> None:
    images = np.stack([face(10), face(20)])
    targets = np.stack([one_hot(Emotion.NEUTRAL)] * 2)
    valid = Stills(images, targets, ("", ""))
    test = Stills(images, np.stack([targets[0], one_hot(Emotion.FEAR)]), ("", ""))

    def always_neutral(_: Any, images: np.ndarray) -> np.ndarray:
        return np.tile(targets[0], (len(images), 1))

    found = measure_try("a", always_neutral, {}, valid, test)
    assert found == Try(recipe="a", valid=1.0, test=0.5)
