"""Convolution over the MFCC image with filters of several lengths, learned without labels.

Each filter is a pattern of some seconds that clips hold often. Where the image is nearer to
it than to the patterns on average, the filter answers by how much (A. Coates et al., "An
analysis of single-layer networks in unsupervised feature learning", AISTATS 2011, section
3.2.2: whitened patches, k-means, the triangle activation). Each map is pooled over time to
its mean and deviation.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from companion.music.decode import Floats


@jax.tree_util.register_dataclass
@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one length.

    Attributes:
        whitening: (length, rows, components): from a patch of the image to its components.
        offset: (components,), added to them.
        centres: (components, maps): the patterns.
    """

    whitening: Floats
    offset: Floats
    centres: Floats


@dataclass(frozen=True, slots=True)
class Encoder:
    """From the MFCC image to codes.

    Attributes:
        mean, deviation: (rows,), of the image.
        filters: one entry for each length.
    """

    mean: Floats
    deviation: Floats
    filters: tuple[Filters, ...]

    @classmethod
    def from_tree(cls, tree: dict[str, Any]) -> Encoder:
        """The inverse of `tree`."""
        filters = (Filters(**tree["filters"][length]) for length in sorted(tree["filters"]))
        return cls(tree["mean"], tree["deviation"], tuple(filters))

    def tree(self) -> dict[str, Any]:
        """Everything by name, nested."""
        filters = {str(n): dataclasses.asdict(each) for n, each in enumerate(self.filters)}
        return {"mean": self.mean, "deviation": self.deviation, "filters": filters}

    def encode(self, image: Floats) -> Floats:
        """(batch, steps, rows) to (batch, codes): two for each filter."""
        return np.asarray(_encode(self.filters, (image - self.mean) / self.deviation))


@jax.jit
def _encode(filters: tuple[Filters, ...], image: jax.Array) -> jax.Array:
    return jnp.concatenate([pool(respond(each, image)) for each in filters], axis=-1)


def respond(filters: Filters, image: jax.Array) -> jax.Array:
    """(batch, steps, rows) to (batch, steps - length + 1, maps), at least 0."""
    components = filters.offset + jax.lax.conv_general_dilated(
        image,
        jnp.asarray(filters.whitening),
        window_strides=(1,),
        padding="VALID",
        dimension_numbers=("NWC", "WIO", "NWC"),
    )
    squares = (components**2).sum(axis=-1, keepdims=True) + (filters.centres**2).sum(axis=0)
    distances = jnp.sqrt(jnp.maximum(squares - 2 * components @ filters.centres, 0))
    return jax.nn.relu(distances.mean(axis=-1, keepdims=True) - distances)


def pool(maps: jax.Array) -> jax.Array:
    """(batch, steps, maps) to (batch, 2 * maps)."""
    return jnp.concatenate([maps.mean(axis=1), maps.std(axis=1)], axis=-1)
