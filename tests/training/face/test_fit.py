from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import flax.serialization
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from training.face.corpora import BARRED, SCHEMES
from training.face.fit import (
    Batch,
    Stage,
    Terms,
    Variables,
    batches,
    corpora_loss,
    cross_entropy,
    determine,
    first_variables,
    fitted,
    make_step,
    masked_cross_entropy,
    run,
    sequence_loss,
)
from training.face.infer import frame_logits, still_logits
from training.face.stages import SEQUENCE_PARTS, TRUNK_PARTS

pytestmark = pytest.mark.slow
COUNT = 8


@pytest.fixture(scope="module")
def fresh() -> Variables:
    return first_variables(0)


def toy() -> tuple[np.ndarray, np.ndarray]:
    """Two kinds of faces: light above or light below."""
    images = np.full((COUNT, 48, 48), 60, np.uint8)
    images[::2, :24] = 180
    images[1::2, 24:] = 180
    noise = np.random.default_rng(0).integers(0, 20, images.shape)
    return (images + noise).astype(np.uint8), np.eye(8, dtype=np.float32)[np.arange(COUNT) % 2]


def corpora_batch(images: np.ndarray, targets: np.ndarray, scheme: int = 0) -> Batch:
    count = len(images)
    even = np.zeros((count, 8), np.float32)
    return images, targets, np.full(count, scheme, np.int32), even, targets, even


def trunk(epochs: int, parts: tuple[str, ...] = TRUNK_PARTS) -> Stage:
    def draw(random: np.random.Generator) -> Iterator[Batch]:
        images, targets = toy()
        for chosen in batches(COUNT, 4, random):
            yield corpora_batch(images[chosen], targets[chosen])

    loss = corpora_loss(Terms())
    return Stage("trunk", parts, epochs, 2, 2e-2, 1, draw, loss, lambda _: 0.5)


def sequence(epochs: int) -> Stage:
    def draw(random: np.random.Generator) -> Iterator[Batch]:
        images, targets = toy()
        frames, shares = (np.repeat(part[:, None], 3, axis=1) for part in (images, targets))
        yield frames, np.ones((COUNT, 3), bool), shares, np.zeros((COUNT, 8), np.float32)

    return Stage("sequence", SEQUENCE_PARTS, epochs, 1, 2e-2, 0.1, draw, sequence_loss, None)


def same(one: Any, other: Any) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    )


def changed(one: Variables, other: Variables) -> set[str]:
    """The names of the parameters that differ."""
    every = trunk(1, ("",))
    before, after = fitted(every, one), fitted(every, other)
    return {name for name in before if not same(before[name], after[name])}


def test_the_trunk_learns_and_leaves_the_rest_alone(fresh: Variables, tmp_path: Path) -> None:
    images, targets = toy()
    found = run(trunk(12), fresh, tmp_path, 0)
    assert not same(found["batch_stats"], fresh["batch_stats"])
    assert changed(fresh, found) == set(fitted(trunk(1), fresh))
    before = cross_entropy(jnp.asarray(frame_logits(fresh, images)), jnp.asarray(targets))
    after = cross_entropy(jnp.asarray(frame_logits(found, images)), jnp.asarray(targets))
    assert float(after) < float(before)


def test_a_part_of_the_trunk_by_itself(fresh: Variables, tmp_path: Path) -> None:
    found = run(trunk(1, ("trunk/Block_4/",)), fresh, tmp_path, 0)
    assert changed(fresh, found)
    assert all(name.startswith("trunk/Block_4/") for name in changed(fresh, found))


def test_the_recurrence_learns_and_leaves_the_trunk_alone(fresh: Variables, tmp_path: Path) -> None:
    images, targets = toy()
    found = run(sequence(100), fresh, tmp_path, 0)
    assert same(found["batch_stats"], fresh["batch_stats"])
    assert changed(fresh, found) == set(fitted(sequence(1), fresh))
    assert (still_logits(found, images).argmax(axis=1) == targets.argmax(axis=1)).all()


