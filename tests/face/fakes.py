"""Cameras and videos that tests can make behave or misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from companion.face.camera import Frame, Shot, Source

RATE = 30.0


def grey(level: int, size: tuple[int, int] = (48, 64)) -> Frame:
    return np.full((*size, 3), level, np.uint8)


class FakeCamera:
    """Gives the frames at a rate; `before` is called with each frame's number."""

    def __init__(
        self,
        frames: Sequence[Frame],
        rate: float = RATE,
        before: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.frames = frames
        self.rate = rate
        self.before = before
        self.count = 0
        self.closed = threading.Event()

    def read(self) -> Shot | None:
        assert not self.closed.is_set(), "read after close"
        if self.count == len(self.frames):
            return None
        self.before(self.count)
        shot = Shot(self.count / self.rate, self.frames[self.count])
        self.count += 1
        return shot

    def close(self) -> None:
        self.closed.set()

    def open(self, _source: Source) -> FakeCamera:
        return self


def write_video(file: Path, frames: Sequence[Frame], rate: float = RATE) -> Path:
    height, width = frames[0].shape[:2]
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), rate, (width, height))
    for frame in frames:
        video.write(frame[..., ::-1])
    video.release()
    return file
