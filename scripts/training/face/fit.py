"""Fit the face network: the two losses, the optimiser, one stage with its checkpoints."""

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
from optax.contrib import MuonDimensionNumbers, muon

from companion.affect import Emotion
from companion.face.network import SIDE, FaceNetwork
from companion.weights import flatten_tree, unflatten_tree

WARM_UP = 300  # steps in which the rate rises, or a tenth of a short stage
WEIGHT_DECAY = 0.05
CLIP = 1.0  # the largest norm of a gradient
ADAM_SHARE = 0.15  # the rate of what is no kernel, as a share of that of the kernels
AVERAGE = 0.998  # how much of the averaged weights stays at each step
NEUTRAL = list(Emotion).index(Emotion.NEUTRAL)
KERNEL = 4  # dimensions of a convolution's kernel
BARRED = -1e4  # the logit of what is no possible answer

Variables = dict[str, Any]
UNROLL = 16
NETWORK: Any = FaceNetwork(UNROLL)  # what `apply` returns depends on how it is called


class Fit(NamedTuple):
    """Everything that a checkpoint keeps. `epoch` counts the finished ones.

    `average` is the exponential moving average of the variables: the result.
    """

    variables: Variables
    average: Variables
    optimiser: Any
    epoch: int


Batch = tuple[Any, ...]
Loss = tuple[Array, Variables]
Step = Callable[[Fit, Array, Array, Batch], tuple[Fit, Array]]


def first_variables(seed: int) -> Variables:
    """Untrained parameters and batch statistics."""
    frames, mask = jnp.zeros((1, 1, SIDE, SIDE)), jnp.ones((1, 1), bool)
    variables: Variables = jax.jit(
        lambda key: NETWORK.init(key, frames, mask, method=FaceNetwork.both_logits)
    )(jax.random.key(seed))
    return variables


