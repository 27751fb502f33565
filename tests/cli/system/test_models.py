from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from companion import weights
from tests.cli.shell import Run

NAMES = ["face_adaptation", "face_detector", "face_mood", "musicnn", "track_mood"]


def manifests(folder: Path) -> list[Path]:
    return [folder / name / "manifest.json" for name in NAMES]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the models that a test may damage."""
    copy = shutil.copytree(weights.models_folder(), tmp_path / "models")
    monkeypatch.setattr(weights, "PACKAGE", tmp_path / "companion")
    return copy


def test_list_names_each_model(run: Run, models: Path) -> None:
    lines = run("models", "list").out.splitlines()
    assert [line.split()[0].partition("/")[0] for line in lines] == NAMES
    versions = [json.loads(file.read_text("utf-8"))["version"] for file in manifests(models)]
    assert [line.split()[0].partition("/")[2] for line in lines] == versions
    assert all(line.split()[1].startswith(str(models)) for line in lines)


@pytest.mark.parametrize("command", ["list", "verify"])
def test_json(command: str, run: Run, models: Path) -> None:
    data = run("models", command, "--json").data
    assert [one["name"] for one in data] == NAMES
    for one in data:
        assert set(one) == {"name", "version", "folder", "files"}
        assert all((models / one["name"] / file).is_file() for file in one["files"])


def test_verify_says_that_all_is_well(run: Run, models: Path) -> None:
    ended = run("models", "verify")
    assert ended.code == 0
    assert ended.out.startswith(f"{len(NAMES)} models, ")
    assert str(models) in ended.out


@pytest.mark.parametrize("name", NAMES)
def test_verify_finds_one_changed_byte(name: str, run: Run, models: Path) -> None:
    listed = json.loads((models / name / "manifest.json").read_text("utf-8"))["files"]
    file = max((models / name / one for one in listed), key=lambda file: file.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    ended = run("models", "verify")
    assert ended.code == 6
    assert ended.err.splitlines()[0] == (
        f"companion: The model {name} is damaged: {file.name} has another hash."
    )


def test_a_file_that_is_gone(run: Run, models: Path) -> None:
    (models / "face_mood" / "weights.safetensors").unlink()
    ended = run("models", "list")
    assert ended.code == 6
    assert "face_mood is incomplete: no weights.safetensors" in ended.err


def test_a_manifest_that_is_none(run: Run, models: Path) -> None:
    (models / "track_mood" / weights.MANIFEST).write_text("[")
    assert run("models", "verify", "--json").code == 6


@pytest.mark.parametrize("command", ["list", "verify"])
def test_no_models_at_all(command: str, run: Run, models: Path) -> None:
    shutil.rmtree(models)
    ended = run("models", command)
    assert ended.code == 6
    assert ended.err.startswith(f"companion: There are no models in {models}.")
