from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from companion.errors import ModelError
from companion.weights import (
    MANIFEST,
    flatten_tree,
    list_models,
    models_folder,
    open_model,
    unflatten_tree,
    write_manifest,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one small model in it."""
    folder = tmp_path / "small"
    folder.mkdir()
    save_file({"a/kernel": np.arange(6, dtype=np.float32)}, folder / "weights.safetensors")
    (folder / "network.json").write_text('{"layers": 2}', "utf-8")
    write_manifest(folder, "3", ["weights.safetensors", "network.json"])
    return tmp_path


def refusal(root: Path, name: str = "small") -> str:
    with pytest.raises(ModelError) as caught:
        open_model(name, root)
    assert caught.value.remedy == ModelError.remedy
    return str(caught.value)


def test_the_models_come_with_the_program() -> None:
    assert {"face_detector", "track_mood"} <= set(list_models())


@pytest.mark.parametrize("name", list_models())
def test_every_model_that_comes_along_is_whole(name: str) -> None:
    model = open_model(name)
    assert model.files
    assert model.folder == models_folder() / name
    assert model.label == f"{name}/{model.version}"


def test_a_whole_model_opens(root: Path) -> None:
    model = open_model("small", root)
    assert (model.name, model.version, model.label) == ("small", "3", "small/3")
    assert model.files == ("weights.safetensors", "network.json")
    assert model.read_json("network.json") == {"layers": 2}
    np.testing.assert_array_equal(model.read_tensors()["a/kernel"], np.arange(6, dtype=np.float32))


def test_the_manifest_holds_the_hashes(root: Path) -> None:
    manifest = json.loads((root / "small" / MANIFEST).read_text("utf-8"))
    content = (root / "small" / "network.json").read_bytes()
    assert manifest["files"]["network.json"] == hashlib.sha256(content).hexdigest()


def test_a_model_that_is_not_there(root: Path) -> None:
    assert refusal(root, "large").startswith("The model large is missing: no ")


def test_no_models_at_all(tmp_path: Path) -> None:
    assert list_models(tmp_path / "nowhere") == []
    assert "is missing" in refusal(tmp_path / "nowhere")


def test_a_folder_without_a_manifest(root: Path) -> None:
    (root / "small" / MANIFEST).unlink()
    assert "The model small is missing" in refusal(root)
    assert list_models(root) == []


def test_models_are_listed_by_name(root: Path) -> None:
    for name in ("zebra", "ant"):
        (root / name).mkdir()
        write_manifest(root / name, "1", [])
    (root / "no_model").mkdir()
    assert list_models(root) == ["ant", "small", "zebra"]


def test_a_missing_file(root: Path) -> None:
    (root / "small" / "network.json").unlink()
    assert refusal(root) == "The model small is incomplete: no network.json."


def test_a_folder_in_a_files_place(root: Path) -> None:
    (root / "small" / "network.json").unlink()
    (root / "small" / "network.json").mkdir()
    assert refusal(root) == "The model small is incomplete: no network.json."


@pytest.mark.parametrize("damage", ["flip", "cut", "grow", "empty"])
def test_a_damaged_file(root: Path, damage: str) -> None:
    file = root / "small" / "weights.safetensors"
    content = file.read_bytes()
    damaged = {
        "flip": content[:-1] + bytes([content[-1] ^ 1]),
        "cut": content[:-1],
        "grow": content + b"\0",
        "empty": b"",
    }
    file.write_bytes(damaged[damage])
    message = "The model small is damaged: weights.safetensors has another hash."
    assert refusal(root) == message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"weights", id="no JSON"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"1"', id="a text"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b'{"version": "1"}', id="no files"),
        pytest.param(b'{"files": {}}', id="no version"),
        pytest.param(b'{"version": "1", "files": 3}', id="a number for files"),
        pytest.param(b'{"version": "1", "files": null}', id="null for files"),
        pytest.param(b'{"version": "1", "files": ["weights.safetensors"]}', id="a list for files"),
    ],
)
def test_a_manifest_that_is_none(root: Path, content: bytes) -> None:
    (root / "small" / MANIFEST).write_bytes(content)
    message = refusal(root)
    assert message.startswith("The manifest of the model small cannot be read: ")
    assert message.endswith(".")
    assert "\n" not in message


def test_a_hash_that_is_none(root: Path) -> None:
    manifest = {"version": "1", "files": {"network.json": None}}
    (root / "small" / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    assert "network.json has another hash" in refusal(root)


def test_a_file_in_the_models_place(root: Path) -> None:
    (root / "file").write_text("no folder")
    assert "The m" in refusal(root, "file")


names = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1)
leaves = st.lists(st.integers(-9, 9), max_size=3).map(np.array)
trees = st.recursive(
    st.dictionaries(names, leaves, min_size=1, max_size=3),
    lambda inner: st.dictionaries(names, inner | leaves, min_size=1, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)  # the first one imports flax
@given(trees)
def test_flattening_can_be_undone(tree: dict[str, Any]) -> None:
    flat = flatten_tree(tree)
    assert not any(isinstance(value, dict) for value in flat.values())
    back = unflatten_tree(flat)
    assert paths(back) == paths(tree)
    assert all(np.array_equal(flatten_tree(back)[name], value) for name, value in flat.items())


def paths(tree: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the paths of the leaves, found without the code under test."""
    found: list[tuple[str, ...]] = []
    for key, value in tree.items():
        inner = paths(value) if isinstance(value, dict) else [()]
        found += [(key, *path) for path in inner]
    return sorted(found)


def test_flat_names_are_joined_by_a_slash() -> None:
    kernel, bias = np.zeros((2, 3)), np.ones(3)
    flat = flatten_tree({"dense": {"kernel": kernel, "bias": bias}, "scale": bias})
    assert list(flat) == ["dense/kernel", "dense/bias", "scale"]
    assert flat["dense/kernel"] is kernel
    assert flatten_tree({}) == {}
    assert unflatten_tree({}) == {}
