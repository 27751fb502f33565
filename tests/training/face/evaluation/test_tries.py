from __future__ import annotations

from pathlib import Path

import numpy as np
from training.face.data import EMOTIONS, Stills, one_hot
from training.face.evaluation.tries import Try, measure_try, read_tries, record

from companion.affect import Emotion
from tests.training.face.sets import face

FEAR = EMOTIONS.index(Emotion.FEAR)


def test_the_record_is_what_was_written_last(tmp_path: Path) -> None:
    assert read_tries(tmp_path) == []
    tried = Try(recipe="one", uar={"kdef": 0.1}, negative_below_0={"kdef": 0.2}, ece={"kdef": 0.3})
    record(tmp_path, [tried])
    assert read_tries(tmp_path) == [tried]


def test_measures_each_corpus_by_the_model_without_it() -> None:
    images = np.stack([face(10), face(20)])
    targets = np.stack([one_hot(Emotion.NEUTRAL), one_hot(Emotion.FEAR)])
    faces = {name: Stills(images, targets, ("", "")) for name in ("affectnet", "kdef")}

    def logits(name: str, stills: Stills) -> np.ndarray:
        right = 9 * np.eye(8)[stills.labels]
        return right if name == "kdef" else np.tile(9 * np.eye(8)[FEAR], (2, 1))

    found = measure_try("a", logits, faces)
    assert found["uar"] == {"affectnet": 0.5, "kdef": 1}
    assert found["negative_below_0"] == {"affectnet": 1, "kdef": 1}
    assert found["ece"]["kdef"] < 0.01 < found["ece"]["affectnet"]
