from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face.data import EMOTIONS
from training.face.evaluation.readings import Limits, Readings, describe

from companion.affect import EMOTION_AFFECT, Emotion, FaceMood, expected_affect

K = {emotion: k for k, emotion in enumerate(EMOTIONS)}


def shares(**parts: float) -> np.ndarray:
    left = (1 - sum(parts.values())) / (len(EMOTIONS) - len(parts))
    return np.array([parts.get(name, left) for name in EMOTIONS])


def readings(*cases: tuple[np.ndarray, str]) -> Readings:
    return Readings(
        np.stack([one for one, _ in cases]), np.array([K[Emotion(name)] for _, name in cases])
    )


@given(st.lists(st.floats(0.01, 1), min_size=8, max_size=8))
def test_place_and_spread_are_those_of_the_program(weights: list[float]) -> None:
    said = np.array(weights) / sum(weights)
    probabilities = dict(zip(Emotion, said.tolist(), strict=True))
    mood = FaceMood(probabilities, expected_affect(probabilities, EMOTION_AFFECT), 0.5, 1)
    one = readings((said, "neutral"))
    assert one.places[0] == pytest.approx((mood.affect.valence, mood.affect.arousal), abs=1e-6)
    assert one.spreads[0] == pytest.approx(mood.spread, abs=1e-6)


ANGRY_OR_AFRAID = shares(anger=0.5, fear=0.49)
SAD_OR_CALM = shares(sadness=0.5, neutral=0.49)
SURE = shares(happiness=0.97)
LIMITS = Limits(threshold=0.6, spread=0.2, least=0.6)


def test_a_confidence_below_the_threshold_may_keep_a_reading() -> None:
    said = readings((SAD_OR_CALM, "sadness"))
    assert said.kept(Limits(0.6, 0.0, 0.5)).tolist() == [True]
    assert said.kept(Limits(0.6, 0.0, 0.51)).tolist() == [False]


def test_a_clear_place_is_kept_where_the_emotion_is_unsure() -> None:
    said = readings((ANGRY_OR_AFRAID, "fear"), (SAD_OR_CALM, "sadness"), (SURE, "happiness"))
    assert said.by_emotion(LIMITS.threshold).tolist() == [False, False, True]
    assert said.kept(LIMITS).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("said", "truth", "wrong"),
    [
        (SURE, "sadness", True),
        (SURE, "surprise", False),
        (SURE, "neutral", False),
        (ANGRY_OR_AFRAID, "sadness", False),
        (ANGRY_OR_AFRAID, "happiness", True),
        (ANGRY_OR_AFRAID, "neutral", False),
    ],
)
def test_the_wrong_sign(said: np.ndarray, truth: str, wrong: bool) -> None:
    assert readings((said, truth)).wrong_sign.tolist() == [wrong]


def test_alarms_and_missed_sadness() -> None:
    said = readings(
        (ANGRY_OR_AFRAID, "neutral"),
        (SURE, "neutral"),
        (SAD_OR_CALM, "neutral"),
        (SURE, "sadness"),
        (shares(sadness=0.95), "sadness"),
    )
    found = describe(said, LIMITS)
    assert found["neutral_alarms"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["sad_as_calm"] == 0.5
    assert found["negative_below_0"] == 0.5
    assert found["coverage"] == 0.8


def test_what_a_set_does_not_have_is_none() -> None:
    found = describe(readings((SURE, "happiness")), Limits(0.99, 0.0, 0.99))
    assert found["neutral_alarms"] is None
    assert found["sad_as_calm"] is None
    assert found["kept_accuracy"] is None
    assert found["coverage"] == 0
