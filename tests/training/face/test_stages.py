from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from training.face.corpora import Corpus
from training.face.data import EMOTIONS, Pair, Stills, Triple, one_hot
from training.face.posed import Posed, RealSequence
from training.face.stages import (
    FRAMES,
    LENGTHS,
    RESTING,
    SEQUENCE_PARTS,
    TRUNK_PARTS,
    Recipe,
    draw_evenly,
    draw_posed_clip,
    posed_prior,
    posed_stage,
    sequence_stage,
    wild_stage,
)

from companion.affect import Emotion
from tests.training.face.sets import face

COUNT = 64
STILLS = Stills(
    np.stack([face(k % 100) for k in range(COUNT)]),
    np.stack([one_hot(EMOTIONS[k % 8]) for k in range(COUNT)]),
    ("",) * COUNT,
)
WILD = [Corpus("ferplus", STILLS, 1.0, 0.5), Corpus("affectnet", STILLS, 1.0, 1.0)]
PAIRS = [Pair(face(40), face(200), Emotion.HAPPINESS, "S001")]
TRIPLES = [Triple(np.stack([face(180), face(190), face(200)]), Emotion.ANGER, "S001")]
SEQUENCE = RealSequence(
    np.stack([face(10 * k) for k in range(20)]), np.ones(20, bool), 1, "S001", whole=True
)
POSED = Posed(PAIRS, TRIPLES, [SEQUENCE], [Corpus("kdef", STILLS, 0.4, 1.0)])
NEUTRAL, HAPPY = (EMOTIONS.index(name) for name in ("neutral", "happiness"))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_first_stage_draws_its_steps_of_all_corpora() -> None:
    stage = wild_stage(Recipe(wild_steps=3), WILD)
    drawn = list(stage.draw(rng()))
    assert len(drawn) == stage.steps == 3
    assert all(len(batch.frames) == FRAMES for batch in drawn)
    assert set(drawn[0].schemes) == {0, 2}
    assert stage.parts == TRUNK_PARTS


def test_the_second_stage_adds_posed_faces_and_keeps_to_the_top() -> None:
    stage = posed_stage(Recipe(posed_steps=2), WILD, POSED, "fold-0")
    drawn = list(stage.draw(rng()))
    assert len(drawn) == 2
    assert set(drawn[0].schemes) == {0, 2, 3}
    assert stage.name == "fold-0-posed"
    assert all(part.startswith(TRUNK_PARTS) for part in stage.parts)
    assert not any("Conv_0" in part or "Block_0" in part for part in stage.parts)


def test_what_is_drawn_is_told_to_the_checkpoint() -> None:
    one = wild_stage(Recipe(), WILD)
    assert one.given == wild_stage(Recipe(), WILD).given
    assert one.given != wild_stage(Recipe(), WILD[:1]).given
    posed = posed_stage(Recipe(), WILD, POSED, "a")
    assert posed.given != one.given


def test_sequences_of_both_lengths_take_turns() -> None:
    stage = sequence_stage(Recipe(sequence_steps=4), WILD, None, "wild")
    shapes = [batch[0].shape[:2] for batch in stage.draw(rng())]
    assert shapes == [(FRAMES // length, length) for length in LENGTHS * 2]
    assert stage.parts == SEQUENCE_PARTS
    assert not set(stage.parts) & set(TRUNK_PARTS)


def test_half_of_the_last_sequences_are_posed() -> None:
    stage = sequence_stage(Recipe(posed_sequence_steps=1), WILD, POSED, "")
    clips = next(iter(stage.draw(rng())))
    count = FRAMES // LENGTHS[0]
    assert clips.frames.shape == (count, LENGTHS[0], 48, 48)
    posed = clips.targets[count // 2 :]
    np.testing.assert_allclose(posed[..., [NEUTRAL, HAPPY]].sum(axis=-1), 1, rtol=1e-6)


def test_rare_emotions_are_drawn_more_often_than_they_are() -> None:
    rare = Pair(face(1), face(2), Emotion.CONTEMPT, "S002")
    random, pairs = rng(), [*PAIRS * 9, rare]
    labels = [pair.label for pair in pairs]
    drawn = [draw_evenly(pairs, labels, random).label for _ in range(2000)]
    assert drawn.count(Emotion.CONTEMPT) / 2000 == pytest.approx(1 / 4, abs=0.03)


def test_the_prior_of_posed_sequences_is_how_often_they_are_drawn() -> None:
    shares = np.exp(posed_prior(["happiness"] * 9 + ["contempt"]))
    assert shares.sum() == pytest.approx(1)
    assert shares[NEUTRAL] == pytest.approx(RESTING)
    assert shares[HAPPY] == pytest.approx(0.75 * (1 - RESTING))
    random = rng()
    clips = [draw_posed_clip(POSED, random, 12) for _ in range(600)]
    resting = np.mean([clip.targets[:, NEUTRAL].mean() for clip in clips])
    assert resting == pytest.approx(RESTING, abs=0.05)


def test_a_posed_sequence_ends_as_neutral_or_as_the_emotion() -> None:
    random = rng()
    last = np.stack([draw_posed_clip(POSED, random, 16).targets[-1] for _ in range(100)])
    full = np.isclose(last.max(axis=1), 1)
    assert full.mean() > 0.8  # the others were still on their way
    assert set(last[full].argmax(axis=1)) == {NEUTRAL, HAPPY}


def test_without_real_sequences_there_are_those_of_pairs() -> None:
    random = rng()
    pairs_alone = replace(POSED, sequences=[])
    clips = [draw_posed_clip(pairs_alone, random, 8) for _ in range(20)]
    assert all(clip.frames.shape == (8, 48, 48) for clip in clips)
