from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from training.music import folds
from training.music.data import NO_LABEL, Clips
from training.music.features import DEFINED_IN, Inputs, source_hash
from training.music.filters import FilterRecipe
from training.music.fit import Recipe
from training.music.folds import (
    CODES,
    EVERYTHING,
    Bench,
    fit_ensemble,
    learn_codes,
    predict_out_of_fold,
    see,
)

from companion.music.features.extract import GROUPS, IMAGE_ROWS, STATISTICS
from companion.music.model.ensemble import Prediction
from companion.music.model.network import Shape

RECIPE = Recipe(
    shape=Shape(hidden=16), filters=FilterRecipe((3,), (4,), 5, 8), epochs=12, batch=16, rate=0.02
)
COUNT = 120


def make_bench(cache: Path) -> Bench:
    """Clips whose quadrant stands in the statistics."""
    random = np.random.default_rng(0)
    quadrant = random.integers(0, 4, COUNT)
    cluster = np.where(np.arange(COUNT) % 3 == 0, random.integers(0, 5, COUNT), NO_LABEL)
    shift = 3 * np.eye(4)[quadrant].repeat(len(STATISTICS) // 4 + 1, axis=1)
    statistics = random.standard_normal((2, COUNT, len(STATISTICS))) + shift[:, : len(STATISTICS)]
    image = random.standard_normal((2, COUNT, 8, len(IMAGE_ROWS)))
    clips = Clips(
        tuple(f"{i}.opus" for i in range(COUNT)),
        np.array([f"artist {i // 2}" for i in range(COUNT)]),
        quadrant,
        cluster,
    )
    inputs = Inputs(image.astype(np.float32), statistics.astype(np.float32))
    return Bench(clips, inputs, RECIPE, members=2, cache=cache)


def test_unseen_clips_are_read_right(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    test = np.arange(96, COUNT)
    said = fit_ensemble(bench, np.arange(96)).predict(
        bench.inputs.image[0, test], bench.inputs.statistics[0, test]
    )
    assert np.mean(said.quadrant.argmax(axis=1) == bench.clips.quadrant[test]) > 0.8


def test_all_groups_are_seen_in_their_order(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    encoder, inputs, sizes = see(bench, np.arange(64))
    assert sizes == (10, *GROUPS.values())
    assert np.array_equal(inputs[:, :, 10:], bench.inputs.statistics)
    assert np.allclose(inputs[1, :, :10], encoder.encode(bench.inputs.image[1]), atol=1e-5)


@pytest.mark.parametrize("groups", [(CODES,), ("key", "shape mean"), EVERYTHING[1:]])
def test_a_part_of_the_groups_can_be_seen(tmp_path: Path, groups: tuple[str, ...]) -> None:
    bench = dataclasses.replace(make_bench(tmp_path), groups=groups)
    _, inputs, sizes = see(bench, np.arange(64))
    every = {CODES: 10, **GROUPS}
    assert sorted(sizes) == sorted(every[group] for group in groups)
    assert inputs.shape[2] == sum(sizes)


class Echo:
    """In place of an ensemble: answers with the first input, if it may see that clip."""

    def __init__(self, bench: Bench, chosen: np.ndarray) -> None:
        self.bench = bench
        self.seen = set(bench.clips.artists[chosen])

    def judge(self, inputs: np.ndarray) -> Prediction:
        number = inputs[:, -1:]
        artists = self.bench.clips.artists[number[:, 0].astype(int) % COUNT]
        assert not self.seen & set(artists)
        return Prediction(number.repeat(4, 1), number.repeat(2, 1), number.repeat(5, 1))


@pytest.mark.parametrize("copy", [0, 1])
def test_each_clip_is_predicted_once_by_who_never_saw_its_artist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copy: int
) -> None:
    bench = make_bench(tmp_path)
    bench.inputs.statistics[:, :, -1] = np.arange(2 * COUNT).reshape(2, COUNT)
    monkeypatch.setattr(folds, "fit_ensemble", Echo)
    said, fold_of = predict_out_of_fold(bench, split=0, copy=copy)
    assert np.array_equal(said.quadrant[:, 0], np.arange(COUNT) + copy * COUNT)
    assert np.array_equal(said.cluster[:, 4], said.axes[:, 1])
    assert set(fold_of) == set(range(10))


def test_what_was_fitted_is_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(tmp_path)
    chosen = np.arange(64)
    first = fit_ensemble(bench, chosen)
    monkeypatch.setattr(folds, "fit", None)
    again = fit_ensemble(bench, chosen)
    assert all(np.array_equal(first.tensors()[k], again.tensors()[k]) for k in first.tensors())
    with pytest.raises(TypeError):
        fit_ensemble(dataclasses.replace(bench, members=3), chosen)


def test_filters_and_standard_are_of_the_training_clips_only(tmp_path: Path) -> None:
    bench, chosen = make_bench(tmp_path / "one"), np.arange(64)
    other = make_bench(tmp_path / "other")
    other.inputs.image[:, 64:] *= 50
    other.inputs.statistics[:, 64:] += 1e3
    first, second = (fit_ensemble(each, chosen).tensors() for each in (bench, other))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert learn_codes(bench, chosen)[1].shape == (2, COUNT, 10)


def test_the_hash_follows_the_source() -> None:
    assert re.fullmatch("[0-9a-f]{12}", source_hash(DEFINED_IN))
    assert source_hash(DEFINED_IN) != source_hash(DEFINED_IN[:-1])
