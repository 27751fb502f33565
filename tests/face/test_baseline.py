from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from companion.affect import Emotion
from companion.errors import ModelError
from companion.face.baseline import LEAST, Reference, correct, mean_log, read_reference
from companion.weights import Model

NEUTRAL, SADNESS = list(Emotion).index(Emotion.NEUTRAL), list(Emotion).index(Emotion.SADNESS)
USUAL = mean_log(np.array([[0.86, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02]]))
WHOLE = Reference(USUAL, 1.0)


def shares_of(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(numbers / numbers.sum(axis=-1, keepdims=True))


any_shares = hnp.arrays(np.float64, (3, 8), elements=st.floats(1e-12, 1)).map(shares_of)
strengths = st.floats(0, 1)


@given(any_shares, any_shares, strengths)
def test_what_comes_out_are_probabilities(
    said: np.ndarray, resting: np.ndarray, strength: float
) -> None:
    corrected = correct(said, mean_log(resting), Reference(USUAL, strength))
    assert corrected.shape == said.shape
    assert (corrected >= 0).all()
    np.testing.assert_allclose(corrected.sum(axis=-1), 1, atol=1e-9)


@given(any_shares, any_shares)
def test_strength_0_changes_nothing(said: np.ndarray, resting: np.ndarray) -> None:
    np.testing.assert_allclose(correct(said, mean_log(resting), Reference(USUAL, 0)), said)


@given(any_shares, strengths)
def test_a_usual_face_changes_nothing(said: np.ndarray, strength: float) -> None:
    np.testing.assert_allclose(correct(said, USUAL, Reference(USUAL, strength)), said)


@given(hnp.arrays(np.float64, 8, elements=st.floats(LEAST * 10, 1)).map(shares_of))
def test_the_resting_face_reads_as_neutral_faces_do(resting: np.ndarray) -> None:
    corrected = correct(resting, mean_log(resting[None]), WHOLE)
    np.testing.assert_allclose(corrected, shares_of(np.exp(USUAL)), rtol=1e-6)
    assert corrected.argmax() == NEUTRAL


@given(any_shares, any_shares, strengths, strengths)
def test_twice_is_the_sum_of_the_strengths(
    said: np.ndarray, resting: np.ndarray, first: float, second: float
) -> None:
    own = mean_log(resting)
    once = correct(said, own, Reference(USUAL, first / 2 + second / 2))
    both = correct(
        correct(said, own, Reference(USUAL, first / 2)), own, Reference(USUAL, second / 2)
    )
    np.testing.assert_allclose(both, once, atol=1e-9)


def test_a_face_that_looks_sad_at_rest_is_believed_less_when_it_says_sad() -> None:
    resting = np.full(8, 0.02)
    resting[[NEUTRAL, SADNESS]] = 0.38, 0.5
    own = mean_log(resting[None])
    shares = [
        correct(resting, own, Reference(USUAL, strength))[SADNESS] for strength in (0, 0.5, 1)
    ]
    assert shares[0] > 2 * shares[1] > 4 * shares[2]


def test_a_smile_stays_a_smile() -> None:
    resting, smile = np.full(8, 0.02), np.full(8, 0.01)
    resting[[NEUTRAL, SADNESS]] = 0.38, 0.5
    smile[1] = 0.93
    assert correct(smile, mean_log(resting[None]), WHOLE).argmax() == 1


def test_a_probability_of_0_weighs_no_more_than_the_least() -> None:
    certain = np.zeros((2, 8))
    certain[:, 0] = 1
    assert mean_log(certain) == pytest.approx([0, *[np.log(LEAST)] * 7])
    assert np.isfinite(correct(certain, mean_log(certain), WHOLE)).all()


def model_with(folder: Path, config: Any) -> Model:
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return Model("face_mood", "1", folder, ("config.json",))


def test_the_reference_lies_beside_the_weights(tmp_path: Path) -> None:
    model = model_with(tmp_path, {"baseline": {"usual": list(USUAL), "strength": 0.5}})
    assert read_reference(model) == Reference(USUAL, 0.5)


@pytest.mark.parametrize(
    "config",
    [
        {},
        [],
        {"baseline": None},
        {"baseline": {"usual": list(USUAL)}},
        {"baseline": {"strength": 0.5}},
        {"baseline": {"usual": list(USUAL[:7]), "strength": 0.5}},
        {"baseline": {"usual": ["a"] * 8, "strength": 0.5}},
        {"baseline": {"usual": list(USUAL), "strength": 1.5}},
        {"baseline": {"usual": list(USUAL), "strength": "much"}},
        {"baseline": {"usual": 3, "strength": 0.5}},
    ],
)
def test_a_damaged_reference(config: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="usual neutral of face_mood/1 cannot be read"):
        read_reference(model_with(tmp_path, config))


def test_no_reference_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        read_reference(Model("face_mood", "1", tmp_path, ()))
