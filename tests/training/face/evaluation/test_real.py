from __future__ import annotations

import numpy as np
import pytest
from training.face.evaluation.real import Answer, answer, spoil_some
from training.face.posed import RealSequence

from companion.face.crop import SIDE
from companion.face.model import FaceModel, load_face_model


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return load_face_model()


def some_sequence(length: int) -> RealSequence:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    picture = (128 + 60 * np.sin(rows / 3) * np.cos(columns / 4)).astype(np.uint8)
    mask = np.ones(length, bool)
    return RealSequence(np.stack([picture] * length), mask, 1, "S001", whole=True)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_spoils_as_many_frames_as_asked_for(share: float) -> None:
    sequence = some_sequence(10)
    spoilt = spoil_some(sequence, share, np.random.default_rng(0))
    changed = (spoilt.crops != sequence.crops).any(axis=(1, 2))
    assert changed.sum() == round(10 * share)
    assert spoilt.label == sequence.label


def test_an_answer_is_made_of_distributions(model: FaceModel) -> None:
    said = answer(model, some_sequence(9))
    assert isinstance(said, Answer)
    for shares in (said.rest, said.apex, said.mean, said.last_mean):
        assert shares.shape == (8,)
        assert shares.sum() == pytest.approx(1, abs=1e-4)


def test_a_face_that_never_changes_reads_alike_all_along(model: FaceModel) -> None:
    said = answer(model, some_sequence(9))
    np.testing.assert_allclose(said.mean, said.last_mean, atol=1e-4)
