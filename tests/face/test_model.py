from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import Emotion
from companion.errors import ModelError
from companion.face.model import LENGTHS, NAME, FaceModel, _program, load_face_model
from companion.face.network import SIDE, FaceNetwork
from companion.weights import models_folder, write_manifest

pytestmark = pytest.mark.slow

FILES = ["weights.safetensors", "config.json"]
PRIOR = dict.fromkeys(Emotion, 0.0)
SETTINGS: dict[str, Any] = {
    "temperature": 1,
    "threshold": 0.5,
    "spread": 0.2,
    "least_confidence": 0.4,
    "prior": PRIOR,
}


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return load_face_model()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(models_folder() / NAME, tmp_path / NAME)
    return tmp_path / NAME


def some_crops(time: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (time, SIDE, SIDE), dtype=np.uint8)


@settings(max_examples=20, deadline=None)
@given(time=st.integers(1, LENGTHS[-1]), seed=st.integers(0, 99))
def test_each_reading_is_a_distribution(model: FaceModel, time: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random(time) < 0.7
    shares = model.probabilities(some_crops(time, seed), mask)
    assert shares.shape == (time, len(Emotion))
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("time", [1, 2, 4, 5, 16, 17])
def test_padding_and_temperature_are_right(model: FaceModel, time: int) -> None:
    crops, mask = some_crops(time), np.ones(time, bool)
    logits = jax.jit(FaceNetwork().apply)(model.variables, crops[None], mask[None])
    calibrated = logits[0] / model.temperature
    np.testing.assert_allclose(model.logits(crops, mask), calibrated, atol=1e-3)
    wanted = jax.nn.softmax(calibrated + np.array(model.prior))
    np.testing.assert_allclose(model.probabilities(crops, mask), wanted, atol=1e-4)


def test_without_a_prior_all_emotions_are_as_frequent(model: FaceModel) -> None:
    crops, mask = some_crops(1), np.ones(1, bool)
    even = replace(model, prior=(0.0,) * len(Emotion)).probabilities(crops, mask)
    np.testing.assert_allclose(even, jax.nn.softmax(model.logits(crops, mask)), atol=1e-5)
    calm = replace(model, prior=(9.0, *[0.0] * 7)).probabilities(crops, mask)
    assert calm[0, 0] > even[0, 0]


def test_compiles_once_for_each_length(model: FaceModel) -> None:
    for time in range(1, 17):
        model.probabilities(some_crops(time), np.ones(time, bool))
    assert _program()._cache_size() <= len(LENGTHS)


def test_says_its_name_and_has_sensible_settings(model: FaceModel) -> None:
    assert model.label.startswith("face_mood/")
    assert 1 / len(Emotion) < model.least_confidence <= model.threshold < 1
    assert 0.2 < model.temperature < 5
    assert 0 < model.spread < 1
    assert max(model.prior) == model.prior[0]


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="face_mood is missing"):
        load_face_model(tmp_path)


def test_damaged_weights(copy: Path) -> None:
    weights = copy / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        load_face_model(copy.parent)


def write_config(folder: Path, config: Any) -> None:
    (folder / "config.json").write_text(json.dumps(config))
    write_manifest(folder, "9", FILES)


@pytest.mark.parametrize(
    "config",
    [
        {},
        SETTINGS | {"prior": None},
        SETTINGS | {"temperature": "hot"},
        SETTINGS | {"prior": {"neutral": 0.1}},
        {name: value for name, value in SETTINGS.items() if name != "spread"},
        {name: value for name, value in SETTINGS.items() if name != "least_confidence"},
        [],
        None,
    ],
)
def test_settings_of_another_kind(copy: Path, config: Any) -> None:
    write_config(copy, config)
    with pytest.raises(ModelError, match="settings"):
        load_face_model(copy.parent)


def test_weights_of_another_network(copy: Path) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "weights.safetensors")
    tensors["params/head/bias"] = np.zeros(9, np.float32)
    save_file(tensors, copy / "weights.safetensors")
    write_manifest(copy, "9", FILES)
    with pytest.raises(ModelError, match="another network"):
        load_face_model(copy.parent)
