"""The stages of the face network's training.

1. `wild_stage`: the trunk with its heads on single faces from the web, FER+ and AffectNet, each
   class balanced and each corpus with its own label scheme.
2. `posed_stage`: the trunk's upper part on single faces of CK+ and KDEF and, so that they stay
   known, of the sets from the web.
3. `sequence_stage`: the ConvLSTM on sequences made of stills, with bad frames and changes; after
   the first stage on faces from the web, after the second shortly on posed ones too. The trunk
   stays: trained with it, it read single faces less well.

Before the second, nothing sees a known person: the folds of `evaluate_face.py` start there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from companion.affect import Emotion
from training.face.corpora import Corpus, draw_mixture, log_prior
from training.face.data import EMOTIONS, Pair, Stills, Triple, one_hot
from training.face.fit import Batch, Stage, Terms, Variables, corpora_loss, sequence_loss
from training.face.posed import Posed, RealSequence
from training.face.sequences import Clip, draw_clip, pair_clip, real_clip, stack
from training.metrics import Floats

FRAMES = 128  # in a batch
TRUNK_PARTS = ("trunk/", "frame_head/", "schemes/")
SEQUENCE_PARTS = ("recurrence/", "head/", "weight_head/", "kept_head/")
TOP_PARTS = ("trunk/Block_3/", "trunk/Block_4/", "trunk/Block_5/", "frame_head/", "schemes/")
LENGTHS = (8, 16)  # frames of a sequence, in turns
REAL = 0.15  # the share of real ones among posed sequences
RESTING = 0.45  # the share of neutral frames in posed sequences, see `random_course`

Check = Callable[[Variables], float] | None
Case = TypeVar("Case", Pair, Triple, RealSequence)
TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Recipe:
    """The length and the rates of each stage; the same for all folds and all seeds.

    The rates are the highest of a cosine. The first stage is that of weights to start from;
    `FROM_SCRATCH` is for none.
    """

    wild_epochs: int = 5  # of the cosine
    wild_stop: int = 5  # epochs that are trained
    wild_steps: int = 160  # that count as an epoch
    wild_rate: float = 0.01
    wild_parts: tuple[str, ...] = TRUNK_PARTS
    terms: Terms = TERMS
    posed_steps: int = 180  # one epoch
    posed_rate: float = 0.02
    posed_trunk_share: float = 0.5
    posed_share: float = 0.75  # of the way to the weights that posed faces lead to
    sequence_steps: int = 800  # one epoch
    sequence_rate: float = 0.02
    posed_sequence_steps: int = 120  # one epoch, after the posed faces


FROM_SCRATCH = Recipe(
    wild_epochs=36,
    wild_stop=36,
    wild_steps=440,
    wild_rate=0.02,
    sequence_steps=600,
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
        stop=recipe.wild_stop,
        given=repr((recipe.terms, FRAMES, [corpus.digest for corpus in corpora])),
    )


def posed_stage(recipe: Recipe, wild: Sequence[Corpus], posed: Posed, name: str) -> Stage:
    """The upper part of the trunk and the heads on posed faces among those from the web."""
    corpora, terms = [*wild, *posed.corpora], replace(recipe.terms, fixed=True)

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for _ in range(recipe.posed_steps):
            yield draw_mixture(corpora, random, FRAMES)

    return Stage(
        name=f"{name}-posed",
        parts=TOP_PARTS,
        epochs=1,
        steps=recipe.posed_steps,
        rate=recipe.posed_rate,
        trunk_share=recipe.posed_trunk_share,
        draw=draw,
        loss=corpora_loss(terms),
        check=None,
        given=repr((terms, FRAMES, [corpus.digest for corpus in corpora])),
    )


def sequence_stage(recipe: Recipe, wild: Sequence[Corpus], posed: Posed | None, name: str) -> Stage:
    """The ConvLSTM and its heads on sequences of faces from the web, and as many of posed ones."""
    steps = recipe.posed_sequence_steps if posed else recipe.sequence_steps
    corpora = [*wild, *(posed.corpora if posed else ())]

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for step in range(steps):
            length = LENGTHS[step % len(LENGTHS)]
            count = FRAMES // length
            known = count // 2 if posed else count
            clips = [
                draw_clip(wild[int(random.integers(len(wild)))], random, length)
                for _ in range(known)
            ]
            if posed:
                clips += [draw_posed_clip(posed, random, length) for _ in range(count - known)]
            yield stack(clips)

    return Stage(
        name=f"{name}-sequence",
        parts=SEQUENCE_PARTS,
        epochs=1,
        steps=steps,
        rate=recipe.sequence_rate,
        trunk_share=1,
        draw=draw,
        loss=sequence_loss,
        check=None,
        given=repr((FRAMES, [corpus.digest for corpus in corpora])),
    )


def draw_posed_clip(posed: Posed, random: np.random.Generator, length: int) -> Clip:
    """A real sequence, or one between the ends of a pair."""
    if posed.sequences and random.random() < REAL:
        names = [EMOTIONS[one.label] for one in posed.sequences]
        clip = real_clip(draw_evenly(posed.sequences, names, random), random, length)
    else:
        names = [pair.label for pair in posed.pairs]
        clip = pair_clip(draw_evenly(posed.pairs, names, random), random, length)
    return clip._replace(prior=posed_prior(names))


def draw_evenly(cases: Sequence[Case], labels: Sequence[str], random: np.random.Generator) -> Case:
    """A case by chances that fall with the root of its emotion's number.

    Between drawing them as they are and drawing all alike: the rare ones count, and their
    few faces are not learned by heart.
    """
    chances = np.array([labels.count(label) ** -0.5 for label in labels])
    return cases[random.choice(len(cases), p=chances / chances.sum())]


def posed_prior(labels: Sequence[str]) -> Floats:
    """The log of how often each emotion stands in sequences that `draw_evenly` draws, (8,)."""
    roots = np.array([labels.count(name) ** 0.5 for name in EMOTIONS])
    shares = (1 - RESTING) * roots / roots.sum() + RESTING * one_hot(Emotion.NEUTRAL)
    return log_prior(shares)


def accuracy(logits: Floats, stills: Stills) -> float:
    """The share of right answers about the first stills."""
    return float(np.mean(logits.argmax(axis=1) == stills.labels[: len(logits)]))
