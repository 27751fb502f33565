from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from companion.errors import LibraryMissing, ModelError
from companion.face.detect import FILE, NAME, Detector
from companion.weights import models_folder
from tests.face.portrait import beside, head, moved, portrait


@pytest.fixture(scope="module")
def detector() -> Iterator[Detector]:
    with Detector() as one:
        yield one


def test_finds_the_eyes(detector: Detector) -> None:
    (face,) = detector.find(portrait())
    assert math.dist(face.right_eye, (206, 112)) < 12
    assert math.dist(face.left_eye, (249, 112)) < 12
    assert 60 < face.width < 160
    assert 0.5 <= face.score <= 1


def test_finds_nobody_in_noise(detector: Detector) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    assert detector.find(noise) == []


def test_the_widest_comes_first(detector: Detector) -> None:
    faces = detector.find(beside(moved(head(), zoom=0.7), head()))
    assert len(faces) == 2
    assert faces[0].width > faces[1].width
    assert faces[0].right_eye[0] > head().shape[1] > faces[1].left_eye[0]


def test_takes_frames_that_are_views(detector: Detector) -> None:
    mirrored = portrait()[:, ::-1]
    (face,) = detector.find(mirrored)
    assert face.right_eye[0] < face.left_eye[0]


def test_says_nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with Detector() as one:
        one.find(portrait())
    one.close()
    assert capfd.readouterr().err == ""


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    shutil.copytree(models_folder() / NAME, tmp_path / NAME)
    (tmp_path / NAME / FILE).write_bytes(b"damaged")
    with pytest.raises(ModelError, match="damaged"):
        Detector(tmp_path)


def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from mediapipe.tasks.python import vision

    def fail(*_: object) -> None:
        raise OSError("libGLESv2.so.2: cannot open shared object file")

    monkeypatch.setattr(vision.FaceDetector, "create_from_options", fail)
    with pytest.raises(LibraryMissing, match=r"libGLESv2\.so\.2") as raised:
        Detector()
    assert "libegl1 libgles2" in raised.value.remedy
