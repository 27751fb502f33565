"""What a look costs, warm and cold. The faces are drawn from the demo's moving portrait."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np

from benching.row import Row, cpu_ms, wall_ms
from companion.agent.wire import Look
from companion.agent.worker import Worker
from companion.demo.portrait import portrait_frames
from companion.face.camera import Frame, open_source
from companion.face.crop import cut
from companion.face.detect import Detector
from companion.face.model import load_face_model
from companion.face.read import FaceReader

FRAMES = 16
RATE = 8.0  # frames a second of the video
IMPORTS = "import companion.agent.work, companion.face.read, companion.face.camera, cv2, mediapipe"


def rows() -> list[Row]:
    """All of the part."""
    frames = portrait_frames()[:FRAMES]
    with tempfile.TemporaryDirectory() as folder:
        video = _write_video(Path(folder) / "look.mp4", frames)
        return [*_warm(frames, video), *_cold(video, Path(folder))]


def _warm(frames: Sequence[Frame], video: Path) -> Iterator[Row]:
    unit = "ms CPU a frame"
    with FaceReader() as reader:
        whole = cpu_ms(lambda: reader.read(frames)) / FRAMES
        yield Row("a warm look at 640x480: detector, crop, network", whole, unit, limit=12)
    model, mask = load_face_model(), np.ones(FRAMES, bool)
    with Detector() as detector:
        found = [detector.find(frame)[0] for frame in frames]
        yield Row(
            "  the detector alone",
            cpu_ms(lambda: [detector.find(frame) for frame in frames]) / FRAMES,
            unit,
        )
    crops = np.stack([cut(frame, face) for frame, face in zip(frames, found, strict=True)])
    cutting = cpu_ms(lambda: [cut(*pair) for pair in zip(frames, found, strict=True)])
    yield Row("  the crop alone", cutting / FRAMES, unit)
    yield Row("  decoding the video's frames alone", cpu_ms(lambda: _decode(video)) / FRAMES, unit)
    network = wall_ms(lambda: model.probabilities(crops, mask), 21)
    yield Row("the network's pass over 16 frames", network, "ms", limit=40)
    busy = cpu_ms(lambda: model.probabilities(crops, mask), 21)
    yield Row("  the same in CPU time of all threads", busy, "ms CPU")


def _cold(video: Path, folder: Path) -> Iterator[Row]:
    unit = "s"
    yield Row("a cold worker: Python starts", _run_seconds("pass"), unit)
    yield Row("  Python starts and imports everything", _run_seconds(IMPORTS), unit)
    for cache in (
        "  its first answer, nothing compiled before",
        "  its first answer, compile cache warm",
    ):
        yield Row(cache, _first_answer(video, folder / "cache"), unit)


def _first_answer(video: Path, cache: Path) -> float:
    """Seconds from starting the worker process to its first reading."""
    worker = Worker(cache, lambda: timedelta(minutes=1))
    start = time.perf_counter()
    try:
        worker.look(Look(video, FRAMES / RATE))
        return time.perf_counter() - start
    finally:
        worker.stop()


def _run_seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words
    return time.perf_counter() - start


def _write_video(file: Path, frames: Sequence[Frame]) -> Path:
    height, width = frames[0].shape[:2]
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), RATE, (width, height))
    for frame in frames:
        video.write(frame[..., ::-1])
    video.release()
    return file


def _decode(video: Path) -> None:
    source = open_source(video)
    while source.read():
        pass
    source.close()
