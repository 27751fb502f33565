"""Cameras and videos that tests can make behave or misbehave."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from companion.face.camera import Frame, Shot, Source
from companion.weights import models_folder, write_manifest

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


def models_with_reference(folder: Path, strength: float = 1.0) -> Path:
    """The program's models, of which the face's has a certain idea of neutral faces."""
    root = folder / "models"
    shutil.copytree(models_folder(), root)
    model = root / "face_mood"
    config = json.loads((model / "config.json").read_text("utf-8"))
    config["baseline"] = {"usual": np.log([0.86, *[0.02] * 7]).tolist(), "strength": strength}
    (model / "config.json").write_text(json.dumps(config), "utf-8")
    manifest = json.loads((model / "manifest.json").read_text("utf-8"))
    write_manifest(model, manifest["version"], list(manifest["files"]))
    return root
