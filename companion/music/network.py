"""The network: a CNN over the MFCC image, joined by the clip's statistics.

Filters of several lengths stand side by side (C. Szegedy et al., "Going deeper with
convolutions", CVPR 2015, section 4) and span all coefficients, as these, unlike pixels,
have no neighbourhood to shift in. Each map is pooled to its mean and deviation over time.
"""

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
        lengths: the filters' lengths in frames.
        maps: how many filters of each length.
        hidden: the width of each branch before they are joined.
        dropout: the share of units left out in training.
    """

    lengths: tuple[int, ...] = (3, 7, 15)
    maps: int = 24
    hidden: int = 64
    dropout: float = 0.4


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the heads say of a batch.

    Attributes:
        quadrant: (batch, 4) logits.
        axes: (batch, 2) valence and arousal in (-1, 1).
        cluster: (batch, 5) logits over the MIREX clusters.
    """

    quadrant: jax.Array
    axes: jax.Array
    cluster: jax.Array


jax.tree_util.register_dataclass(Outputs, ["quadrant", "axes", "cluster"], [])


class ManyLengths(nn.Module):
    """Filters of several lengths side by side, every other frame.

    (batch, frames, rows) to (batch, frames / 2, lengths * maps).
    """

    lengths: tuple[int, ...]
    maps: int

    @nn.compact
    def __call__(self, image: jax.Array) -> jax.Array:
        parts = [nn.Conv(self.maps, (length,), strides=(2,))(image) for length in self.lengths]
        return nn.relu(nn.LayerNorm()(jnp.concatenate(parts, axis=-1)))


class MoodNetwork(nn.Module):
    """Quadrant, affect and cluster of a clip."""

    shape: Shape

    @nn.compact
    def __call__(
        self, image: jax.Array, statistics: jax.Array, *, training: bool = False
    ) -> Outputs:
        """Both inputs standardised.

        Args:
            image: (batch, frames, rows), the MFCC image, time averaged to about 10 Hz.
            statistics: (batch, statistics).
            training: whether to drop units at random; needs the random stream "dropout".
        """
        shape = self.shape
        drop = nn.Dropout(shape.dropout, deterministic=not training)
        maps = ManyLengths(shape.lengths, shape.maps)(image)
        maps = ManyLengths((3,), 2 * shape.maps)(maps)
        pooled = jnp.concatenate([maps.mean(axis=1), maps.std(axis=1)], axis=-1)
        heard = nn.relu(nn.Dense(shape.hidden)(drop(pooled)))
        counted = nn.relu(nn.Dense(shape.hidden)(drop(statistics)))
        joined = drop(jnp.concatenate([heard, counted], axis=-1))
        return Outputs(
            nn.Dense(N_QUADRANTS)(joined),
            jnp.tanh(nn.Dense(N_AXES)(joined)),
            nn.Dense(N_CLUSTERS)(joined),
        )
