"""The four stages of the face network's training.

1. `trunk_stage`: the trunk on FER+ stills, with the raters' votes as soft targets.
2. `sequence_stage`: the ConvLSTM on sequences made from FER+ stills, with bad frames and
   changes. The trunk stays: trained with it, it read single faces less well.
3. `posed_faces_stage`: the trunk's upper part on single faces of CK+, as its files and as the
   detector crop them, and, so that they stay known, of FER+.
4. `posed_sequences_stage`: the ConvLSTM on sequences of CK+ and, again, of FER+.

The first two see nothing of CK+: the folds of `evaluate_face.py` start after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from companion.affect import Emotion
from training.face.augment import show_stills
from training.face.data import EMOTIONS, Pair, Stills, Triple, one_hot
from training.face.corpora import Corpus, draw_mixture
from training.face.fit import (
    Batch,
    Stage,
    Terms,
    Variables,
    batches,
    corpora_loss,
    frame_loss,
    sequence_loss,
    still_loss,
)
from training.face.infer import clip_logits, mirrored_logits
from training.face.posed import Posed, RealSequence
from training.face.sequences import Clip, draw_clip, make_clips, pair_clip, real_clip, stack
from training.metrics import Floats

FRAMES = 128  # in a batch
TRUNK_PARTS = ("trunk/", "frame_head/", "schemes/")
SEQUENCE_PARTS = ("recurrence/", "head/", "weight_head/", "kept_head/")
TOP_PARTS = ("trunk/Block_3/", "trunk/Block_4/", "trunk/Block_5/", "frame_head/", "schemes/")
LENGTHS = (8, 16)  # frames of a FER+ sequence, in turns
MIXTURE = (60, 20, 8, 40)  # in a batch: FER+, neutral and apex pairs, real sequences, CK+48
RISEN = 2 / 3  # how often a face of a pair, or of a real sequence, is the apex
REST = one_hot(Emotion.NEUTRAL)
REAL = 0.25  # the share of real ones among CK+ sequences
CHECKED = 256  # validation sequences

Check = Callable[[Variables], float] | None
Case = TypeVar("Case", Pair, Triple, RealSequence)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast each stage is trained; the same for all folds and all seeds.

    The rates are the highest of a cosine; that of the trunk on CK+ is a share of it.
    """

    trunk_epochs: int = 36
    trunk_rate: float = 0.02
    wild_epochs: int = 5
    wild_steps: int = 110  # that count as an epoch
    wild_rate: float = 0.01
    wild_parts: tuple[str, ...] = TRUNK_PARTS
    terms: Terms = Terms()
    sequence_epochs: int = 5
    sequence_steps: int = 120  # that count as an epoch
    sequence_rate: float = 0.02
    posed_faces_steps: int = 240  # one epoch
    posed_faces_rate: float = 0.04
    posed_trunk_share: float = 0.5
    posed_share: float = 0.75  # of the way to the weights that the faces of CK+ lead to
    posed_sequences_steps: int = 60  # one epoch
    posed_sequences_rate: float = 0.01


def trunk_stage(recipe: Recipe, train: Stills, valid: Stills) -> Stage:
    """The trunk with its frame head, on single crops."""

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for chosen in batches(len(train), FRAMES, random):
            yield show_stills(train.images[chosen], random), train.targets[chosen]

    return Stage(
        name="trunk",
        parts=TRUNK_PARTS,
        epochs=recipe.trunk_epochs,
        steps=len(train) // FRAMES,
        rate=recipe.trunk_rate,
        trunk_share=1,
        draw=draw,
        loss=frame_loss,
        check=lambda variables: accuracy(mirrored_logits(variables, valid.images), valid),
    )


def wild_stage(recipe: Recipe, corpora: Sequence[Corpus], check: Check = None) -> Stage:
    """The trunk and its heads on single faces of several corpora."""

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for _ in range(recipe.wild_steps):
            yield draw_mixture(corpora, random, FRAMES)

    return Stage(
        name="wild",
        parts=recipe.wild_parts,
        epochs=recipe.wild_epochs,
        steps=recipe.wild_steps,
        rate=recipe.wild_rate,
        trunk_share=1,
        draw=draw,
        loss=corpora_loss(recipe.terms),
        check=check,
        given=repr((recipe.terms, FRAMES, [corpus.digest for corpus in corpora])),
    )


