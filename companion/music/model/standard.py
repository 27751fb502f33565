"""The common scale of the network's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from companion.music.decode import Floats

FURTHEST = 3.0  # standard deviations that an input may lie from the mean
SMALLEST = 1e-6


@dataclass(frozen=True, slots=True)
class Standard:
    """The means and deviations of inputs over the training clips, and what each counts.

    Attributes:
        mean, deviation: (inputs,).
        weight: (inputs,); less for each member of a large group, so that the fifty numbers
            of one kind do not drown the six of another.
    """

    mean: Floats
    deviation: Floats
    weight: Floats

    @classmethod
    def measure(cls, inputs: Floats, blocks: Sequence[Block]) -> Standard:
        """Over (clips, inputs), whose columns form the blocks, in their order."""
        weight = np.concatenate([block.weights() for block in blocks])
        scale = 1 / np.sqrt(np.mean(weight**2))
        deviation = inputs.std(axis=0) + SMALLEST
        return cls(inputs.mean(axis=0), deviation, (weight * scale).astype(np.float32))

    def apply(self, inputs: Floats) -> Floats:
        """(..., inputs) at mean 0, outliers brought in, and a mean square of about 1."""
        far = (inputs - self.mean) / self.deviation
        scaled: Floats = far.clip(-FURTHEST, FURTHEST) * self.weight
        return scaled


@dataclass(frozen=True, slots=True)
class Block:
    """Inputs of one origin, in groups of one kind.

    Attributes:
        groups: how many inputs each group has.
        share: how far clips lie apart by this block, beside others.
    """

    groups: tuple[int, ...]
    share: float = 1.0

    def weights(self) -> Floats:
        """(inputs,): those of a group alike; the sum of their squares is the share's square."""
        weights = np.concatenate([np.full(size, size**-0.3) for size in self.groups])
        scaled: Floats = weights * (self.share / np.sqrt(np.sum(weights**2)))
        return scaled
