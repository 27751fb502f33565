"""Measure a look, warm and cold. The faces are drawn from the demo's moving portrait."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import psutil

from benchmarks.row import Row, cpu_ms, wall_ms
from companion.agent.models.messages import Look
from companion.agent.models.worker import Worker
from companion.demo.portrait import portrait_frames
from companion.face.camera import Frame, open_source
from companion.face.crop import cut
from companion.face.detect import Detector
from companion.face.model import load_face_model
from companion.face.read import FaceReader

FRAMES = 16
RATE = 8.0  # frames a second of the video
IMPORTS = (
    "import companion.agent.models.worker_process, "
    "companion.face.read, companion.face.camera, cv2, mediapipe"
)


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
    busy = cpu_ms(lambda: model.probabilities(crops, mask), 21)  # in one thread, as in the worker
    yield Row("the network's pass over 16 frames", busy, "ms CPU", limit=40)
    passing = wall_ms(lambda: model.probabilities(crops, mask), 21)
    yield Row("  the same on the clock, beside whatever else runs", passing, "ms")


def _cold(video: Path, folder: Path) -> Iterator[Row]:
    begin = "a cold worker: "
    yield from _both(f"{begin}Python starts", *_run("pass"))
    yield from _both(f"{begin}Python starts and imports everything", *_run(IMPORTS))
    for cache in ("nothing compiled before", "what was compiled is kept"):
        yield from _both(f"{begin}its first answer, {cache}", *_answer(video, folder / "cache"))


def _both(what: str, wall: float, cpu: float) -> Iterator[Row]:
    yield Row(what, wall, "s")
    yield Row("  the same in CPU time", cpu, "s CPU")


def _answer(video: Path, cache: Path) -> tuple[float, float]:
    """Seconds, and CPU seconds, from starting the worker process to its first reading."""
    worker = Worker(cache, lambda: timedelta(minutes=1))
    start = time.perf_counter()
    try:
        worker.look(Look(video, FRAMES / RATE))
        wall = time.perf_counter() - start
        spent = psutil.Process(worker.pid).cpu_times()
    finally:
        worker.stop()
    return wall, spent.user + spent.system


def _run(code: str) -> tuple[float, float]:
    """Seconds, and CPU seconds, of a Python process that runs the code."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words
    wall, after = time.perf_counter() - start, os.times()
    children = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    return wall, children


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
