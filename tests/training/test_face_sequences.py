from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face_data import EMOTIONS, Pair, Stills, one_hot
from training.face_sequences import LENGTH, Pool, stack

from companion.affect import Emotion
from tests.training.face_sets import face


def make_pool() -> Pool:
    targets = np.stack([one_hot("fear"), one_hot("neutral")])
    stills = Stills(np.stack([face(50), face(90)]), targets, ("", ""))
    return Pool(stills, [Pair(face(40), face(200), Emotion.HAPPINESS, "S001")])


def test_a_still_keeps_its_target() -> None:
    clip = make_pool().make(0, np.random.default_rng(0))
    assert clip.frames.shape == (LENGTH, 48, 48)
    assert (clip.targets == one_hot("fear")).all()


@given(st.integers(0, 500), st.integers(1, 20))
def test_a_pair_is_neutral_and_its_emotion_in_shares(seed: int, length: int) -> None:
    clip = make_pool().make(2, np.random.default_rng(seed), length)
    np.testing.assert_allclose(clip.targets.sum(axis=1), 1, atol=1e-6)
    others = [k for k, e in enumerate(EMOTIONS) if e not in ("neutral", "happiness")]
    assert not clip.targets[:, others].any()
    assert clip.mask.shape == (length,)


def test_there_is_one_clip_for_each_still_and_pair() -> None:
    pool = make_pool()
    assert len(pool) == 3
    with pytest.raises(IndexError):
        pool.make(3, np.random.default_rng(0))


def test_stack_makes_a_batch() -> None:
    pool, random = make_pool(), np.random.default_rng(0)
    batch = stack([pool.make(k, random) for k in range(3)])
    assert batch.frames.shape == (3, LENGTH, 48, 48)
    assert batch.mask.shape == (3, LENGTH)
    assert batch.targets.shape == (3, LENGTH, 8)
