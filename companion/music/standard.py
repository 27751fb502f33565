"""How the network's inputs are brought to one scale."""

from __future__ import annotations

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
    def measure(cls, inputs: Floats, groups: tuple[int, ...]) -> Standard:
        """Over (clips, inputs), whose columns form groups of the given sizes."""
        weight = np.concatenate([np.full(size, size**-0.3, np.float32) for size in groups])
        deviation = inputs.std(axis=0) + SMALLEST
        scale = 1 / np.sqrt(np.mean(weight**2))
        return cls(inputs.mean(axis=0), deviation, weight * np.float32(scale))

    def apply(self, inputs: Floats) -> Floats:
        """(..., inputs) at mean 0, outliers brought in, and a mean square of about 1."""
        far = (inputs - self.mean) / self.deviation
        scaled: Floats = far.clip(-FURTHEST, FURTHEST) * self.weight
        return scaled
