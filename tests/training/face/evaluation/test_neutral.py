from __future__ import annotations

import numpy as np
import pytest
from training.face.data import EMOTIONS
from training.face.evaluation.ckplus import NEUTRAL
from training.face.evaluation.neutral import Sessions, fit_reference, measure_baseline

from companion.affect import Emotion

SAD, HAPPY = EMOTIONS.index(Emotion.SADNESS), EMOTIONS.index(Emotion.HAPPINESS)


def shares(**parts: float) -> np.ndarray:
    """A distribution with these parts and the rest spread evenly."""
    left = (1 - sum(parts.values())) / (len(EMOTIONS) - len(parts))
    return np.array([parts.get(name, left) for name in EMOTIONS])


def some_sessions(own_offset: bool) -> Sessions:
    """Twelve people with two sessions each; every other one looks sad at rest, or none."""
    plain, sad = shares(neutral=0.6, sadness=0.2), shares(neutral=0.35, sadness=0.5)
    smile, low = shares(happiness=0.7, sadness=0.1), shares(happiness=0.4, sadness=0.45)
    gloomy = np.arange(24) // 2 % 2 == own_offset
    return Sessions(
        onset=np.where(gloomy[:, None] & own_offset, sad, plain),
        apex=np.where(gloomy[:, None] & own_offset, low, smile),
        labels=np.full(24, HAPPY),
        subjects=np.array([f"S{k // 2}" for k in range(24)]),
        folds=np.arange(24) // 6,
    )


def test_the_correction_helps_faces_that_look_sad_at_rest() -> None:
    found = measure_baseline(some_sessions(own_offset=True))
    assert found["sessions"] == 24
    assert found["without"]["rest"] == found["without"]["apex"] == pytest.approx(0.5)
    assert found["with"]["rest"] == found["with"]["apex"] == 1
    assert found["with"]["log_loss"] < found["without"]["log_loss"]
    assert all(strength > 0 for strength in found["strengths"])


def test_it_leaves_alone_what_needs_no_correction() -> None:
    found = measure_baseline(some_sessions(own_offset=False))
    assert found["with"] == found["without"]


def test_the_reference_is_the_mean_of_the_chosen() -> None:
    sessions = some_sessions(own_offset=True)
    chosen = np.arange(24) // 2 % 2 == 0
    reference = fit_reference(sessions, chosen)
    assert reference.usual[NEUTRAL] == pytest.approx(np.log(0.6))


def test_a_person_with_one_session_has_no_baseline() -> None:
    whole = some_sessions(own_offset=True)
    subjects = np.array(["alone", "other", *whole.subjects[2:]])
    cut = Sessions(whole.onset, whole.apex, whole.labels, subjects, whole.folds)
    assert measure_baseline(cut)["sessions"] == 22
