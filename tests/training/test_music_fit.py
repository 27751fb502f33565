from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from training import music_folds
from training.music_data import NO_LABEL, Clips
from training.music_features import DEFINED_IN, Inputs, source_hash
from training.music_fit import SIGNS, Examples, Recipe, fit, loss
from training.music_folds import Bench, fit_ensemble, predict_out_of_fold

from companion.affect import QUADRANT_AFFECT, Quadrant
from companion.music.ensemble import Prediction, Standard
from companion.music.network import Outputs, Shape

RECIPE = Recipe(
    shape=Shape(lengths=(3,), maps=4, hidden=16), epochs=12, batch=16, rate=0.02, crop=12
)


def make_bench(cache: Path, count: int = 120) -> Bench:
    """Clips whose quadrant stands in the statistics, and whose cluster in the image."""
    random = np.random.default_rng(0)
    quadrant = random.integers(0, 4, count)
    cluster = np.where(np.arange(count) % 3 == 0, random.integers(0, 5, count), NO_LABEL)
    statistics = random.standard_normal((count, 6)) + 3 * np.eye(4, 6)[quadrant]
    image = random.standard_normal((count, 16, 3)) + cluster[:, None, None]
    clips = Clips(
        tuple(f"{i}.opus" for i in range(count)),
        np.array([f"artist {i // 2}" for i in range(count)]),
        quadrant,
        cluster,
    )
    inputs = Inputs(image.astype(np.float32), statistics.astype(np.float32))
    return Bench(clips, inputs, RECIPE, members=2, cache=cache)


def test_the_signs_are_those_of_the_quadrants() -> None:
    places = [QUADRANT_AFFECT[quadrant] for quadrant in Quadrant]
    assert np.sign([[place.valence, place.arousal] for place in places]).tolist() == SIGNS.tolist()


def outputs(quadrant: np.ndarray, axes: np.ndarray) -> Outputs:
    rows = len(quadrant)
    return Outputs(jnp.asarray(quadrant), jnp.asarray(axes), jnp.zeros((rows, 5)))


def test_the_loss_of_knowing_is_less_than_of_guessing() -> None:
    labels = np.eye(4, dtype=np.float32)
    batch = {"quadrant": labels, "cluster": np.zeros((4, 5), np.float32)}
    knowing = loss(outputs(20 * labels, SIGNS), batch, RECIPE)
    guessing = loss(outputs(0 * labels, 0 * SIGNS), batch, RECIPE)
    assert knowing == pytest.approx(0, abs=1e-4)
    assert guessing == pytest.approx(np.log(4) + RECIPE.axes_weight)


def test_a_clip_without_labels_teaches_nothing() -> None:
    batch = {"quadrant": jnp.zeros((1, 4)), "cluster": jnp.zeros((1, 5))}
    said = outputs(np.array([[9.0, 0, 0, 0]]), np.array([[0.5, -0.5]]))
    assert loss(said, batch, RECIPE) == 0


def test_fitting_twice_gives_the_same(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    examples = Examples(
        bench.inputs.image,
        bench.inputs.statistics,
        np.eye(4, dtype=np.float32)[bench.clips.quadrant],
        np.zeros((len(bench.clips), 5), np.float32),
    )
    short = dataclasses.replace(RECIPE, epochs=2)
    first, again, other = (fit(examples, short, seed) for seed in (0, 0, 1))
    same = jax.tree.map(np.array_equal, first, again)
    assert all(jax.tree.leaves(same))
    assert not all(jax.tree.leaves(jax.tree.map(np.array_equal, first, other)))


def test_unseen_clips_are_read_right(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    train, test = np.arange(96), np.arange(96, 120)
    said = fit_ensemble(bench, train).predict(
        bench.inputs.image[test], bench.inputs.statistics[test]
    )
    assert np.mean(said.quadrant.argmax(axis=1) == bench.clips.quadrant[test]) > 0.8


class Echo:
    """In place of an ensemble: answers with the number of the clip, if it may see it."""

    def __init__(self, bench: Bench, chosen: np.ndarray) -> None:
        self.bench = bench
        self.seen = set(bench.clips.artists[chosen])

    def predict(self, image: np.ndarray, statistics: np.ndarray) -> Prediction:
        number = statistics[:, :1]
        artists = self.bench.clips.artists[number[:, 0].astype(int)]
        assert not self.seen & set(artists)
        return Prediction(number.repeat(4, 1), number.repeat(2, 1), number.repeat(5, 1))


def test_each_clip_is_predicted_once_by_who_never_saw_its_artist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(tmp_path)
    numbers = np.arange(120, dtype=np.float32)[:, None].repeat(6, 1)
    bench = dataclasses.replace(bench, inputs=Inputs(bench.inputs.image, numbers))
    monkeypatch.setattr(music_folds, "fit_ensemble", Echo)
    said, fold_of = predict_out_of_fold(bench, split=0)
    assert np.array_equal(said.quadrant[:, 0], np.arange(120))
    assert np.array_equal(said.cluster[:, 4], np.arange(120))
    assert set(fold_of) == set(range(10))


def test_a_fitted_network_is_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(tmp_path)
    chosen = np.arange(64)
    first = fit_ensemble(bench, chosen)
    monkeypatch.setattr(music_folds, "fit", None)
    again = fit_ensemble(bench, chosen)
    assert all(np.array_equal(first.tensors()[k], again.tensors()[k]) for k in first.tensors())
    with pytest.raises(TypeError):
        fit_ensemble(dataclasses.replace(bench, recipe=Recipe()), chosen)


def test_the_standard_is_of_the_training_clips_only(tmp_path: Path) -> None:
    bench = make_bench(tmp_path)
    chosen = np.arange(64)
    expected = Standard.measure(bench.inputs.image[chosen], bench.inputs.statistics[chosen])
    fitted = fit_ensemble(bench, chosen).standard
    assert np.array_equal(fitted.statistics_mean, expected.statistics_mean)


def test_the_hash_follows_the_source() -> None:
    assert re.fullmatch("[0-9a-f]{12}", source_hash(DEFINED_IN))
    assert source_hash(DEFINED_IN) != source_hash(DEFINED_IN[:-1])
