"""The mood heads: the MFCC image's codes, statistics and musicnn's embedding in, mood out."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from flax import linen as nn

N_QUADRANTS = 4
N_CLUSTERS = 5
N_AXES = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a network, kept beside its weights.

    Attributes:
        hidden: the width of the layer that joins all inputs.
        input_dropout: the share of inputs left out in training.
        dropout: the share of hidden units left out in training.
    """

    hidden: int = 96
    input_dropout: float = 0.5
    dropout: float = 0.5


@dataclass(frozen=True, slots=True)
class Outputs:
    """The heads' answers to a batch.

    Attributes:
        quadrant: (batch, 4) logits.
        axes: (batch, 2) valence and arousal in (-1, 1).
        cluster: (batch, 5) logits over the MIREX clusters.
    """

    quadrant: jax.Array
    axes: jax.Array
    cluster: jax.Array


jax.tree_util.register_dataclass(Outputs, ["quadrant", "axes", "cluster"], [])


class MoodNetwork(nn.Module):
    """Quadrant, affect and cluster of a clip."""

    shape: Shape

    @nn.compact
    def __call__(self, inputs: jax.Array, *, training: bool = False) -> Outputs:
        """One hidden layer under three heads.

        Args:
            inputs: (batch, inputs), standardised.
            training: whether to drop units at random; needs the random stream "dropout".
        """
        shape, still = self.shape, not training
        heard = nn.Dropout(shape.input_dropout, deterministic=still)(inputs)
        joined = nn.relu(nn.Dense(shape.hidden)(heard))
        joined = nn.Dropout(shape.dropout, deterministic=still)(joined)
        heads = nn.Dense(N_QUADRANTS + N_AXES + N_CLUSTERS, kernel_init=nn.initializers.zeros)(
            joined
        )
        quadrant, axes, cluster = jnp.split(heads, [N_QUADRANTS, N_QUADRANTS + N_AXES], axis=-1)
        return Outputs(quadrant, jnp.tanh(axes), cluster)
