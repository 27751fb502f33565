"""Several networks and a logistic regression that answer as one: all that stands in the weights."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from companion.music.decode import Floats
from companion.music.model.network import MoodNetwork, Shape
from companion.music.model.patterns import Encoder
from companion.music.model.standard import Standard
from companion.weights import flatten_tree, unflatten_tree

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer of an ensemble to a batch: the means over its members.

    Attributes:
        quadrant: (batch, 4) probabilities of the networks, not yet calibrated.
        axes: (batch, 2) valence and arousal in [-1, 1].
        cluster: (batch, 5) probabilities.
        linear: (batch, 4) probabilities of the quadrants by the logistic regression.
    """

    quadrant: Floats
    axes: Floats
    cluster: Floats
    linear: Floats

    def mix(self, share: float) -> Floats:
        """(batch, 4) probabilities: the logistic regression's count `share` in the mean."""
        return share * self.linear + (1 - share) * self.quadrant


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Networks of one shape, trained from different seeds, beside a logistic regression.

    Attributes:
        shape: their shape.
        encoder: from the image to its codes, the same for all members.
        standard: how codes, statistics and embedding are standardised, in this order.
        members: their parameters, stacked along the first axis of each array.
        linear: the regression's "kernel" (inputs, 4) and "bias" (4,).
    """

    shape: Shape
    encoder: Encoder
    standard: Standard
    members: Tree
    linear: Tree

    @classmethod
    def from_tensors(cls, shape: Shape, tensors: dict[str, np.ndarray]) -> Ensemble:
        """The inverse of `tensors`."""
        tree = unflatten_tree(tensors)
        encoder = Encoder.from_tree(tree["encoder"])
        standard = Standard(**tree["standard"])
        return cls(shape, encoder, standard, tree["members"], tree["linear"])

    def tensors(self) -> dict[str, np.ndarray]:
        """Everything but the shape, by name."""
        tree = {
            "encoder": self.encoder.tree(),
            "standard": dataclasses.asdict(self.standard),
            "members": self.members,
            "linear": self.linear,
        }
        return flatten_tree(tree)

    @property
    def parameters(self) -> int:
        """The count of the numbers that were learned, over all members."""
        learned = [self.encoder.filters, self.members, self.linear]
        return sum(int(leaf.size) for leaf in jax.tree.leaves(learned))

    def predict(self, inputs: Floats) -> Prediction:
        """Of (batch, inputs): codes, statistics and embedding side by side."""
        said = _ask(self.shape, (self.members, self.linear), self.standard.apply(inputs))
        return Prediction(*map(np.asarray, said))


@partial(jax.jit, static_argnums=0)
def _ask(shape: Shape, learned: tuple[Tree, Tree], inputs: jax.Array) -> tuple[jax.Array, ...]:
    """The parts of a prediction, in their order."""
    members, linear = learned

    def ask_one(params: Tree) -> tuple[jax.Array, ...]:
        said: Any = MoodNetwork(shape).apply({"params": params}, inputs)
        return jax.nn.softmax(said.quadrant), said.axes, jax.nn.softmax(said.cluster)

    means = tuple(jnp.mean(part, axis=0) for part in jax.vmap(ask_one)(members))
    return *means, jax.nn.softmax(inputs @ linear["kernel"] + linear["bias"])
