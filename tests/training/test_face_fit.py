from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from training.face_fit import (
    SEQUENCE_PARTS,
    TRUNK_PARTS,
    Batch,
    Stage,
    Variables,
    batches,
    cross_entropy,
    first_variables,
    frame_loss,
    masked_cross_entropy,
    run,
    sequence_loss,
)
from training.face_infer import frame_logits, still_logits

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


def trunk(epochs: int) -> Stage:
    def draw(random: np.random.Generator) -> Iterator[Batch]:
        images, targets = toy()
        for chosen in batches(COUNT, 4, random):
            yield images[chosen], targets[chosen]

    return Stage("trunk", TRUNK_PARTS, epochs, 2, 3e-3, draw, frame_loss, lambda _: 0.0)


def sequence(epochs: int) -> Stage:
    def draw(random: np.random.Generator) -> Iterator[Batch]:
        images, targets = toy()
        frames, shares = (np.repeat(part[:, None], 3, axis=1) for part in (images, targets))
        yield frames, np.ones((COUNT, 3), bool), shares

    return Stage("sequence", SEQUENCE_PARTS, epochs, 1, 1e-2, draw, sequence_loss, lambda _: 0.0)


def same(one: Any, other: Any) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True)
    )


def test_the_trunk_learns_and_leaves_the_rest_alone(fresh: Variables, tmp_path: Path) -> None:
    images, targets = toy()
    fitted = run(trunk(12), fresh, tmp_path, 0)
    assert not same(fitted["batch_stats"], fresh["batch_stats"])
    for part in SEQUENCE_PARTS:
        assert same(fitted["params"][part], fresh["params"][part])
    before = cross_entropy(jnp.asarray(frame_logits(fresh, images)), jnp.asarray(targets))
    after = cross_entropy(jnp.asarray(frame_logits(fitted, images)), jnp.asarray(targets))
    assert float(after) < float(before)


def test_the_recurrence_learns_and_leaves_the_trunk_alone(fresh: Variables, tmp_path: Path) -> None:
    images, targets = toy()
    fitted = run(sequence(40), fresh, tmp_path, 0)
    assert same(fitted["batch_stats"], fresh["batch_stats"])
    for part in TRUNK_PARTS:
        assert same(fitted["params"][part], fresh["params"][part])
    assert (still_logits(fitted, images).argmax(axis=1) == targets.argmax(axis=1)).all()


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
        run(Stage(**{**vars(stage), "draw": interrupted}), fresh, tmp_path / "cut", 7)
    capsys.readouterr()
    assert same(run(stage, fresh, tmp_path / "cut", 7), whole)
    assert capsys.readouterr().out.startswith("trunk 3/3: loss")


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
