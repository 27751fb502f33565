"""Several networks that answer as one: what stands in the weights file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from companion.music.decode import Floats
from companion.music.network import MoodNetwork, Shape
from companion.weights import flatten_tree, unflatten_tree

FURTHEST = 4.0  # standard deviations that a statistic may lie from the mean

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standard:
    """The means and deviations of the inputs over the training clips.

    Attributes:
        image_mean, image_deviation: (rows,).
        statistics_mean, statistics_deviation: (statistics,).
    """

    image_mean: Floats
    image_deviation: Floats
    statistics_mean: Floats
    statistics_deviation: Floats

    @classmethod
    def measure(cls, image: Floats, statistics: Floats) -> Standard:
        """Over (clips, steps, rows) and (clips, statistics)."""
        return cls(
            image.mean(axis=(0, 1)),
            image.std(axis=(0, 1)),
            statistics.mean(axis=0),
            statistics.std(axis=0),
        )

    def apply(self, image: Floats, statistics: Floats) -> tuple[Floats, Floats]:
        """The inputs at mean 0 and deviation 1; outlying statistics are brought in."""
        far = (statistics - self.statistics_mean) / self.statistics_deviation
        return (image - self.image_mean) / self.image_deviation, far.clip(-FURTHEST, FURTHEST)


@dataclass(frozen=True, slots=True)
class Prediction:
    """What an ensemble says of a batch: the means over its members.

    Attributes:
        quadrant: (batch, 4) probabilities, not yet calibrated.
        axes: (batch, 2) valence and arousal in [-1, 1].
        cluster: (batch, 5) probabilities.
    """

    quadrant: Floats
    axes: Floats
    cluster: Floats


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Networks of one shape, trained from different seeds.

    Attributes:
        shape: their shape.
        standard: how their inputs are standardised.
        members: their parameters, stacked along the first axis of each array.
    """

    shape: Shape
    standard: Standard
    members: Tree

    @classmethod
    def join(cls, shape: Shape, standard: Standard, members: Sequence[Tree]) -> Ensemble:
        return cls(shape, standard, jax.tree.map(lambda *parts: np.stack(parts), *members))

    @classmethod
    def from_tensors(cls, shape: Shape, tensors: dict[str, np.ndarray]) -> Ensemble:
        """The inverse of `tensors`."""
        tree = unflatten_tree(tensors)
        return cls(shape, Standard(**tree["standard"]), tree["members"])

    def tensors(self) -> dict[str, np.ndarray]:
        """Everything but the shape, by name."""
        standard = {
            part.name: getattr(self.standard, part.name) for part in dataclasses.fields(Standard)
        }
        return flatten_tree({"standard": standard, "members": self.members})

    @property
    def parameters(self) -> int:
        """How many numbers were trained, over all members."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.members))

    def predict(self, image: Floats, statistics: Floats) -> Prediction:
        """(batch, steps, rows) and (batch, statistics), as the features have them."""
        quadrant, axes, cluster = _apply(
            self.shape, self.members, *self.standard.apply(image, statistics)
        )
        return Prediction(np.asarray(quadrant), np.asarray(axes), np.asarray(cluster))


@partial(jax.jit, static_argnums=0)
def _apply(
    shape: Shape, members: Tree, image: jax.Array, statistics: jax.Array
) -> tuple[jax.Array, ...]:
    def ask(params: Tree) -> tuple[jax.Array, ...]:
        said: Any = MoodNetwork(shape).apply({"params": params}, image, statistics)
        return jax.nn.softmax(said.quadrant), said.axes, jax.nn.softmax(said.cluster)

    return tuple(jnp.mean(part, axis=0) for part in jax.vmap(ask)(members))
