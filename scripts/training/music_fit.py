"""Fitting the music network: the batches, the loss, the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import numpy as np
import optax

from companion.music.ensemble import Standard
from companion.music.network import MoodNetwork, Outputs, Shape
from training.music_data import CLUSTERS, QUADRANTS, Clips
from training.music_features import Inputs

Params = dict[str, Any]
Batch = dict[str, Any]  # arrays by name, one row a clip

# The signs of valence and arousal in each quadrant, in the order of the network's output.
SIGNS = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained; one recipe for every fold and for what ships.

    Attributes:
        shape: the network's sizes.
        epochs: passes over the clips.
        batch: clips to a step.
        rate: the learning rate at its peak.
        decay: the weight decay.
        crop: the frames of the image that a step sees, of 10 a second.
        mixing: the parameter of mixup's Beta distribution (H. Zhang et al., ICLR 2018).
        axes_weight, cluster_weight: what the further heads count in the loss.
    """

    shape: Shape = field(default_factory=Shape)
    epochs: int = 25
    batch: int = 64
    rate: float = 2e-3
    decay: float = 0.02
    crop: int = 160
    mixing: float = 0.4
    axes_weight: float = 0.5
    cluster_weight: float = 0.3


@dataclass(frozen=True, slots=True)
class Examples:
    """Standardised inputs and their targets, one row a clip.

    Attributes:
        image: (clips, frames, rows).
        statistics: (clips, statistics).
        quadrant: (clips, 4), one-hot; all 0 without a label.
        cluster: (clips, 5), likewise.
    """

    image: np.ndarray
    statistics: np.ndarray
    quadrant: np.ndarray
    cluster: np.ndarray


Plan = tuple[Recipe, int]  # and the number of steps
Fitted = tuple[Params, Any]  # and the optimiser's state


def make_examples(
    clips: Clips, features: Inputs, chosen: np.ndarray, standard: Standard
) -> Examples:
    """The chosen clips, ready to be learned from."""
    image, statistics = standard.apply(features.image[chosen], features.statistics[chosen])
    return Examples(
        image,
        statistics,
        _one_hot(clips.quadrant[chosen], len(QUADRANTS)),
        _one_hot(clips.cluster[chosen], len(CLUSTERS)),
    )


def fit(examples: Examples, recipe: Recipe, seed: int) -> Params:
    """Train one network from scratch."""
    rng = np.random.default_rng(seed)
    key, start = jax.random.split(jax.random.key(seed))
    network = MoodNetwork(recipe.shape)
    first = examples.image[:1], examples.statistics[:1]
    params: Any = jax.jit(network.init)(start, *first)["params"]
    steps = recipe.epochs * (len(examples.image) // recipe.batch)
    state = _optimiser(recipe, steps).init(params)
    for epoch in range(recipe.epochs):
        for number, batch in enumerate(_batches(examples, recipe, rng)):
            step_key = jax.random.fold_in(jax.random.fold_in(key, epoch), number)
            params, state = _step((recipe, steps), (params, state), batch, step_key)
    fitted: Params = jax.tree.map(np.asarray, params)
    return fitted


def loss(outputs: Outputs, batch: Batch, recipe: Recipe) -> jax.Array:
    """Cross entropy of quadrant and cluster, squared error of the axes, over what is labelled."""
    labelled = batch["quadrant"].sum(axis=-1)
    signs = batch["quadrant"] @ SIGNS
    axes = ((outputs.axes - signs) ** 2).mean(axis=-1) * labelled
    every: jax.Array = (
        _cross_entropy(outputs.quadrant, batch["quadrant"])
        + recipe.axes_weight * axes
        + recipe.cluster_weight * _cross_entropy(outputs.cluster, batch["cluster"])
    )
    return every.mean()


def _cross_entropy(logits: jax.Array, target: jax.Array) -> jax.Array:
    surprise: jax.Array = -(target * jax.nn.log_softmax(logits)).sum(axis=-1)
    return surprise


def _one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """(clips,) to (clips, classes); all 0 for NO_LABEL."""
    one_hot: np.ndarray = (labels[:, None] == np.arange(classes)).astype(np.float32)
    return one_hot


@partial(jax.jit, static_argnums=0)
def _step(plan: Plan, fitted: Fitted, batch: Batch, key: jax.Array) -> Fitted:
    recipe, params, state = plan[0], *fitted

    def objective(params: Params) -> jax.Array:
        outputs: Any = MoodNetwork(recipe.shape).apply(
            {"params": params},
            batch["image"],
            batch["statistics"],
            training=True,
            rngs={"dropout": key},
        )
        return loss(outputs, batch, recipe)

    updates, state = _optimiser(*plan).update(jax.grad(objective)(params), state, params)
    return optax.apply_updates(params, updates), state


def _optimiser(recipe: Recipe, steps: int) -> optax.GradientTransformation:
    schedule = optax.cosine_onecycle_schedule(steps, recipe.rate)
    return optax.adamw(schedule, weight_decay=recipe.decay)


def _batches(examples: Examples, recipe: Recipe, rng: np.random.Generator) -> Iterator[Batch]:
    """Whole batches in a random order: cropped at a random time, mixed in pairs."""
    order = rng.permutation(len(examples.image))
    for start in range(0, len(order) - recipe.batch + 1, recipe.batch):
        chosen = order[start : start + recipe.batch]
        first = rng.integers(0, examples.image.shape[1] - recipe.crop + 1)
        batch = {
            "image": examples.image[chosen, first : first + recipe.crop],
            "statistics": examples.statistics[chosen],
            "quadrant": examples.quadrant[chosen],
            "cluster": examples.cluster[chosen],
        }
        yield _mix(batch, recipe.mixing, rng)


def _mix(batch: Batch, mixing: float, rng: np.random.Generator) -> Batch:
    """Each clip mixed with the one before it, inputs and targets alike."""
    share = rng.beta(mixing, mixing, len(batch["image"])).astype(np.float32)

    def mixed(rows: np.ndarray) -> np.ndarray:
        part = share.reshape(-1, *[1] * (rows.ndim - 1))
        both: np.ndarray = part * rows + (1 - part) * np.roll(rows, 1, axis=0)
        return both

    return {name: mixed(rows) for name, rows in batch.items()}
