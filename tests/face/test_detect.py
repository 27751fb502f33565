from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from companion.errors import LibraryMissing, ModelError
from companion.face.detect import FILE, LARGEST_SIDE_PIXELS, NAME, Detector
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


@pytest.mark.parametrize(
    "odd",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((0, 64, 3), np.uint8),
        np.zeros((64, 0, 3), np.uint8),
        np.zeros((0,), np.uint8),
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((64, 64, 3), np.uint16),
        np.zeros((64, 64, 3)),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((1, LARGEST_SIDE_PIXELS, 3), np.uint8),
        np.zeros((1, 40_000, 3), np.uint8),
    ],
    ids=lambda odd: f"{odd.shape} {odd.dtype}",
)
def test_an_odd_frame_shows_nobody_and_the_next_is_read(
    detector: Detector, odd: np.ndarray
) -> None:
    assert detector.find(odd) == []
    assert len(detector.find(portrait())) == 1


@pytest.mark.parametrize("kind", [RuntimeError, ValueError])
def test_a_detector_that_fails_is_started_anew(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Detector() as one:

        def fail(_: object) -> None:
            raise kind("CalculatorGraph::Run() failed")

        monkeypatch.setattr(one._task, "detect", fail)
        assert one.find(portrait()) == []
        assert len(one.find(portrait())) == 1


def test_mediapipe_itself_is_started_anew(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("companion.face.detect._is_picture", lambda _: True)
    with Detector() as one:
        assert one.find(np.zeros((0, 10, 3), np.uint8)) == []
        assert len(one.find(portrait())) == 1
    assert "CalculatorGraph" not in capfd.readouterr().err


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
