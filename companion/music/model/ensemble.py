"""Several networks and logistic regressions that answer as one: all that stands in the weights."""

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
REGRESSIONS = ("linear", "piano", "gate")
LEAST = 1e-6  # the least probability, so that its logarithm exists


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer of an ensemble to a batch: the means over its members.

    Attributes:
        quadrant: (batch, 4) probabilities of the networks, not yet calibrated.
        axes: (batch, 2) valence and arousal in [-1, 1].
        cluster: (batch, 5) probabilities.
        linear: (batch, 4) probabilities of the quadrants by the logistic regression.
        piano: (batch, 4) the same by the regression for solo piano.
        solo: (batch, 1) the probability that it is solo piano.
    """

    quadrant: Floats
    axes: Floats
    cluster: Floats
    linear: Floats
    piano: Floats
    solo: Floats

    def mix(self, share: float, temperature: float) -> Floats:
        """(batch, 4) calibrated probabilities.

        The gated mixture of experts of R. Jacobs et al., "Adaptive mixtures of local experts",
        Neural Computation 3, 1991: so far as it is solo piano, the regression for that answers.

        Args:
            share: what the logistic regression counts in the mean with the networks.
            temperature: by which the logits of that mean are divided.
        """
        bands = calibrate(share * self.linear + (1 - share) * self.quadrant, temperature)
        return (1 - self.solo) * bands + self.solo * self.piano


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Networks of one shape, trained from different seeds, beside a logistic regression.

    Attributes:
        shape: their shape.
        encoder: from the image to its codes, the same for all members.
        standard: how codes, statistics and embedding are standardised, in this order.
        members: their parameters, stacked along the first axis of each array.
        linear: the regression's "kernel" (inputs, 4) and "bias" (4,).
        piano: the same for solo piano.
        gate: what tells solo piano: "kernel" (inputs, 1) and "bias" (1,), for inputs that are not
            standardised.
    """

    shape: Shape
    encoder: Encoder
    standard: Standard
    members: Tree
    linear: Tree
    piano: Tree
    gate: Tree

    @classmethod
    def from_tensors(cls, shape: Shape, tensors: dict[str, np.ndarray]) -> Ensemble:
        """The inverse of `tensors`."""
        tree = unflatten_tree(tensors)
        encoder = Encoder.from_tree(tree["encoder"])
        standard = Standard(**tree["standard"])
        regressions = (tree[name] for name in REGRESSIONS)
        return cls(shape, encoder, standard, tree["members"], *regressions)

    def tensors(self) -> dict[str, np.ndarray]:
        """Everything but the shape, by name."""
        tree = {
            "encoder": self.encoder.tree(),
            "standard": dataclasses.asdict(self.standard),
            "members": self.members,
            **self._regressions,
        }
        return flatten_tree(tree)

    @property
    def parameters(self) -> int:
        """The count of the numbers that were learned, over all members."""
        learned = [self.encoder.filters, self.members, self._regressions]
        return sum(int(leaf.size) for leaf in jax.tree.leaves(learned))

    def predict(self, inputs: Floats) -> Prediction:
        """Of (batch, inputs): codes, statistics and embedding side by side."""
        learned = self.members, self._regressions
        said = _ask(self.shape, learned, inputs, self.standard.apply(inputs))
        return Prediction(*map(np.asarray, said))

    @property
    def _regressions(self) -> Tree:
        return {name: getattr(self, name) for name in REGRESSIONS}


@partial(jax.jit, static_argnums=0)
def _ask(
    shape: Shape, learned: tuple[Tree, Tree], raw: jax.Array, inputs: jax.Array
) -> tuple[jax.Array, ...]:
    """The parts of a prediction, in their order."""
    members, regressions = learned

    def ask_one(params: Tree) -> tuple[jax.Array, ...]:
        said: Any = MoodNetwork(shape).apply({"params": params}, inputs)
        return jax.nn.softmax(said.quadrant), said.axes, jax.nn.softmax(said.cluster)

    means = tuple(jnp.mean(part, axis=0) for part in jax.vmap(ask_one)(members))
    linear, piano = (
        jax.nn.softmax(inputs @ regressions[name]["kernel"] + regressions[name]["bias"])
        for name in ("linear", "piano")
    )
    gate = regressions["gate"]
    return *means, linear, piano, jax.nn.sigmoid(raw @ gate["kernel"] + gate["bias"])


def calibrate(probabilities: Floats, temperature: float) -> Floats:
    """(batch, 4) probabilities, their logits divided by the temperature.

    C. Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.
    """
    powers = np.maximum(probabilities.astype(np.float64), LEAST) ** (1 / temperature)
    calibrated: Floats = powers / powers.sum(axis=1, keepdims=True)
    return calibrated
