from __future__ import annotations

import os
import re
import sys
import tomllib
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from companion.config.schema import Camera, Config
from companion.doctor import machine
from companion.doctor.check import Level, Subject
from companion.doctor.machine import (
    check_camera,
    check_clock,
    check_libraries,
    check_packages,
    check_python,
)
from companion.errors import CameraMissing
from companion.face import camera
from companion.store.database import open_database
from companion.store.history.visits import Visit, save_visit
from companion.store.metadata import LIBRARY_SYNCED_AT, save_time
from tests.doctor.conftest import NOW
from tests.face.fakes import FakeCamera, grey
from tests.locations import PROJECT

linux = pytest.mark.skipif(sys.platform != "linux", reason="devices are files on Linux only")


def test_python(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_python(subject).level is Level.OK
    monkeypatch.setattr(machine, "LEAST_PYTHON", (99, 0))
    assert check_python(subject).level is Level.FAIL


def test_packages(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_packages(subject).level is Level.OK
    monkeypatch.setattr(machine, "PACKAGES", ("numpy", "no_such_package"))
    found = check_packages(subject)
    assert (found.level, found.text) == (Level.FAIL, "missing: no_such_package")


@linux
def test_every_package_that_the_project_needs_is_looked_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    needed = {re.split(r"[^\w-]", one)[0] for one in project["project"]["dependencies"]}
    assert needed <= set(machine.PACKAGES)


@linux
def test_libraries(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LINUX_LIBRARIES", {"libc.so.6": "libc6"})
    assert check_libraries(subject).level is Level.OK
    monkeypatch.setattr(machine, "LINUX_LIBRARIES", {"libc.so.6": "libc6", "libno.so.1": "libno1"})
    found = check_libraries(subject)
    assert (found.level, found.text) == (Level.FAIL, "missing: libno.so.1")
    assert found.remedy.endswith("apt install libno1.")


def test_other_systems_need_no_libraries(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(machine, "LINUX_LIBRARIES", {"libno.so.1": "libno1"})
    assert check_libraries(subject).level is Level.OK


class TestCamera:
    @pytest.fixture
    def devices(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "dev"
        folder.mkdir()
        monkeypatch.setattr(machine, "DEVICES", folder)
        return folder

    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[FakeCamera]:
        """The cameras that were opened; the next one shows grey 100."""
        cameras: list[FakeCamera] = []

        def open_source(_: object) -> FakeCamera:
            cameras.append(FakeCamera([grey(self.light)] * 90))
            return cameras[-1]

        monkeypatch.setattr(camera, "open_source", open_source)
        return cameras

    light = 100

    @linux
    def test_a_camera_that_is_there_is_not_opened(
        self, subject: Subject, devices: Path, opened: list[FakeCamera]
    ) -> None:
        (devices / "video0").touch()
        found = check_camera(subject)
        assert found.level is Level.OK
        assert "not opened" in found.text
        assert opened == []

    @linux
    @pytest.mark.parametrize(
        ("others", "words"),
        [([], "there is no camera 0"), (["video12", "video2"], "no camera 0; there is 2, 12")],
    )
    def test_none_there(
        self, others: list[str], words: str, subject: Subject, devices: Path
    ) -> None:
        for name in others:
            (devices / name).touch()
        found = check_camera(subject)
        assert found.level is Level.WARN
        assert found.text.endswith(words)

    @linux
    def test_no_right_to_it(
        self, subject: Subject, devices: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (devices / "video0").touch()
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert check_camera(subject).level is Level.FAIL

    def test_elsewhere_it_is_not_looked_for(
        self, subject: Subject, devices: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "platform", "win32")
        assert check_camera(subject).level is Level.OK

    def test_asked_for_it_is_opened_for_a_frame_and_closed(
        self, subject: Subject, opened: list[FakeCamera]
    ) -> None:
        found = check_camera(replace(subject, camera_use=nullcontext))
        assert found.text == "camera 0 gave a frame of 64 x 48, brightness 100 of 255"
        assert found.level is Level.OK
        assert [one.closed.is_set() for one in opened] == [True]

    def test_too_dark(self, subject: Subject, opened: list[FakeCamera]) -> None:
        self.light = 12
        found = check_camera(replace(subject, camera_use=nullcontext))
        assert found.level is Level.WARN
        assert "too dark" in found.text

    def test_one_that_gives_nothing(
        self, subject: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: object) -> None:
            raise CameraMissing("There is no camera 0.")

        monkeypatch.setattr(camera, "open_source", fail)
        with pytest.raises(CameraMissing):
            check_camera(replace(subject, camera_use=nullcontext))

    def test_one_that_the_settings_keep_shut(
        self, subject: Subject, opened: list[FakeCamera]
    ) -> None:
        shut = Config(camera=Camera(enabled=False))
        found = check_camera(replace(subject, config=shut, camera_use=nullcontext))
        assert found.level is Level.OK
        assert "camera.enabled" in found.text
        assert opened == []


class TestClock:
    def test_now(self, subject: Subject) -> None:
        assert check_clock(subject).level is Level.OK

    def test_before_the_program_was_installed(self, subject: Subject) -> None:
        assert check_clock(replace(subject, now=NOW.replace(year=1970))).level is Level.WARN

    def test_a_zone_that_nobody_knows(
        self, subject: Subject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TZ", "Nonsense/Zone")
        found = check_clock(subject)
        assert found.level is Level.WARN
        assert "Nonsense/Zone" in found.text

    @pytest.mark.parametrize(
        ("ahead", "level"), [(timedelta(minutes=4), Level.OK), (timedelta(minutes=6), Level.WARN)]
    )
    def test_before_the_last_visit(self, ahead: timedelta, level: Level, subject: Subject) -> None:
        subject.paths.make()
        with open_database(subject.paths.database) as db:
            save_time(db, LIBRARY_SYNCED_AT, NOW - timedelta(days=1))
            save_visit(db, Visit(NOW + ahead, "queued", "", camera=True))
        assert check_clock(subject).level is level

    def test_before_the_last_sync(self, subject: Subject) -> None:
        subject.paths.make()
        with open_database(subject.paths.database) as db:
            save_time(db, LIBRARY_SYNCED_AT, NOW + timedelta(days=1))
        assert check_clock(subject).level is Level.WARN