def make_optimiser(rate: float, trunk_share: float, steps: int) -> optax.GradientTransformation:
    """Muon for the kernels, AdamW for the rest, on a rate that rises and falls as a cosine.

    K. Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.

    Args:
        rate: the highest, of the kernels.
        trunk_share: the rate of the trunk as a share of that of the rest.
        steps: of the whole stage.
    """

    def schedule(highest: float) -> optax.Schedule:
        return optax.warmup_cosine_decay_schedule(0, highest, min(WARM_UP, steps // 10), steps)

    return optax.chain(
        optax.clip_by_global_norm(CLIP),
        muon(
            schedule(rate),
            weight_decay=WEIGHT_DECAY,
            adam_learning_rate=schedule(ADAM_SHARE * rate),
            muon_weight_dimension_numbers=_kernels,
        ),
        optax.masked(optax.scale(trunk_share), _is_trunk),
    )


def _kernels(params: Variables) -> Any:
    """Which parameters are convolution kernels, and how one is a matrix."""
    return jax.tree.map(
        lambda value: MuonDimensionNumbers((0, 1, 2), 3) if value.ndim == KERNEL else None, params
    )


def _is_trunk(params: Variables) -> dict[str, bool]:
    return {name: name.startswith("trunk/") for name in params}


def cross_entropy(logits: Array, targets: Array) -> Array:
    """The mean over all readings; targets are shares that sum to 1."""
    return -(targets * jax.nn.log_softmax(logits)).sum(-1).mean()


def frame_loss(params: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
    """Of the frame head on single crops: (frames, targets). Updates the batch statistics."""
    frames, targets = batch
    logits, updates = NETWORK.apply(
        variables | {"params": params},
        frames,
        train=True,
        method=FaceNetwork.frame_logits,
        mutable=["batch_stats"],
        rngs={"dropout": key},
    )
    return cross_entropy(logits, targets), updates


def still_loss(params: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
    """Of the frame head on single crops, the batch statistics as they are.

    The batch: frames (n, 48, 48), targets (n, 8), and whether neutral is among the answers,
    (n,). It is not for faces of CK+48, all at their apex: that set has no neutral face framed
    alike to compare with.
    """
    frames, targets, rests = batch

    def read(network: Any, frames: Array) -> Any:
        return network.read_maps(network.trunk(frames), train=True)

    logits = NETWORK.apply(
        variables | {"params": params}, frames, method=read, rngs={"dropout": key}
    )
    barred = jnp.where(rests, 0, BARRED)
    return cross_entropy(logits.at[..., NEUTRAL].add(barred), targets), {}


def sequence_loss(params: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
    """Of the readings of sequences, the batch statistics as they are: a stacked `Clip`."""
    frames, mask, targets = batch
    _, logits = NETWORK.apply(
        variables | {"params": params},
        frames,
        mask,
        train=True,
        method=FaceNetwork.both_logits,
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
        parts: the parts of the network that are fitted, as the beginnings of their names.
        epochs, steps: how often all is seen, and how many batches that is.
        rate, trunk_share: see `make_optimiser`.
        draw: the batches of one epoch.
        loss: of the parameters on a batch, and the batch statistics it changes.
        check: the accuracy on validation data, where there is any.
    """

    name: str
    parts: tuple[str, ...]
    epochs: int
    steps: int
    rate: float
    trunk_share: float
    draw: Callable[[np.random.Generator], Iterator[Any]]
    loss: Callable[[Variables, Variables, Array, Batch], Loss]
    check: Callable[[Variables], float] | None


def run(
    stage: Stage, variables: Variables, folder: Path, seed: int, step: Step | None = None
) -> Variables:
    """Train to the end of a stage, from its last checkpoint where there is one.

    Args:
        stage: what to do.
        variables: the first ones.
        folder: of the checkpoints.
        seed: of all that is drawn.
        step: `make_step(stage)`, where several stages alike are to share its compiling.
    """
    step = step or make_step(stage)
    file = folder / f"{stage.name}.msgpack"
    state = _optimiser(stage).init(fitted(stage, variables))
    fit = restore(file, Fit(variables, variables, state, 0))
    for epoch in range(fit.epoch, stage.epochs):
        start = time.monotonic()
        fit, loss = _epoch(stage, step, fit, seed)
        save(file, fit)
        checked = f"validation {stage.check(fit.average):.4f}, " if stage.check else ""
        took = time.monotonic() - start
        line = f"{stage.name} {epoch + 1}/{stage.epochs}: loss {loss:.3f}, {checked}{took:.0f} s"
        print(line, flush=True)
    return fit.average


def make_step(stage: Stage) -> Step:
    """One step of gradient descent on the stage's own parts of the network."""
    optimiser = _optimiser(stage)

    @jax.jit
    def step(fit: Fit, count: Array, key: Array, batch: Batch) -> tuple[Fit, Array]:
        params: Variables = dict(flatten_tree(fit.variables["params"]))
        chosen = fitted(stage, fit.variables)

        def loss(chosen: Variables) -> Loss:
            return stage.loss(unflatten_tree(params | chosen), fit.variables, key, batch)

        (value, stats), slopes = jax.value_and_grad(loss, has_aux=True)(chosen)
        changes, state = optimiser.update(slopes, fit.optimiser, chosen)
        params |= optax.apply_updates(chosen, changes)
        new = fit.variables | {"params": unflatten_tree(params)} | stats
        kept = jnp.minimum(AVERAGE, (1 + count) / (10 + count))
        # In this form what is not fitted stays as it is, to the last bit.
        average = jax.tree.map(lambda a, b: a + (1 - kept) * (b - a), fit.average, new)
        return Fit(new, average, state, fit.epoch), value

    return step


def fitted(stage: Stage, variables: Variables) -> Variables:
    """The parameters that a stage changes, by their whole names."""
    params = flatten_tree(variables["params"])
    return {name: value for name, value in params.items() if name.startswith(stage.parts)}


def _optimiser(stage: Stage) -> optax.GradientTransformation:
    return make_optimiser(stage.rate, stage.trunk_share, stage.epochs * stage.steps)


def _epoch(stage: Stage, step: Step, fit: Fit, seed: int) -> tuple[Fit, float]:
    random = np.random.default_rng((seed, fit.epoch))
    key = jax.random.fold_in(jax.random.key(seed), fit.epoch)
    total = jnp.zeros(())
    for index, batch in enumerate(stage.draw(random)):
        count = jnp.asarray(fit.epoch * stage.steps + index)
        fit, loss = step(fit, count, jax.random.fold_in(key, index), batch)
        total += loss
    return fit._replace(epoch=int(fit.epoch) + 1), float(total) / stage.steps


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
