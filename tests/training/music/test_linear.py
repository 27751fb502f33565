from __future__ import annotations

import numpy as np
import pytest
from training.music.linear import STRENGTHS, choose_strength, fit_linear

RANDOM = np.random.default_rng(5)
COUNT, INPUTS = 160, 300  # more inputs than clips, as there are here
LABELS = np.arange(COUNT) % 4
GROUPS = np.array([f"artist {n // 4}" for n in range(COUNT)])
CENTRES = RANDOM.normal(size=(4, INPUTS))
CLEAR = (CENTRES[LABELS] + RANDOM.normal(size=(COUNT, INPUTS))).astype(np.float32)
NOISE = RANDOM.normal(size=(COUNT, INPUTS)).astype(np.float32)


def guess(line: dict[str, np.ndarray], inputs: np.ndarray) -> np.ndarray:
    found: np.ndarray = (inputs @ line["kernel"] + line["bias"]).argmax(axis=1)
    return found


def test_it_tells_apart_what_it_has_not_seen() -> None:
    line = fit_linear(CLEAR[:80], LABELS[:80], GROUPS[:80])
    assert line["kernel"].shape == (INPUTS, 4)
    assert np.mean(guess(line, CLEAR[80:]) == LABELS[80:]) > 0.95


def test_it_learns_nothing_from_noise() -> None:
    line = fit_linear(NOISE[:80], LABELS[:80], GROUPS[:80])
    assert np.mean(guess(line, NOISE[80:]) == LABELS[80:]) < 0.5


@pytest.mark.parametrize(
    ("inputs", "strength"), [(10 * NOISE, min(STRENGTHS)), (CLEAR, max(STRENGTHS))]
)
def test_noise_is_held_back_most(inputs: np.ndarray, strength: float) -> None:
    assert choose_strength(inputs.astype(float), LABELS, GROUPS) == strength


def test_without_labels_all_are_alike() -> None:
    line = fit_linear(CLEAR[:0], LABELS[:0], GROUPS[:0])
    assert not (CLEAR @ line["kernel"] + line["bias"]).any()
