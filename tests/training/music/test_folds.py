from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from training.music.data import NO_LABEL, Clips, split_by_artist
from training.music.features import Inputs
from training.music.filters import FilterRecipe
from training.music.fit import Recipe
from training.music.folds import (
    CODES,
    EVERYTHING,
    MSD,
    STATISTICS,
    TAGS,
    CrossValidation,
    assemble,
    predict_out_of_fold,
)

from companion.music.features.extract import IMAGE_ROWS
from companion.music.features.extract import STATISTICS as NAMES
from companion.music.model.ensemble import Prediction
from companion.music.model.musicnn import EMBEDDING
from companion.music.model.network import Shape

RECIPE = Recipe(
    shape=Shape(hidden=16), filters=FilterRecipe((3,), (4,), 5, 8), steps=80, batch=16, rate=0.02
)
COUNT = 360


def make_cross_validation(cache: Path) -> CrossValidation:
    """Clips whose quadrant stands in the statistics; every sixth has a cluster alone."""
    random = np.random.default_rng(0)
    quadrant = random.integers(0, 4, COUNT)
    shift = 3 * np.eye(4)[quadrant].repeat(len(NAMES) // 4 + 1, axis=1)
    statistics = random.standard_normal((COUNT, len(NAMES))) + shift[:, : len(NAMES)]
    other = np.arange(COUNT) % 6 == 0
    clips = Clips(
        tuple(f"{i}.opus" for i in range(COUNT)),
        np.array([f"artist {i // 2}" for i in range(COUNT)]),
        np.where(other, NO_LABEL, quadrant),
        np.where(other, np.arange(COUNT) // 6 % 5, NO_LABEL),
    )
    inputs = Inputs(
        random.standard_normal((COUNT, 8, len(IMAGE_ROWS))).astype(np.float32),
        statistics.astype(np.float32),
        random.standard_normal((COUNT, 2 * EMBEDDING)).astype(np.float32),
        random.uniform(0, 1, (COUNT, 100)).astype(np.float32),
    )
    return CrossValidation(clips, inputs, RECIPE, members=2, cache=cache)


def test_unseen_clips_are_read_right(tmp_path: Path) -> None:
    validation = make_cross_validation(tmp_path)
    test = np.flatnonzero((np.arange(COUNT) >= 96) & (validation.clips.quadrant >= 0))
    said = validation.fit(np.arange(96)).predict(validation.matrix[test])
    assert np.mean(said.quadrant.argmax(axis=1) == validation.clips.quadrant[test]) > 0.7


@pytest.mark.parametrize("blocks", [(CODES,), (STATISTICS, MSD), (TAGS,), EVERYTHING])
def test_the_blocks_stand_side_by_side(tmp_path: Path, blocks: tuple[str, ...]) -> None:
    validation = make_cross_validation(tmp_path)
    sizes = {CODES: 10, STATISTICS: len(NAMES), MSD: EMBEDDING, "mtt": EMBEDDING, TAGS: 100}
    matrix = assemble(validation.inputs, validation.encoder, blocks)
    assert matrix.shape == (COUNT, sum(sizes[name] for name in blocks))


@pytest.mark.parametrize("left_out", [CODES, STATISTICS, TAGS])
def test_an_input_that_is_left_out_says_nothing(tmp_path: Path, left_out: str) -> None:
    validation = make_cross_validation(tmp_path)
    inputs = tuple(name for name in EVERYTHING if name != left_out)
    sizes = {CODES: 10, STATISTICS: len(NAMES), MSD: EMBEDDING, "mtt": EMBEDDING, TAGS: 100}
    first = sum(sizes[name] for name in EVERYTHING[: EVERYTHING.index(left_out)])
    ensemble = validation.fit(np.arange(64), inputs)
    changed = validation.matrix.copy()
    changed[:, first : first + sizes[left_out]] += 5
    before, after = ensemble.predict(validation.matrix), ensemble.predict(changed)
    assert np.array_equal(before.quadrant, after.quadrant)
    assert np.array_equal(before.linear, after.linear)


class Echo(CrossValidation):
    """Its ensembles answer with the last input, if they may see that clip."""

    def fit(self, chosen: np.ndarray, *_: object) -> Echo:  # type: ignore[override]
        self.__dict__["seen"] = set(self.clips.artists[chosen])
        return self

    def predict(self, inputs: np.ndarray) -> Prediction:
        number = inputs[:, -1:]
        artists = self.clips.artists[number[:, 0].astype(int) % COUNT]
        assert not self.__dict__["seen"] & set(artists)
        return Prediction(*(number.repeat(width, 1) for width in (4, 2, 5, 4, 4, 1)))


@pytest.mark.parametrize("other", [False, True])
def test_each_clip_is_predicted_once_by_who_never_saw_its_artist(
    tmp_path: Path, other: bool
) -> None:
    made = make_cross_validation(tmp_path)
    validation = Echo(made.clips, made.inputs, made.recipe, cache=tmp_path)
    validation.matrix[:, -1] = np.arange(COUNT)
    read = validation.matrix + COUNT if other else None
    folds = split_by_artist(validation.clips, 0)
    said = predict_out_of_fold(validation, folds, read=read)
    assert np.array_equal(said.quadrant[:, 0], np.arange(COUNT) + COUNT * other)
    assert np.array_equal(said.cluster[:, 4], said.axes[:, 1])


def test_what_stands_in_no_fold_is_not_predicted(tmp_path: Path) -> None:
    folds = [(np.arange(64), np.arange(64, 80))]
    said = predict_out_of_fold(make_cross_validation(tmp_path), folds)
    predicted = np.flatnonzero(said.quadrant.any(axis=1))
    assert predicted.tolist() == list(range(64, 80))


def refuse(*_: object) -> None:
    raise AssertionError("it was fitted anew")


def changed_label(validation: CrossValidation) -> CrossValidation:
    quadrant = validation.clips.quadrant.copy()
    quadrant[1] = (quadrant[1] + 1) % 4
    return dataclasses.replace(
        validation, clips=dataclasses.replace(validation.clips, quadrant=quadrant)
    )


def changed_input(validation: CrossValidation) -> CrossValidation:
    statistics = validation.inputs.statistics.copy()
    statistics[3, 5] += 1
    inputs = dataclasses.replace(validation.inputs, statistics=statistics)
    return dataclasses.replace(validation, inputs=inputs)


def test_what_was_fitted_is_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation, chosen = make_cross_validation(tmp_path), np.arange(64)
    first = validation.fit(chosen).tensors()
    monkeypatch.setattr(CrossValidation, "_fit", refuse)
    again = make_cross_validation(tmp_path).fit(chosen).tensors()
    assert all(np.array_equal(first[name], again[name]) for name in first)


@pytest.mark.parametrize(
    "change",
    [
        lambda validation: dataclasses.replace(validation, members=3),
        lambda validation: dataclasses.replace(
            validation, recipe=dataclasses.replace(RECIPE, decay=0.1)
        ),
        lambda validation: dataclasses.replace(
            validation, clips=dataclasses.replace(validation.clips, names=("a.mid",) * COUNT)
        ),
        changed_label,
        changed_input,
    ],
    ids=["members", "recipe", "rendered", "label", "input"],
)
def test_whatever_a_fit_follows_from_makes_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    validation, chosen = make_cross_validation(tmp_path), np.arange(64)
    validation.fit(chosen)
    monkeypatch.setattr(CrossValidation, "_fit", refuse)
    with pytest.raises(AssertionError, match="anew"):
        change(validation).fit(chosen)  # type: ignore[operator]
    with pytest.raises(AssertionError, match="anew"):
        validation.fit(chosen[1:])
    with pytest.raises(AssertionError, match="anew"):
        validation.fit(chosen, (STATISTICS,))
    with pytest.raises(AssertionError, match="anew"):
        validation.fit(chosen, strength=1)


def test_filters_and_standard_are_of_the_training_clips_only(tmp_path: Path) -> None:
    validation, chosen = make_cross_validation(tmp_path / "one"), np.arange(64)
    other = make_cross_validation(tmp_path / "other")
    told = other.clips.quadrant >= 0
    other.inputs.image[64:][told[64:]] *= 50
    other.inputs.statistics[64:] += 1e3
    first, second = (each.fit(chosen).tensors() for each in (validation, other))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_piano_is_learned_by_its_own_regression_alone(tmp_path: Path) -> None:
    made = make_cross_validation(tmp_path)
    recorded, chosen = np.arange(200), np.arange(300)
    names = tuple(f"{n}.mid" if n >= 200 else f"{n}.opus" for n in range(COUNT))
    clips = dataclasses.replace(made.clips, names=names)
    validation = dataclasses.replace(made, clips=clips)
    alone, both = validation.fit(recorded).tensors(), validation.fit(chosen).tensors()
    same = {name for name in alone if np.array_equal(alone[name], both[name])}
    assert {name.split("/")[0] for name in set(alone) - same} == {"piano", "gate"}
