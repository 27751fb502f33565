from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save_file

from companion.affect import Emotion, FaceProfile, MoodExample, RestingFace
from companion.errors import ModelError
from companion.face.adaptation import (
    COORDINATES,
    EMOTIONS,
    FURTHEST,
    NAME,
    NEUTRAL,
    adapt,
    coordinates,
    is_same_person,
    know_person,
    load_population,
    make_features,
    profile_examples,
)
from companion.face.model import load_face_model
from companion.weights import write_manifest
from tests.face.people import (
    LABEL,
    SAD_LOOKING,
    features_at,
    identity_of,
    look_at,
    make_population,
)

POPULATION = make_population()
SADNESS = EMOTIONS.index(Emotion.SADNESS)
offsets = hnp.arrays(np.float64, COORDINATES, elements=st.floats(-3, 3))
logits = hnp.arrays(np.float64, (1, 8), elements=st.floats(-12, 12))


def example(
    emotion: Emotion = Emotion.NEUTRAL, offset: np.ndarray | float = 0.0, looks: float = 1
) -> MoodExample:
    return MoodExample(emotion, look_at(emotion, offset).features, looks)


def shares_of(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


@settings(deadline=None, max_examples=25)
@given(logits, offsets)
def test_who_is_not_known_is_read_as_without(said: np.ndarray, offset: np.ndarray) -> None:
    nobody = know_person(POPULATION, [])
    features = np.array([look_at(offset=offset).features])
    assert nobody.known == 0
    np.testing.assert_array_equal(adapt(said, features, POPULATION, nobody), said)


@settings(deadline=None, max_examples=25)
@given(logits, offsets, offsets)
def test_with_strength_0_a_resting_face_changes_nothing(
    said: np.ndarray, own: np.ndarray, now: np.ndarray
) -> None:
    idle = replace(
        POPULATION, weighing=replace(POPULATION.weighing, strength=0, resting=0.9, all_moods=1)
    )
    person = know_person(idle, [example(offset=own)])
    features = np.array([look_at(offset=now).features])
    np.testing.assert_allclose(adapt(said, features, idle, person), said)


def test_the_more_is_known_the_less_is_uncertain() -> None:
    known = [
        know_person(POPULATION, examples).known
        for examples in (
            [],
            [example()],
            [example(looks=10)],
            [example(looks=10), example(Emotion.SADNESS)],
            [example(emotion, looks=10) for emotion in Emotion],
        )
    ]
    assert known == sorted(set(known))
    assert known[0] == 0
    assert known[-1] < 1


def test_a_resting_face_moves_what_is_expected_of_all_emotions() -> None:
    person = know_person(POPULATION, [example(offset=SAD_LOOKING, looks=20)])
    moved = person.means - POPULATION.means
    towards = moved @ SAD_LOOKING / (SAD_LOOKING @ SAD_LOOKING)
    assert towards[NEUTRAL] > 0.9
    others = np.delete(towards, NEUTRAL)
    assert ((others > 0.5) & (others < towards[NEUTRAL])).all()


def test_an_example_moves_its_own_emotion_most() -> None:
    person = know_person(POPULATION, [example(Emotion.ANGER, 1.0, looks=20)])
    moved = np.linalg.norm(person.means - POPULATION.means, axis=1)
    assert moved.argmax() == EMOTIONS.index(Emotion.ANGER)


def test_a_face_that_looks_sad_at_rest_reads_as_resting() -> None:
    look = look_at(offset=SAD_LOOKING)
    said = np.array([look.features[:8]])
    assert said.argmax() == SADNESS
    person = know_person(POPULATION, [example(offset=SAD_LOOKING, looks=20)])
    assert adapt(said, np.array([look.features]), POPULATION, person).argmax() == NEUTRAL


@pytest.mark.parametrize("emotion", Emotion)
def test_what_such_a_face_shows_is_still_read(emotion: Emotion) -> None:
    look = look_at(emotion, SAD_LOOKING)
    person = know_person(POPULATION, [example(offset=SAD_LOOKING, looks=20)])
    adapted = adapt(np.array([look.features[:8]]), np.array([look.features]), POPULATION, person)
    assert EMOTIONS[int(adapted.argmax())] == emotion


@settings(deadline=None, max_examples=25)
@given(offsets)
def test_an_odd_example_moves_no_further_than_a_bound(offset: np.ndarray) -> None:
    person = know_person(POPULATION, [example(offset=100 * offset, looks=20)])
    moved = np.linalg.norm(person.means - POPULATION.means, axis=1)
    assert (moved <= FURTHEST * np.sqrt(1.3 + 0.25 / 20) + 1e-9).all()


@settings(deadline=None, max_examples=25)
@given(logits, hnp.arrays(np.float64, (1, 6), elements=st.floats(-5, 5)), st.floats(-5, 5))
def test_features_do_not_depend_on_a_constant(
    said: np.ndarray, shape: np.ndarray, constant: float
) -> None:
    found = make_features(said, shape)
    np.testing.assert_allclose(make_features(said + constant, shape), found, atol=1e-9)
    assert found[0, :8].sum() == pytest.approx(0, abs=1e-9)
    assert coordinates(found).shape == (1, COORDINATES)


def test_features_come_back_from_their_coordinates() -> None:
    point = np.arange(COORDINATES, dtype=float)
    np.testing.assert_array_equal(coordinates(features_at(point)), point)


def test_people_are_told_apart() -> None:
    assert is_same_person(identity_of(0), identity_of(0), POPULATION)
    assert not is_same_person(identity_of(0), identity_of(1), POPULATION)


def test_a_resting_face_of_too_few_looks_is_no_example() -> None:
    resting = RestingFace(LABEL, look_at().features, identity_of(0), 2.5, 3, 1, 0.0)
    sad = example(Emotion.SADNESS)
    assert profile_examples(FaceProfile(LABEL, resting, (sad,)), 3) == [sad]
    enough = replace(resting, looks=3.0)
    assert [one.emotion for one in profile_examples(FaceProfile(LABEL, enough), 3)] == ["neutral"]


def test_the_shipped_one_is_of_the_shipped_face_model() -> None:
    assert load_population().face_model == load_face_model().label


def test_the_shipped_covariances_are_ones() -> None:
    population = load_population()
    for matrix in (population.person, population.habit, *population.noise):
        np.testing.assert_allclose(matrix, matrix.T)
        assert (np.linalg.eigvalsh(matrix) > 0).all()


CONFIG = {
    "face_model": "face_mood/test",
    "same_person": 0.5,
    "weighing": asdict(POPULATION.weighing),
}


def write_model(root: Path, config: Any, **tensors: np.ndarray) -> None:
    folder = root / NAME
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    found = {
        "means": POPULATION.means,
        "person": POPULATION.person,
        "habit": POPULATION.habit,
        "noise": np.array(POPULATION.noise),
        "projection_mean": POPULATION.projections.mean,
        "projection_shape": POPULATION.projections.shape,
        "projection_identity": POPULATION.projections.identity,
    } | tensors
    save_file(
        {name: np.ascontiguousarray(value) for name, value in found.items()},
        folder / "weights.safetensors",
    )
    write_manifest(folder, "test", ["weights.safetensors", "config.json"])


def test_it_is_read_back(tmp_path: Path) -> None:
    write_model(tmp_path, CONFIG)
    found = load_population(tmp_path)
    assert (found.label, found.weighing) == (LABEL, POPULATION.weighing)
    np.testing.assert_array_equal(found.means, POPULATION.means)


@pytest.mark.parametrize(
    "config",
    [{}, [], CONFIG | {"weighing": {}}, CONFIG | {"same_person": "near"}, CONFIG | {"weighing": 3}],
)
def test_a_damaged_config(config: Any, tmp_path: Path) -> None:
    write_model(tmp_path, config)
    with pytest.raises(ModelError, match=f"{LABEL} cannot be read"):
        load_population(tmp_path)


@pytest.mark.parametrize("name", ["means", "person", "noise", "projection_shape"])
def test_tensors_of_another_shape(name: str, tmp_path: Path) -> None:
    write_model(tmp_path, CONFIG, **{name: np.zeros((3, 3))})
    with pytest.raises(ModelError, match=f"{LABEL} cannot be read"):
        load_population(tmp_path)