def test_the_trunk_goes_slower_where_it_is_told(fresh: Variables, tmp_path: Path) -> None:
    moved = []
    for share in (1.0, 0.1):
        stage = replace(trunk(2), trunk_share=share)
        found = run(stage, fresh, tmp_path / str(share), 0)
        name = "trunk/Block_4/Conv_0/kernel"
        moved.append(np.abs(fitted(stage, found)[name] - fitted(stage, fresh)[name]).mean())
    assert moved[1] < 0.3 * moved[0]


def slopes(fresh: Variables, batch: Batch, terms: Terms) -> Variables:
    def of(params: Variables) -> Any:
        return corpora_loss(terms)(params, fresh, jax.random.key(0), batch)[0]

    found: Variables = jax.grad(of)(fresh["params"])
    return found


def test_what_a_corpus_has_no_label_for_is_not_learned(fresh: Variables) -> None:
    images, targets = toy()
    batch = list(corpora_batch(images, targets))
    barred = np.where(np.arange(8) == 7, BARRED, 0).astype(np.float32)
    batch[3] = batch[5] = np.tile(barred, (COUNT, 1))
    found = slopes(fresh, tuple(batch), Terms())["frame_head"]["bias"]
    assert float(found[7]) == pytest.approx(0, abs=1e-6)
    assert abs(float(found[3])) > 1e-3


def test_only_the_heads_of_the_corpora_shown_learn(fresh: Variables) -> None:
    images, targets = toy()
    batch = corpora_batch(images, targets, SCHEMES.index("kdef"))
    found = np.abs(slopes(fresh, batch, Terms(first=0))["schemes"]["bias"]).sum(axis=1)
    assert [name for name, slope in zip(SCHEMES, found, strict=True) if slope] == ["kdef"]
    found = np.abs(slopes(fresh, batch, Terms(first=0.2))["schemes"]["bias"]).sum(axis=1)
    assert found[SCHEMES.index("fer2013")] > 0


def test_a_prior_takes_the_frequency_out_of_the_logits(fresh: Variables) -> None:
    """The shared bias learns nothing where the prior alone explains the labels."""
    images, _ = toy()
    targets = np.tile(np.array([0.9, 0.1, 0, 0, 0, 0, 0, 0], np.float32), (COUNT, 1))
    batch = list(corpora_batch(images, targets))
    terms = Terms(scheme=0, first=0, affect=0)
    blank = jax.tree.map(jnp.zeros_like, fresh["params"]["frame_head"])
    flat = fresh | {"params": fresh["params"] | {"frame_head": blank}}
    batch[3] = np.tile(np.log(np.maximum(targets[:1], 1e-6)), (COUNT, 1)).astype(np.float32)
    assert np.abs(slopes(flat, tuple(batch), terms)["frame_head"]["bias"]).max() < 1e-3
    batch[3] = np.zeros((COUNT, 8), np.float32)
    assert np.abs(slopes(flat, tuple(batch), terms)["frame_head"]["bias"]).max() > 0.1


def test_fixed_statistics_stay(fresh: Variables) -> None:
    images, targets = toy()
    batch, key = corpora_batch(images, targets), jax.random.key(0)
    for fixed in (False, True):
        loss = corpora_loss(Terms(fixed=fixed))
        assert bool(loss(fresh["params"], fresh, key, batch)[1]) != fixed


def test_mixed_statistics_change_the_loss_and_not_the_shape(fresh: Variables) -> None:
    images, targets = toy()
    batch, key = corpora_batch(images, targets), jax.random.key(0)
    plain, mixed = (
        float(corpora_loss(Terms(mixing=share))(fresh["params"], fresh, key, batch)[0])
        for share in (0.0, 1.0)
    )
    assert plain != mixed
    assert np.isfinite(mixed)


