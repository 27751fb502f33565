from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from companion.demo.portrait import FRAMES, HEIGHT, WIDTH, move, portrait_frames
from companion.face.camera import Frame
from companion.face.detect import Detector


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return portrait_frames()


def test_two_seconds_of_a_webcam(frames: list[Frame]) -> None:
    assert len(frames) == FRAMES == 16
    assert {frame.shape for frame in frames} == {(HEIGHT, WIDTH, 3)} == {(480, 640, 3)}
    assert {frame.dtype for frame in frames} == {np.dtype(np.uint8)}


def test_the_portrait_moves(frames: list[Frame]) -> None:
    for before, after in pairwise(frames):
        assert np.abs(before.astype(int) - after).mean() > 1


def test_the_same_each_time(frames: list[Frame]) -> None:
    assert all(map(np.array_equal, frames, portrait_frames()))


def test_one_face_in_every_frame(frames: list[Frame]) -> None:
    with Detector() as detector:
        assert [len(detector.find(frame)) for frame in frames] == [1] * FRAMES


@pytest.mark.parametrize("shape", [(1, 1, 3), (480, 640, 3), (2000, 100, 3)])
def test_any_picture_can_be_moved(shape: tuple[int, int, int]) -> None:
    views = list(move(np.full(shape, 255, np.uint8), frames=3))
    assert [view.shape for view in views] == [(480, 640, 3)] * 3
    assert min(int(view.max()) for view in views) > 200
