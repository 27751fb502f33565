"""The sequences that the network is trained and measured on, made from stills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.affect import Emotion
from training.face.augment import Floats, random_refill
from training.face.corpora import Corpus
from training.face.data import EMOTIONS, Images, Pair, Stills, Targets, one_hot
from training.face.paths import blend, random_course, random_mask, show_path
from training.face.posed import QUARTER, RealSequence

CHANGING = 0.5  # the share of sequences in which the expression changes
EVEN = np.zeros(len(EMOTIONS), np.float32)

Random = np.random.Generator


class Clip(NamedTuple):
    """One sequence, or a stack of them.

    Attributes:
        frames: (time, 48, 48); mask: (time,), False where there is no face.
        targets: (time, 8), shares of the emotions at each frame.
        prior: (8,), the log of how often each emotion is drawn; zeros where that is no matter.
    """

    frames: Images
    mask: NDArray[np.bool_]
    targets: Targets
    prior: NDArray[np.float32]


def draw_clip(corpus: Corpus, random: Random, length: int) -> Clip:
    """A sequence of one still, or of two where the expression changes."""
    one, other = random.choice(len(corpus.stills), size=2, p=corpus.chances)
    if random.random() < 1 - CHANGING:
        return still_clip(corpus.stills, one, random, length)._replace(prior=corpus.prior)
    clip = change_clip(corpus.stills, one, other, random, length)
    return clip._replace(prior=corpus.prior)


def still_clip(
    stills: Stills, index: int, random: Random, length: int, bad: float | None = None
) -> Clip:
    """A face that holds its expression; `bad`: see `random_path`."""
    image = random_refill(stills.images[index], random)
    frames = np.repeat(image[None], length, axis=0)
    targets = np.repeat(stills.targets[index][None], length, axis=0)
    seen = show_path(frames, random, bad)
    return Clip(seen, random_mask(length, random), targets, EVEN)


def change_clip(stills: Stills, one: int, other: int, random: Random, length: int) -> Clip:
    """From one face to another: what counts is what is seen now. The people differ."""
    course = random_course(length, random)
    start, end = (random_refill(stills.images[index], random) for index in (one, other))
    frames = show_path(blend(start, end, course), random)
    shares = course[:, None]
    mixed = (1 - shares) * stills.targets[one] + shares * stills.targets[other]
    return Clip(frames, random_mask(length, random), mixed.astype(np.float32), EVEN)


def pair_clip(pair: Pair, random: Random, length: int) -> Clip:
    """From rest to apex, or back, or one of them held: what lies between is a mixture."""
    course = random_course(length, random)
    frames = show_path(blend(pair.onset, pair.apex, course), random)
    return Clip(frames, random_mask(length, random), _risen(course, one_hot(pair.label)), EVEN)


def real_clip(sequence: RealSequence, random: Random, length: int) -> Clip:
    """The same ways through a real sequence; from three quarters of it on, all is shown."""
    course = random_course(length, random)
    chosen = np.round(course * (len(sequence.crops) - 1)).astype(int)
    frames = show_path(sequence.crops[chosen], random)
    mask = random_mask(length, random) & sequence.mask[chosen]
    shown = np.minimum(course / (1 - 1 / QUARTER), 1)
    return Clip(frames, mask, _risen(shown, one_hot(EMOTIONS[sequence.label])), EVEN)


def _risen(course: Floats, emotion: Targets) -> Targets:
    """Shares (length, 8) of an emotion that has risen so far from neutral."""
    shares = course[:, None]
    return (shares * emotion + (1 - shares) * one_hot(Emotion.NEUTRAL)).astype(np.float32)


def stack(clips: Sequence[Clip]) -> Clip:
    """Clips of one length as a batch."""
    return Clip(*(np.stack(parts) for parts in zip(*clips, strict=True)))


def make_clips(
    stills: Stills, count: int, length: int, bad: float | None = None, seed: int = 0
) -> Clip:
    """The first `count` stills, each made into a sequence."""
    random = np.random.default_rng(seed)
    return stack([still_clip(stills, k, random, length, bad) for k in range(count)])
