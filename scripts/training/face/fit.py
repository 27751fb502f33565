"""Fit the face network: the losses, the optimiser, one stage with its checkpoints."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import flax.linen as nn
import flax.serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import NDArray
from optax.contrib import MuonDimensionNumbers, muon

from companion.affect import EMOTION_AFFECT, Emotion
from companion.face.network import LEVELS, SIDE, Block, FaceNetwork, Levels
from companion.weights import flatten_tree, unflatten_tree
from training.face.corpora import BARRED, FIRST, SCHEMES

WARM_UP = 300  # steps in which the rate rises, or a tenth of a short stage
WEIGHT_DECAY = 0.05
CLIP = 1.0  # the largest norm of a gradient
ADAM_SHARE = 0.15  # the rate of what is no kernel, as a share of that of the kernels
AVERAGE = 0.998  # how much of the averaged weights stays at each step
KERNEL = 4  # dimensions of a convolution's kernel
MIXED = ("Block_0", "Block_1")  # after which feature statistics are mixed
MIXSTYLE = 0.2  # of the beta distribution of the mixing
LEAST = 1e-3  # added to a deviation
PLACES = np.array([(EMOTION_AFFECT[one].valence, EMOTION_AFFECT[one].arousal) for one in Emotion])

Variables = dict[str, Any]
UNROLL = 16
NARROW = tuple((width // 2, blocks) for width, blocks in LEVELS)  # for a quarter of the work


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


def network_of(variables: Variables) -> Any:
    """The network whose variables they are, of the whole width or of half of it."""
    width = variables["params"]["frame_head"]["kernel"].shape[0]
    return FaceNetwork(UNROLL, LEVELS if width == LEVELS[-1][0] else NARROW)


def first_variables(seed: int, levels: Levels = LEVELS) -> Variables:
    """Untrained parameters and batch statistics."""
    network = FaceNetwork(UNROLL, levels)
    frames, mask = jnp.zeros((1, 1, SIDE, SIDE)), jnp.ones((1, 1), bool)
    variables: Variables = jax.jit(
        lambda key: network.init(key, frames, mask, method=FaceNetwork.both_logits)
    )(jax.random.key(seed))
    return add_schemes(variables)


def add_schemes(variables: Variables) -> Variables:
    """The same with a head for each label scheme that adds nothing yet."""
    classes = len(Emotion)
    heads = {
        "kernel": jnp.zeros((len(SCHEMES), *variables["params"]["frame_head"]["kernel"].shape)),
        "bias": jnp.zeros((len(SCHEMES), classes)),
    }
    return variables | {"params": variables["params"] | {"schemes": heads}}


def without_schemes(variables: Variables) -> Variables:
    """The same without the heads of the label schemes: what the program reads with."""
    params = {name: part for name, part in variables["params"].items() if name != "schemes"}
    return variables | {"params": params}


def renew(variables: Variables, parts: tuple[str, ...], seed: int) -> Variables:
    """The same with some parts as untrained, statistics included."""
    fresh = flatten_tree(first_variables(seed))
    kinds = tuple(f"{kind}/{part}" for kind in ("params", "batch_stats") for part in parts)
    return unflatten_tree(
        {
            name: fresh[name] if name.startswith(kinds) else value
            for name, value in flatten_tree(variables).items()
        }
    )


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


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the loss of single faces.

    Attributes:
        scheme: the weight of the answers by each corpus's own head; the shared head has the rest.
        first: the weight of the first labels of FER+.
        affect: the weight of the squared distance on the affect plane.
        mixing: how often a batch mixes the statistics of its feature maps.
        fixed: whether the batch statistics stay as they are.
    """

    scheme: float = 0.5
    first: float = 0.2
    affect: float = 0.5
    mixing: float = 0.0
    fixed: bool = False


