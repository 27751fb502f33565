"""The sequences that the ConvLSTM is trained on, made from stills and from pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.affect import Emotion
from training.face_augment import blend, random_course, random_mask, show_path
from training.face_data import Images, Pair, Stills, Targets, one_hot

LENGTH = 12  # frames of a training sequence
REST = one_hot(Emotion.NEUTRAL)


class Clip(NamedTuple):
    """One sequence: frames (time, 48, 48), mask (time,), targets (time, 8)."""

    frames: Images
    mask: NDArray[np.bool_]
    targets: Targets


@dataclass(frozen=True, slots=True)
class Pool:
    """What sequences are made from: stills that hold one face, pairs that change."""

    stills: Stills
    pairs: Sequence[Pair]

    def __len__(self) -> int:
        return len(self.stills) + len(self.pairs)

    def make(self, index: int, random: np.random.Generator, length: int = LENGTH) -> Clip:
        """A sequence of the still or, beyond the stills, of the pair at that index."""
        if index < len(self.stills):
            frames = np.repeat(self.stills.images[index][None], length, axis=0)
            targets = np.repeat(self.stills.targets[index][None], length, axis=0)
        else:
            frames, targets = _change(self.pairs[index - len(self.stills)], random, length)
        return Clip(show_path(frames, random), random_mask(length, random), targets)


def _change(pair: Pair, random: np.random.Generator, length: int) -> tuple[Images, Targets]:
    course = random_course(length, random)
    shares = course[:, None]
    targets = (1 - shares) * REST + shares * one_hot(pair.label)
    return blend(pair.onset, pair.apex, course), targets.astype(np.float32)


def stack(clips: Sequence[Clip]) -> Clip:
    """Clips of one length as a batch."""
    return Clip(*(np.stack(parts) for parts in zip(*clips, strict=True)))
