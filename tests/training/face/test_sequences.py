from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face.corpora import Corpus
from training.face.data import EMOTIONS, Pair, Stills, one_hot
from training.face.posed import RealSequence
from training.face.sequences import (
    CHANGING,
    change_clip,
    draw_clip,
    make_clips,
    pair_clip,
    real_clip,
    stack,
    still_clip,
)

from companion.affect import Emotion
from tests.training.face.sets import face

STILLS = Stills(
    np.stack([face(50), face(90)]), np.stack([one_hot("fear"), one_hot("sadness")]), ("", "")
)
CORPUS = Corpus("ferplus", STILLS, 1.0, 0.5)
LENGTHS = st.integers(1, 20)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(st.integers(0, 500), LENGTHS)
def test_a_still_keeps_its_target(seed: int, length: int) -> None:
    clip = still_clip(STILLS, 0, rng(seed), length)
    assert clip.frames.shape == (length, 48, 48)
    assert (clip.targets == one_hot("fear")).all()


@given(st.integers(0, 500), LENGTHS)
def test_a_change_goes_between_the_two_stills(seed: int, length: int) -> None:
    clip = change_clip(STILLS, 0, 1, rng(seed), length)
    np.testing.assert_allclose(clip.targets.sum(axis=1), 1, atol=1e-6)
    assert not clip.targets[:, ~STILLS.targets.any(axis=0)].any()
    assert clip.mask.shape == (length,)


def test_the_expression_changes_in_some_sequences() -> None:
    random = rng()
    clips = [draw_clip(CORPUS, random, 9) for _ in range(300)]
    changing = np.mean([np.ptp(clip.targets, axis=0).any() for clip in clips])
    # In half of those that may, both stills are the same; three courses in ten are level.
    assert changing == pytest.approx(CHANGING * 0.5 * 0.7, abs=0.05)


def test_stack_makes_a_batch() -> None:
    random = rng()
    batch = stack([draw_clip(CORPUS, random, 6) for _ in range(5)])
    assert batch.frames.shape == (5, 6, 48, 48)
    assert batch.mask.shape == (5, 6)
    assert batch.targets.shape == (5, 6, 8)
    np.testing.assert_array_equal(batch.prior, np.repeat(CORPUS.prior[None], 5, axis=0))


def test_clips_for_a_measurement_are_always_the_same() -> None:
    one, other = make_clips(STILLS, 2, 6, 0.3), make_clips(STILLS, 2, 6, 0.3)
    np.testing.assert_array_equal(one.frames, other.frames)
    np.testing.assert_array_equal(one.mask, other.mask)
    assert (one.targets.argmax(axis=2) == STILLS.labels[:, None]).all()


@given(st.integers(0, 500), LENGTHS)
def test_a_pair_goes_between_rest_and_its_emotion(seed: int, length: int) -> None:
    pair = Pair(face(60), face(180), Emotion.ANGER, "S001")
    clip = pair_clip(pair, rng(seed), length)
    assert clip.frames.shape == (length, 48, 48)
    ends = [EMOTIONS.index(Emotion.NEUTRAL), EMOTIONS.index(Emotion.ANGER)]
    np.testing.assert_allclose(clip.targets[:, ends].sum(axis=1), 1, atol=1e-6)


@given(st.integers(0, 500), LENGTHS)
def test_a_real_sequence_shows_its_emotion_from_three_quarters_on(seed: int, length: int) -> None:
    crops = np.stack([face(5 * k) for k in range(40)])
    seen = np.ones(40, bool)
    seen[7] = False
    sequence = RealSequence(crops, seen, EMOTIONS.index(Emotion.FEAR), "S001", whole=True)
    clip = real_clip(sequence, rng(seed), length)
    shares = clip.targets[:, sequence.label]
    np.testing.assert_allclose(clip.targets[:, 0] + shares, 1, atol=1e-6)
    assert clip.mask.shape == (length,)
    assert ((shares >= 0) & (shares <= 1)).all()
