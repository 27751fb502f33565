"""Fitting the networks of an ensemble, all at once: the batches, the loss, the schedule."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from companion.music.model.network import MoodNetwork, Outputs, Shape
from training.music.data import CLUSTERS, QUADRANTS, Clips
from training.music.filters import FilterRecipe

Params = dict[str, Any]
Batch = dict[str, jax.Array]  # by name, one row a clip

FAST = "rbg"  # of random numbers: a tenth of the default generator's cost
# The signs of valence and arousal in each quadrant, in the order of the network's output.
SIGNS = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The training recipe of a network; the same for every fold and for the released weights.

    Attributes:
        shape: the network's sizes.
        filters: how the filters are learned.
        steps: batches that a network learns from, however many clips there are.
        batch: clips to a step.
        rate: the learning rate at its peak.
        decay: the weight decay.
        mixing: the parameter of mixup's Beta distribution (H. Zhang et al., ICLR 2018).
        axes_weight, cluster_weight: what the further heads count in the loss.
    """

    shape: Shape = field(default_factory=Shape)
    filters: FilterRecipe = field(default_factory=FilterRecipe)
    steps: int = 400
    batch: int = 64
    rate: float = 2e-3
    decay: float = 0.3
    mixing: float = 0.2
    axes_weight: float = 0.3
    cluster_weight: float = 0.5


@dataclass(frozen=True, slots=True)
class Examples:
    """Standardised inputs and their targets.

    Attributes:
        inputs: (clips, inputs).
        quadrant: (clips, 4), one-hot; all 0 without a label.
        cluster: (clips, 5), likewise.
    """

    inputs: np.ndarray
    quadrant: np.ndarray
    cluster: np.ndarray


jax.tree_util.register_dataclass(Examples, ["inputs", "quadrant", "cluster"], [])


def make_examples(clips: Clips, inputs: np.ndarray) -> Examples:
    """All clips with their targets; inputs are (clips, inputs)."""
    return Examples(
        inputs,
        _one_hot(clips.quadrant, len(QUADRANTS)),
        _one_hot(clips.cluster, len(CLUSTERS)),
    )


def fit(examples: Examples, chosen: np.ndarray, recipe: Recipe, seeds: range) -> Params:
    """Train one network for each seed from scratch on the chosen clips; parameters stacked."""
    orders = [_orders(chosen, recipe, np.random.default_rng(seed)) for seed in seeds]
    keys = jax.vmap(partial(jax.random.key, impl=FAST))(jnp.array(seeds))
    fitted = jax.vmap(partial(_fit, recipe, examples))(jnp.stack(orders), keys)
    params: Params = jax.tree.map(np.asarray, fitted)
    return params


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


def _orders(chosen: np.ndarray, recipe: Recipe, random: np.random.Generator) -> jax.Array:
    """(steps, batch): which clips each step sees; every clip once before any comes again."""
    count = recipe.steps * recipe.batch
    passes = [random.permutation(chosen) for _ in range(-(-count // len(chosen)))]
    return jnp.asarray(np.concatenate(passes)[:count].reshape(-1, recipe.batch))


@partial(jax.jit, static_argnums=0)
def _fit(recipe: Recipe, examples: Examples, orders: jax.Array, key: jax.Array) -> Params:
    network = MoodNetwork(recipe.shape)
    schedule = optax.cosine_onecycle_schedule(len(orders), recipe.rate)
    optimiser = optax.adamw(schedule, weight_decay=recipe.decay)
    start: Any = network.init(key, examples.inputs[:1])["params"]

    def objective(params: Params, batch: Batch, key: jax.Array) -> jax.Array:
        outputs: Any = network.apply(
            {"params": params}, batch["inputs"], training=True, rngs={"dropout": key}
        )
        return loss(outputs, batch, recipe)

    def step(fitted: tuple[Params, Any], now: jax.Array) -> tuple[tuple[Params, Any], None]:
        params, state = fitted
        draw, drop = jax.random.split(jax.random.fold_in(key, now))
        batch = _batch(examples, orders[now], recipe, draw)
        updates, state = optimiser.update(jax.grad(objective)(params, batch, drop), state, params)
        return (optax.apply_updates(params, updates), state), None

    steps = jnp.arange(len(orders))
    fitted, _ = jax.lax.scan(step, (start, optimiser.init(start)), steps)
    params: Params = fitted[0]
    return params


def _batch(examples: Examples, chosen: jax.Array, recipe: Recipe, key: jax.Array) -> Batch:
    """The chosen clips, each mixed with the one before it."""
    share = jax.random.beta(key, recipe.mixing, recipe.mixing, (len(chosen), 1))
    batch = {
        "inputs": examples.inputs[chosen],
        "quadrant": examples.quadrant[chosen],
        "cluster": examples.cluster[chosen],
    }
    return {name: share * rows + (1 - share) * jnp.roll(rows, 1, 0) for name, rows in batch.items()}