def sequence_stage(recipe: Recipe, train: Stills, valid: Stills) -> Stage:
    """The ConvLSTM and its heads on sequences of FER+ stills."""
    clips = make_clips(valid, CHECKED, LENGTHS[-1])

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for step in range(recipe.sequence_steps):
            length = LENGTHS[step % len(LENGTHS)]
            yield stack([draw_clip(train, random, length) for _ in range(FRAMES // length)])

    return Stage(
        name="sequence",
        parts=SEQUENCE_PARTS,
        epochs=recipe.sequence_epochs,
        steps=recipe.sequence_steps,
        rate=recipe.sequence_rate,
        trunk_share=1,
        draw=draw,
        loss=sequence_loss,
        check=lambda variables: accuracy(clip_logits(variables, clips), valid),
    )


def posed_faces_stage(recipe: Recipe, train: Stills, posed: Posed, name: str) -> Stage:
    """The upper part of the trunk on single faces of CK+ among those of FER+."""

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for _ in range(recipe.posed_faces_steps):
            yield draw_faces(train, posed, random)

    return Stage(
        name=name,
        parts=TOP_PARTS,
        epochs=1,
        steps=recipe.posed_faces_steps,
        rate=recipe.posed_faces_rate,
        trunk_share=recipe.posed_trunk_share,
        draw=draw,
        loss=still_loss,
        check=None,
    )


def posed_sequences_stage(recipe: Recipe, train: Stills, posed: Posed, name: str) -> Stage:
    """The ConvLSTM and its heads on sequences, half of CK+ and half of FER+ stills."""

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for step in range(recipe.posed_sequences_steps):
            length = LENGTHS[step % len(LENGTHS)]
            half = FRAMES // length // 2
            known = [draw_clip(train, random, length) for _ in range(half)]
            yield stack(known + [draw_posed_clip(posed, random, length) for _ in range(half)])

    return Stage(
        name=name,
        parts=SEQUENCE_PARTS,
        epochs=1,
        steps=recipe.posed_sequences_steps,
        rate=recipe.posed_sequences_rate,
        trunk_share=1,
        draw=draw,
        loss=sequence_loss,
        check=None,
    )


def draw_faces(train: Stills, posed: Posed, random: np.random.Generator) -> Batch:
    """A batch of single faces: crops, targets, and whether neutral is a possible answer.

    Where there are no real sequences, pairs take their places.
    """
    known, changing, real, apex = MIXTURE
    if not posed.sequences:
        changing, real = changing + real, 0
    chosen = random.integers(len(train), size=known)
    faces, targets = list(train.images[chosen]), list(train.targets[chosen])
    for _ in range(changing):
        pair, rising = draw_evenly(posed.pairs, random), random.random() < RISEN
        faces.append(pair.apex if rising else pair.onset)
        targets.append(one_hot(pair.label) if rising else REST)
    for _ in range(real):
        sequence, rising = draw_evenly(posed.sequences, random), random.random() < RISEN
        faces.append(sequence.draw_frame(random, rising=rising))
        targets.append(one_hot(EMOTIONS[sequence.label]) if rising else REST)
    for _ in range(apex):
        triple = draw_evenly(posed.triples, random)
        faces.append(triple.images[random.integers(len(triple.images))])
        targets.append(one_hot(triple.label))
    rests = np.arange(FRAMES) < FRAMES - apex
    return show_stills(np.stack(faces), random), np.stack(targets), rests


def draw_posed_clip(posed: Posed, random: np.random.Generator, length: int) -> Clip:
    """A CK+ sequence: a real one, where there is any, or one between two ends."""
    if random.random() < REAL and posed.sequences:
        return real_clip(draw_evenly(posed.sequences, random), random, length)
    return pair_clip(draw_evenly(posed.pairs, random), random, length)


def draw_evenly(cases: Sequence[Case], random: np.random.Generator) -> Case:
    """One of the cases; a class of n cases is drawn as often as the root of n.

    Half way between the classes as they are and all alike: the rare ones count, and their
    few faces are not learned by heart.
    """
    labels = [case.label for case in cases]
    chances = np.array([labels.count(label) ** -0.5 for label in labels])
    return cases[random.choice(len(cases), p=chances / chances.sum())]


def accuracy(logits: Floats, stills: Stills) -> float:
    """The share of right answers about the first stills."""
    return float(np.mean(logits.argmax(axis=1) == stills.labels[: len(logits)]))
