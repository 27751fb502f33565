from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from companion import weights
from companion.doctor.check import Level, Subject
from companion.doctor.storage import (
    MEGABYTE,
    check_config,
    check_database,
    check_disk,
    check_folders,
    check_models,
)
from companion.errors import ConfigError, ModelError, StoreError
from companion.store.database import open_database

Usage = namedtuple("Usage", "total used free")


def test_models(subject: Subject) -> None:
    found = check_models(subject)
    assert found.level is Level.OK
    assert "face_detector/1" in found.text


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the models, in the place of them."""
    folder = tmp_path / "models"
    shutil.copytree(weights.models_folder(), folder)
    monkeypatch.setattr(weights, "models_folder", lambda: folder)
    return folder


def test_a_damaged_model(subject: Subject, copied: Path) -> None:
    file = copied / "track_mood" / "weights.safetensors"
    *kept, last = file.read_bytes()
    file.write_bytes(bytes([*kept, last ^ 1]))
    with pytest.raises(ModelError, match="another hash"):
        check_models(subject)


def test_a_model_that_is_not_there(subject: Subject, copied: Path) -> None:
    shutil.rmtree(copied / "face_mood")
    with pytest.raises(ModelError, match="face_mood is missing"):
        check_models(subject)


def test_settings(subject: Subject) -> None:
    assert check_config(subject).text == f"no {subject.paths.config}: the defaults apply"
    subject.paths.config.write_text("[camera]\nindex = 1\n")
    assert check_config(subject).text == f"{subject.paths.config} is valid"
    subject.paths.config.write_text("[camera]\nindx = 1\n")
    with pytest.raises(ConfigError, match="did you mean index"):
        check_config(subject)


class TestFolders:
    def test_before_the_first_start(self, subject: Subject) -> None:
        assert check_folders(subject).level is Level.OK
        assert not subject.paths.state.exists()

    def test_made_by_the_program(self, subject: Subject) -> None:
        subject.paths.make()
        assert check_folders(subject).level is Level.OK

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
    @pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
    def test_open_to_others(self, mode: int, subject: Subject) -> None:
        subject.paths.make()
        subject.paths.state.chmod(mode)
        found = check_folders(subject)
        assert found.level is Level.WARN
        assert found.remedy == f"Make it private: chmod 700 {subject.paths.state}"

    @pytest.mark.parametrize("name", ["state", "cache", "runtime"])
    def test_a_file_in_its_place(self, name: str, subject: Subject) -> None:
        place: Path = getattr(subject.paths, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        found = check_folders(subject)
        assert found.level is Level.FAIL
        assert found.text == f"{place} is not a folder"

    @pytest.mark.parametrize("there", [True, False])
    def test_no_right_to_write(
        self, there: bool, subject: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if there:
            subject.paths.make()
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert check_folders(subject).level is Level.FAIL


@pytest.mark.parametrize(
    ("free", "level"), [(49, Level.FAIL), (50, Level.WARN), (499, Level.WARN), (500, Level.OK)]
)
def test_disk(free: int, level: Level, subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free * MEGABYTE))
    found = check_disk(subject)
    assert found.level is level
    assert found.text == f"{free} MB free at {subject.paths.state.parent}"


class TestDatabase:
    @pytest.fixture
    def file(self, subject: Subject) -> Path:
        subject.paths.make()
        with open_database(subject.paths.database):
            pass
        return subject.paths.database

    def test_before_the_first_start(self, subject: Subject) -> None:
        assert check_database(subject).text == "there is none yet"
        assert not subject.paths.state.exists()

    def test_whole(self, subject: Subject, file: Path) -> None:
        found = check_database(subject)
        assert found.level is Level.OK
        assert found.text.endswith("whole")

    @pytest.mark.parametrize(
        ("version", "level", "words"),
        [(0, Level.OK, "the next command upgrades it to"), (9999, Level.FAIL, "newer companion")],
    )
    def test_of_another_schema(
        self, version: int, level: Level, words: str, subject: Subject, file: Path
    ) -> None:
        with closing(sqlite3.connect(file)) as db:
            db.execute(f"PRAGMA user_version = {version}")
        found = check_database(subject)
        assert found.level is level
        assert words in found.text

    def test_damaged_inside(self, subject: Subject, file: Path) -> None:
        size = 4096
        content = bytearray(file.read_bytes())
        content[2 * size : 3 * size] = b"\xff" * size
        file.write_bytes(content)
        found = check_database(subject)
        assert found.level is Level.FAIL
        assert "damaged" in found.text

    def test_no_database_at_all(self, subject: Subject, file: Path) -> None:
        file.write_text("none" * 1000)
        with pytest.raises(StoreError):
            check_database(subject)