def corpora_loss(terms: Terms) -> Callable[[Variables, Variables, Array, Batch], Loss]:
    """Of single faces of several corpora, a `corpora.Batch`.

    The shared head answers for all of them. Each corpus has a head of its own beside it, which
    says in what its labels differ: what its raters call neutral. The log of how often a class is
    drawn is added to the logits (A. Menon et al., "Long-tail learning via logit adjustment",
    ICLR 2021, equation 10), so that the heads learn no frequencies.
    """

    def loss(params: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
        frames, targets, schemes, priors, first, first_priors = batch
        dropping, mixing = jax.random.split(key)

        def read(network: Any, frames: Array) -> Any:
            maps = network.trunk(frames, train=not terms.fixed)
            pooled = network.dropout(maps.mean(axis=(-3, -2)), deterministic=False)
            return network.frame_head(pooled), pooled

        with nn.intercept_methods(partial(_mix_blocks, mixing, terms.mixing)):
            (shared, pooled), updates = network_of(variables).apply(
                variables | {"params": params},
                frames,
                method=read,
                mutable=["batch_stats"],
                rngs={"dropout": dropping},
            )
        heads = params["schemes"]
        own = shared + scheme_logits(heads, pooled, schemes)
        total = (1 - terms.scheme) * cross_entropy(shared + priors, targets)
        total += terms.scheme * cross_entropy(own + priors, targets)
        total += terms.affect * _affect_error(shared, targets, priors)
        second = shared + scheme_logits(heads, pooled, jnp.full_like(schemes, FIRST))
        total += terms.first * cross_entropy(second + first_priors, first)
        return total, {} if terms.fixed else updates

    return loss


def scheme_logits(heads: Variables, pooled: Array, schemes: Array) -> Array:
    """The differences of the corpora's own heads to the shared logits, (n, 8)."""
    every = jnp.einsum("nf,sfk->nsk", pooled, heads["kernel"]) + heads["bias"]
    chosen: Array = jnp.take_along_axis(every, schemes[:, None, None], axis=1)[:, 0]
    return chosen


def _affect_error(logits: Array, targets: Array, priors: Array) -> Array:
    """The mean squared distance of the expected place on the affect plane to the true one."""
    shares = nn.softmax(logits + jnp.where(priors <= BARRED / 2, BARRED, 0))
    return (((shares - targets) @ PLACES) ** 2).sum(-1).mean()


def _mix_blocks(
    key: Array, share: float, following: Callable[..., Any], args: Any, kwargs: Any, context: Any
) -> Any:
    """Mix the statistics of the feature maps after the first blocks.

    K. Zhou et al., "Domain generalization with MixStyle", ICLR 2021, section 3.
    """
    maps = following(*args, **kwargs)
    if not share or not isinstance(context.module, Block) or context.module.name not in MIXED:
        return maps
    often, other, weight = jax.random.split(
        jax.random.fold_in(key, MIXED.index(context.module.name)), 3
    )
    mean, deviation = maps.mean((1, 2), keepdims=True), maps.std((1, 2), keepdims=True) + LEAST
    order = jax.random.permutation(other, len(maps))
    kept = jax.random.beta(weight, MIXSTYLE, MIXSTYLE, (len(maps), 1, 1, 1))
    kept = jnp.where(jax.random.bernoulli(often, share), kept, 1.0)
    mean, deviation = jax.lax.stop_gradient((mean, deviation))
    normal = (maps - mean) / deviation
    return normal * (kept * deviation + (1 - kept) * deviation[order]) + (
        kept * mean + (1 - kept) * mean[order]
    )


def sequence_loss(params: Variables, variables: Variables, key: Array, batch: Batch) -> Loss:
    """Of the readings of sequences, the batch statistics as they are: a stacked `Clip`."""
    frames, mask, targets, priors = batch
    _, logits = network_of(variables).apply(
        variables | {"params": params},
        frames,
        mask,
        train=True,
        method=FaceNetwork.both_logits,
        rngs={"dropout": key},
    )
    return masked_cross_entropy(logits + priors[:, None], targets, mask), {}


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
        given: what else its result depends on: the data, the terms of the loss.
        stop: the epoch after which it ends before the rate has fallen; 0 is at its end.
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
    given: str = ""
    stop: int = 0


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
    file = folder / f"{stage.name}-{determine(stage, variables, seed)}.msgpack"
    state = _optimiser(stage).init(fitted(stage, variables))
    fit = restore(file, Fit(variables, variables, state, 0))
    for epoch in range(fit.epoch, stage.stop or stage.epochs):
        start = time.monotonic()
        fit, loss = _epoch(stage, step, fit, seed)
        save(file, fit)
        checked = f"validation {stage.check(fit.average):.4f}, " if stage.check else ""
        took = time.monotonic() - start
        line = f"{stage.name} {epoch + 1}/{stage.epochs}: loss {loss:.3f}, {checked}{took:.0f} s"
        print(line, flush=True)
    return fit.average


def determine(stage: Stage, variables: Variables, seed: int) -> str:
    """A hash of all that determines a stage's result, but for the program itself."""
    found = hashlib.blake2b(digest_size=8)
    given = stage.name, stage.parts, stage.epochs, stage.steps, stage.rate, stage.trunk_share
    found.update(repr((given, stage.given, stage.stop, seed)).encode())
    for name, value in sorted(flatten_tree(variables).items()):
        found.update(name.encode() + np.ascontiguousarray(value).tobytes())
    return found.hexdigest()


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