def test_the_result_is_the_average(fresh: Variables, tmp_path: Path) -> None:
    stage = trunk(1)
    found = run(stage, fresh, tmp_path, 0, make_step(stage))
    last = flax.serialization.msgpack_restore(next(tmp_path.glob("trunk-*")).read_bytes())[
        "variables"
    ]
    name = "trunk/Block_4/Conv_0/kernel"
    assert not same(fitted(stage, last)[name], fitted(stage, found)[name])


def test_an_interrupted_run_ends_as_one_that_was_not(
    fresh: Variables, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = run(trunk(3), fresh, tmp_path / "whole", 7)
    stage = trunk(3)
    count = 0

    def interrupted(random: np.random.Generator) -> Iterator[Batch]:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        yield from stage.draw(random)

    with pytest.raises(KeyboardInterrupt):
        run(replace(stage, draw=interrupted), fresh, tmp_path / "cut", 7)
    capsys.readouterr()
    assert same(run(stage, fresh, tmp_path / "cut", 7), whole)
    line = capsys.readouterr().out
    assert line.startswith("trunk 3/3: loss")
    assert "validation 0.5000" in line


def test_a_stage_may_end_before_its_rate_has_fallen(fresh: Variables, tmp_path: Path) -> None:
    stage = replace(trunk(3), stop=1)
    found = run(stage, fresh, tmp_path, 0)
    state = flax.serialization.msgpack_restore(next(tmp_path.glob("trunk-*")).read_bytes())
    assert state["epoch"] == 1
    assert not same(found["params"], fresh["params"])


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"rate": 1e-3},
        {"epochs": 2},
        {"stop": 1},
        {"given": "other data"},
        {"parts": ("trunk/Block_4/",)},
        {"weights": 1},
    ],
)
def test_a_checkpoint_is_known_by_all_that_determines_it(
    fresh: Variables, tmp_path: Path, other: dict[str, Any]
) -> None:
    seed, weights = other.pop("seed", 0), other.pop("weights", 0)
    stage = trunk(1, ("trunk/Block_5/",))
    first = determine(stage, fresh, 0)
    assert first == determine(trunk(1, ("trunk/Block_5/",)), fresh, 0)
    changed = jax.tree.map(lambda leaf: leaf + weights, fresh)
    assert determine(replace(stage, **other), changed, seed) != first


def test_another_seed_is_another_run(fresh: Variables, tmp_path: Path) -> None:
    stage = trunk(1, ("trunk/Block_5/",))
    step = make_step(stage)
    one, other = (run(stage, fresh, tmp_path, seed, step) for seed in (0, 1))
    assert not same(one["params"], other["params"])
    assert len(list(tmp_path.glob("trunk-*.msgpack"))) == 2
    assert same(run(stage, fresh, tmp_path, 0, step), one)


def test_hidden_frames_have_no_loss() -> None:
    logits = jnp.asarray(np.random.default_rng(0).normal(size=(2, 3, 8)), jnp.float32)
    targets = jnp.ones((2, 3, 8)) / 8
    mask = jnp.array([[True, False, False], [True, True, False]])
    wild = jnp.where(mask[..., None], logits, 50.0 * logits)
    assert masked_cross_entropy(wild, targets, mask) == masked_cross_entropy(logits, targets, mask)
    chosen = cross_entropy(logits[mask], targets[mask])
    assert float(masked_cross_entropy(logits, targets, mask)) == pytest.approx(float(chosen))


def test_cross_entropy_by_hand() -> None:
    logits = jnp.zeros((1, 8))
    assert float(cross_entropy(logits, jnp.eye(8)[:1])) == pytest.approx(np.log(8))


def test_batches_show_each_case_once() -> None:
    parts = list(batches(10, 3, np.random.default_rng(0)))
    assert [len(part) for part in parts] == [3, 3, 3]
    assert len(set(np.concatenate(parts))) == 9
