from __future__ import annotations

import numpy as np
import pytest
from training.face import infer
from training.face.fit import NARROW, Variables, first_variables
from training.face.infer import (
    frame_logits,
    mirrored_logits,
    scheme_readings,
    sequence_logits,
    still_logits,
)


@pytest.fixture(scope="module")
def fresh() -> Variables:
    return first_variables(0)


def some_images(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (count, 48, 48), dtype=np.uint8)


def test_the_last_batch_is_filled_up_and_cut(
    fresh: Variables, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = frame_logits(fresh, some_images(5))
    monkeypatch.setattr(infer, "FRAMES", 2)
    monkeypatch.setattr(infer, "FEW", 2)
    parts = frame_logits(fresh, some_images(5))
    assert parts.shape == (5, 8)
    np.testing.assert_allclose(parts, whole, atol=1e-4)


def test_an_untrained_recurrence_says_what_the_frame_says(fresh: Variables) -> None:
    images = some_images(3)
    frame, still = (
        np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        for logits in (mirrored_logits(fresh, images), still_logits(fresh, images))
    )
    np.testing.assert_allclose(still, frame, atol=2e-3)


def test_readings_of_sequences(fresh: Variables) -> None:
    frames = some_images(6).reshape(2, 3, 48, 48)
    mask = np.array([[True, True, True], [True, False, True]])
    logits = sequence_logits(fresh, frames, mask)
    assert logits.shape == (2, 3, 8)
    np.testing.assert_array_equal(logits[1, 1], logits[1, 0])


def test_an_untrained_head_of_a_scheme_adds_its_prior_alone(fresh: Variables) -> None:
    prior = np.linspace(-1, 0, 8)
    own = scheme_readings(fresh, some_images(3), "affectnet", prior)
    np.testing.assert_allclose(own, mirrored_logits(fresh, some_images(3)) + prior, atol=1e-3)


def test_a_narrow_network_is_read_alike() -> None:
    assert frame_logits(first_variables(0, NARROW), some_images(2)).shape == (2, 8)
