"""Heads that were tried beside the one that ships, each by the same folds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import linen as nn
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from companion.music.model.standard import Block, Standard
from training.metrics import softmax
from training.music.data import QUADRANTS, Clips, split_by_artist

Fit = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]
"""From standardised inputs and quadrants to a function that gives probabilities."""

SPLIT = 0
STEPS, BATCH, RATE, DECAY = 300, 64, 2e-3, 0.3
DROPPED = 0.5
ATTENTION, HIDDEN = 64, 96
MAPS = (64, 128)


def out_of_fold(
    clips: Clips,
    inputs: np.ndarray,
    fit: Fit,
    blocks: list[Block] | None = None,
    folds: list[tuple[np.ndarray, np.ndarray]] | None = None,
) -> np.ndarray:
    """(clips, 4) probabilities of clips by heads that saw none of their artists'.

    Args:
        clips: the labelled clips.
        inputs: (clips, ...).
        fit: the head.
        blocks: of the inputs, to standardise them by; left as they are without.
        folds: what is learned from and what is predicted; those of SPLIT where left out.
    """
    folds = split_by_artist(clips, SPLIT) if folds is None else folds
    said = np.zeros((len(clips), len(QUADRANTS)))
    for train, test in folds:
        known = train[clips.quadrant[train] >= 0]
        seen = Standard.measure(inputs[train], blocks).apply(inputs) if blocks else inputs
        said[test] = fit(seen[known], clips.quadrant[known])(seen[test])
    return said


def logistic(strength: float) -> Fit:
    """Multinomial logistic regression."""

    def fit(inputs: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        # Ridge-penalised weights lie in the span of the clips: fewer numbers than the inputs.
        _, _, axes = np.linalg.svd(inputs, full_matrices=False)
        rows = (inputs @ axes.T).astype(np.float64)
        machine = LogisticRegression(C=strength, max_iter=300).fit(rows, labels)
        return lambda seen: np.asarray(machine.predict_proba((seen @ axes.T).astype(np.float64)))

    return fit


def support_vectors(inputs: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A support vector machine with an RBF kernel; its scores, scaled, through a softmax."""
    machine = SVC(C=1.5, gamma=0.5 / inputs.shape[1]).fit(inputs, labels)
    return lambda seen: softmax(np.asarray(machine.decision_function(seen)), 0.5)


def network(module: nn.Module, start: dict[str, Any] | None = None, rate: float = RATE) -> Fit:
    """A Flax module from (batch, ...) to logits, by AdamW.

    Args:
        module: takes `training`, and drops units at random then.
        start: parameters to begin with in place of random ones, by their names at the top.
        rate: the learning rate at its peak.
    """

    def fit(inputs: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        targets = np.eye(len(QUADRANTS), dtype=np.float32)[labels]
        params = descend(module, (inputs, targets), cross_entropy, start, rate)
        answer = jax.jit(partial(module.apply, {"params": params}))
        return lambda seen: softmax(np.asarray(answer(seen.astype(np.float32)), float))

    return fit


def cross_entropy(logits: jax.Array, targets: jax.Array) -> jax.Array:
    """Of one-hot targets."""
    return -(targets * jax.nn.log_softmax(logits)).sum(axis=-1).mean()


def squared_error(said: jax.Array, targets: jax.Array) -> jax.Array:
    """The mean over all outputs."""
    return ((said - targets) ** 2).mean()


def descend(
    module: nn.Module,
    examples: tuple[np.ndarray, np.ndarray],
    loss: Callable[[jax.Array, jax.Array], jax.Array],
    start: dict[str, Any] | None = None,
    rate: float = RATE,
) -> dict[str, Any]:
    """The parameters after STEPS batches of the examples: inputs and their targets."""
    inputs, targets = (np.asarray(each, np.float32) for each in examples)
    key = jax.random.key(0, impl="rbg")
    params: dict[str, Any] = module.init(key, inputs[:1])["params"]
    params |= start or {}
    optimiser = optax.adamw(optax.cosine_onecycle_schedule(STEPS, rate), weight_decay=DECAY)
    state = optimiser.init(params)

    @jax.jit
    def step(params: Any, state: Any, batch: Any, key: jax.Array) -> tuple[Any, Any]:
        def objective(params: Any) -> jax.Array:
            said: Any = module.apply(
                {"params": params}, batch[0], training=True, rngs={"dropout": key}
            )
            return loss(said, batch[1])

        updates, state = optimiser.update(jax.grad(objective)(params), state, params)
        return optax.apply_updates(params, updates), state

    random = np.random.default_rng(0)
    for number in range(STEPS):
        chosen = random.choice(len(inputs), BATCH, replace=False)
        batch = inputs[chosen], targets[chosen]
        params, state = step(params, state, batch, jax.random.fold_in(key, number))
    return params


class AttentionHead(nn.Module):
    """Attention over time: (batch, patches, inputs) to logits.

    M. Ilse et al., "Attention-based deep multiple instance learning", ICML 2018, equation 8.
    """

    @nn.compact
    def __call__(self, patches: jax.Array, *, training: bool = False) -> jax.Array:
        heard = nn.Dropout(DROPPED, deterministic=not training)(patches)
        rows = nn.relu(nn.Dense(HIDDEN)(heard))
        there = jnp.any(patches != 0, axis=-1, keepdims=True)
        wanted = nn.Dense(1)(jnp.tanh(nn.Dense(ATTENTION)(rows)))
        share = jax.nn.softmax(jnp.where(there, wanted, -1e9), axis=1)
        joined = nn.Dropout(DROPPED, deterministic=not training)((share * rows).sum(axis=1))
        return nn.Dense(len(QUADRANTS))(joined)


class TunedHead(nn.Module):
    """The taggers' last layers, learned on from what they are: pooled maps to logits."""

    first: int
    width: int = 200

    @nn.compact
    def __call__(self, pooled: jax.Array, *, training: bool = False) -> jax.Array:
        halves = jnp.split(pooled, [self.first], axis=-1)
        both = [nn.relu(nn.Dense(self.width, name=f"tagger_{n}")(h)) for n, h in enumerate(halves)]
        joined = nn.Dropout(DROPPED, deterministic=not training)(jnp.concatenate(both, axis=-1))
        return nn.Dense(len(QUADRANTS))(joined)


class Distilled(nn.Module):
    """A convolution over the MFCC image that tells the taggers' embedding."""

    outputs: int

    @nn.compact
    def __call__(self, image: jax.Array, *, training: bool = False) -> jax.Array:
        rows = nn.relu(nn.Conv(MAPS[0], (8,), strides=(2,))(image))
        rows = nn.relu(nn.Conv(MAPS[1], (5,), strides=(2,))(rows))
        both = jnp.concatenate([rows.mean(axis=1), rows.max(axis=1)], axis=-1)
        return nn.Dense(self.outputs)(nn.Dropout(0.2, deterministic=not training)(both))
