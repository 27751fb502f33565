from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from training.face.data import EMOTIONS, Pair, Stills, Triple, one_hot
from training.face.fit import Stage
from training.face.posed import Posed, RealSequence
from training.face.stages import (
    FRAMES,
    LENGTHS,
    MIXTURE,
    SEQUENCE_PARTS,
    TRUNK_PARTS,
    Recipe,
    draw_evenly,
    draw_faces,
    draw_posed_clip,
    posed_faces_stage,
    posed_sequences_stage,
    sequence_stage,
    trunk_stage,
)

from companion.affect import Emotion
from tests.training.face.sets import face

COUNT = 2 * FRAMES
STILLS = Stills(
    np.stack([face(k % 100) for k in range(COUNT)]),
    np.stack([one_hot(EMOTIONS[k % 8]) for k in range(COUNT)]),
    ("",) * COUNT,
)
PAIRS = [Pair(face(40), face(200), Emotion.HAPPINESS, "S001")]
TRIPLES = [Triple(np.stack([face(180), face(190), face(200)]), Emotion.ANGER, "S001")]
SEQUENCE = RealSequence(
    np.stack([face(10 * k) for k in range(20)]), np.ones(20, bool), 1, "S001", whole=True
)
POSED = Posed(PAIRS, TRIPLES, [SEQUENCE])
NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_trunk_sees_every_still_once_in_an_epoch() -> None:
    stage = trunk_stage(Recipe(), STILLS, STILLS)
    drawn = list(stage.draw(rng()))
    assert len(drawn) == stage.steps == 2
    shares = np.concatenate([targets for _, targets in drawn])
    np.testing.assert_array_equal(shares.sum(axis=0), STILLS.targets.sum(axis=0))


def test_sequences_of_both_lengths_take_turns() -> None:
    stage = sequence_stage(Recipe(sequence_steps=4), STILLS, STILLS.select(np.arange(COUNT) < 300))
    shapes = [batch[0].shape[:2] for batch in stage.draw(rng())]
    assert shapes == [(FRAMES // length, length) for length in LENGTHS * 2]
    assert all(not part.startswith("trunk/") for part in stage.parts)


def test_a_batch_of_faces_is_mixed_as_told() -> None:
    frames, targets, rests = draw_faces(STILLS, POSED, rng())
    known, changing, real, apex = MIXTURE
    assert frames.shape == (FRAMES, 48, 48)
    assert sum(MIXTURE) == FRAMES
    assert rests.sum() == known + changing + real
    pairs, sequences = np.split(targets[known:-apex].argmax(axis=1), [changing])
    assert set(pairs) == {NEUTRAL, EMOTIONS.index(Emotion.HAPPINESS)}
    assert set(sequences) == {NEUTRAL, SEQUENCE.label}
    assert (targets[-apex:].argmax(axis=1) == EMOTIONS.index(Emotion.ANGER)).all()


def test_no_neutral_face_is_where_neutral_is_no_answer() -> None:
    _, targets, rests = draw_faces(STILLS, POSED, rng())
    assert not (targets[~rests].argmax(axis=1) == NEUTRAL).any()


def test_pairs_take_the_places_of_sequences_that_are_left_out() -> None:
    frames, targets, rests = draw_faces(STILLS, replace(POSED, sequences=[]), rng())
    known, changing, real, apex = MIXTURE
    assert len(frames) == len(targets) == FRAMES
    assert rests.sum() == known + changing + real
    assert set(targets[known:-apex].argmax(axis=1)) == {
        NEUTRAL,
        EMOTIONS.index(Emotion.HAPPINESS),
    }


def test_rare_emotions_are_drawn_more_often_than_they_are() -> None:
    rare = Pair(face(1), face(2), Emotion.CONTEMPT, "S002")
    random = rng()
    drawn = [draw_evenly(PAIRS * 9 + [rare], random).label for _ in range(2000)]
    assert drawn.count(Emotion.CONTEMPT) / 2000 == pytest.approx(1 / 4, abs=0.03)


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("make", [posed_faces_stage, posed_sequences_stage])
def test_the_last_stages_are_one_epoch_of_their_steps(
    make: Callable[..., Stage], steps: int
) -> None:
    recipe = Recipe(posed_faces_steps=steps, posed_sequences_steps=steps)
    stage = make(recipe, STILLS, POSED, "fold-0-0")
    assert stage.name == "fold-0-0"
    assert stage.epochs == 1
    assert len(list(stage.draw(rng()))) == steps


def test_the_stages_share_no_part_but_the_trunk_and_its_head() -> None:
    """Each of the last two continues what one of the first two began."""
    faces = posed_faces_stage(Recipe(), STILLS, POSED, "")
    sequences = posed_sequences_stage(Recipe(), STILLS, POSED, "")
    assert all(part.startswith(TRUNK_PARTS) for part in faces.parts)
    assert sequences.parts == SEQUENCE_PARTS
    assert not set(sequences.parts) & set(TRUNK_PARTS)


def test_half_of_the_posed_sequences_are_of_ckplus() -> None:
    light = Stills(np.full_like(STILLS.images, 250), STILLS.targets, STILLS.subjects)
    stage = posed_sequences_stage(Recipe(posed_sequences_steps=1), light, POSED, "")
    clips = next(iter(stage.draw(rng())))
    count = FRAMES // LENGTHS[0]
    assert clips.frames.shape == (count, LENGTHS[0], 48, 48)
    posed = clips.targets[count // 2 :]
    ends = NEUTRAL, EMOTIONS.index(Emotion.HAPPINESS)
    np.testing.assert_allclose(posed[..., ends].sum(axis=-1), 1, rtol=1e-6)


def test_a_posed_sequence_ends_as_neutral_or_as_the_emotion() -> None:
    random = rng()
    last = np.stack([draw_posed_clip(POSED, random, 16).targets[-1] for _ in range(100)])
    full = np.isclose(last.max(axis=1), 1)
    assert full.mean() > 0.8  # the others were still on their way
    assert set(last[full].argmax(axis=1)) == {NEUTRAL, EMOTIONS.index(Emotion.HAPPINESS)}


def test_without_real_sequences_there_are_those_of_pairs() -> None:
    random = rng()
    pairs_alone = replace(POSED, sequences=[])
    clips = [draw_posed_clip(pairs_alone, random, 8) for _ in range(20)]
    assert all(clip.frames.shape == (8, 48, 48) for clip in clips)
