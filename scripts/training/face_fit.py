"""Fit the face network: the two losses, one step of each, checkpoints between epochs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import flax.serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import NDArray

from companion.face.network import SIDE, FaceNetwork

WARM_UP = 0.1  # the share of the steps in which the rate rises
WEIGHT_DECAY = 0.05
CLIP = 1.0  # the largest norm of a gradient

Variables = dict[str, Any]
UNROLL = 16
NETWORK: Any = FaceNetwork(UNROLL)  # what `apply` returns depends on how it is called
TRUNK_PARTS = ("trunk", "frame_head")
SEQUENCE_PARTS = ("recurrence", "head")


class Fit(NamedTuple):
    """Everything that a checkpoint keeps. `epoch` counts the finished ones."""

    variables: Variables
    optimiser: Any
    epoch: int


Batch = tuple[Any, ...]
Loss = tuple[Array, Variables]
Step = Callable[[Variables, Any, Array, Batch], tuple[Variables, Any, Array]]


def first_variables(seed: int) -> Variables:
    """Untrained parameters and batch statistics."""
    frames, mask = jnp.zeros((1, 1, SIDE, SIDE)), jnp.ones((1, 1), bool)
    variables: Variables = jax.jit(
        lambda key: NETWORK.init(key, frames, mask, method=FaceNetwork.everything)
    )(jax.random.key(seed))
    return variables


def make_optimiser(rate: float, steps: int) -> optax.GradientTransformation:
    """AdamW on a rate that rises, then falls to zero along a cosine."""
    schedule = optax.warmup_cosine_decay_schedule(0, rate, int(WARM_UP * steps), steps)
    return optax.chain(
        optax.clip_by_global_norm(CLIP), optax.adamw(schedule, weight_decay=WEIGHT_DECAY)
    )


def cross_entropy(logits: Array, targets: Array) -> Array:
    """The mean over all readings; targets are shares that sum to 1."""
    return -(targets * jax.nn.log_softmax(logits)).sum(-1).mean()


def frame_loss(fitted: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
    """Of the frame head on single crops: (frames, targets). Updates the batch statistics."""
    frames, targets = batch
    logits, updates = NETWORK.apply(
        variables | {"params": fitted},
        frames,
        train=True,
        method=FaceNetwork.frame_logits,
        mutable=["batch_stats"],
        rngs={"dropout": key},
    )
    return cross_entropy(logits, targets), updates


def sequence_loss(fitted: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
    """Of the ConvLSTM over a trunk that stays as it is: (frames, mask, targets)."""
    frames, mask, targets = batch
    maps = NETWORK.apply(variables, frames, method=FaceNetwork.maps)
    logits = NETWORK.apply(
        {"params": fitted},
        maps,
        mask,
        train=True,
        method=FaceNetwork.sequence_logits,
        rngs={"dropout": key},
    )
    return masked_cross_entropy(logits, targets, mask), {}


def masked_cross_entropy(logits: Array, targets: Array, mask: Array) -> Array:
    """The mean over the readings (batch, time) after frames with a face."""
    losses = -(targets * jax.nn.log_softmax(logits)).sum(-1)
    return (losses * mask).sum() / mask.sum()


@dataclass(frozen=True)
class Stage:
    """One part of the training.

    Attributes:
        name: of its checkpoint.
        parts: the parts of the network that are fitted.
        epochs, steps: how often all is seen, and how many batches that is.
        rate: the highest learning rate.
        draw: the batches of one epoch.
        loss: of the fitted parameters on a batch, and the batch statistics it changes.
        check: the accuracy on validation data.
    """

    name: str
    parts: tuple[str, ...]
    epochs: int
    steps: int
    rate: float
    draw: Callable[[np.random.Generator], Iterator[Any]]
    loss: Callable[[Variables, Variables, Array, Batch], Loss]
    check: Callable[[Variables], float]


def run(stage: Stage, variables: Variables, folder: Path, seed: int) -> Variables:
    """Train to the end of a stage, from its last checkpoint where there is one."""
    optimiser = make_optimiser(stage.rate, stage.epochs * stage.steps)
    step = make_step(stage, optimiser)
    file = folder / f"{stage.name}.msgpack"
    fit = restore(file, Fit(variables, optimiser.init(_fitted(stage, variables)), 0))
    for epoch in range(fit.epoch, stage.epochs):
        start = time.monotonic()
        fit, loss = _epoch(stage, step, fit, seed)
        save(file, fit)
        print(
            f"{stage.name} {epoch + 1}/{stage.epochs}: loss {loss:.3f}, "
            f"validation {stage.check(fit.variables):.4f}, {time.monotonic() - start:.0f} s",
            flush=True,
        )
    return fit.variables


def make_step(stage: Stage, optimiser: optax.GradientTransformation) -> Step:
    """One step of gradient descent on the stage's own parts of the network."""

    @jax.jit
    def step(
        variables: Variables, state: Any, key: Array, batch: Batch
    ) -> tuple[Variables, Any, Array]:
        fitted = _fitted(stage, variables)
        (value, stats), slopes = jax.value_and_grad(stage.loss, has_aux=True)(
            fitted, variables, key, batch
        )
        changes, state = optimiser.update(slopes, state, fitted)
        params = variables["params"] | optax.apply_updates(fitted, changes)
        return variables | {"params": params} | stats, state, value

    return step


def _fitted(stage: Stage, variables: Variables) -> Variables:
    return {name: variables["params"][name] for name in stage.parts}


def _epoch(stage: Stage, step: Step, fit: Fit, seed: int) -> tuple[Fit, float]:
    random = np.random.default_rng((seed, fit.epoch))
    key = jax.random.fold_in(jax.random.key(seed), fit.epoch)
    variables, state, total = fit.variables, fit.optimiser, jnp.zeros(())
    for count, batch in enumerate(stage.draw(random)):
        variables, state, loss = step(variables, state, jax.random.fold_in(key, count), batch)
        total += loss
    return Fit(variables, state, fit.epoch + 1), float(total) / stage.steps


def save(file: Path, fit: Fit) -> None:
    """Write a checkpoint, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(flax.serialization.to_bytes(fit))
    part.replace(file)


def restore(file: Path, fresh: Fit) -> Fit:
    """The checkpoint where there is one, else the fresh state."""
    if not file.is_file():
        return fresh
    restored: Fit = flax.serialization.from_bytes(fresh, file.read_bytes())
    return restored


def batches(
    count: int, size: int, random: np.random.Generator
) -> Iterator[NDArray[np.integer[Any]]]:
    """Indices (size,) of all cases once, shuffled; the incomplete last batch is left out."""
    order = random.permutation(count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]
