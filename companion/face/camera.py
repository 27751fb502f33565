"""Frames of a look: from a webcam or a video file, into memory and nowhere else.

A webcam's driver may hang, so each call to it runs in a thread that can be left behind.
A file is a webcam that plays at its own frame rate, without waiting.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from companion.errors import (
    CameraBusy,
    CameraDenied,
    CameraError,
    CameraMissing,
    SourceUnreadable,
)
from companion.face.quiet import quiet

Source = int | Path
Frame = NDArray[np.uint8]
Answer = TypeVar("Answer")

KEPT_RATE = 8.0  # frames kept of each second
TICK = 1e-6  # seconds by which a sum of times may err
OPEN_DEADLINE = 8.0  # seconds
FRAME_DEADLINE = 3.0  # seconds
CLOSE_DEADLINE = 2.0  # seconds
STEADY = 2.0  # grey levels by which an exposure that has settled may still change
STEADY_FRAMES = 2  # changes in a row
WARM_UP_LIMIT = 1.5  # seconds
USUAL_RATE = 25.0  # frames per second of a file that does not say
HIGHEST_RATE = 240.0
# FFmpeg's containers of video. It would also take a text for a drawing of letters, and a
# playlist for leave to go to the network.
FORMATS = "mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,gif,h264,hevc,m4v"


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame, RGB uint8 (height, width, 3), and the seconds at which it was taken."""

    time: float
    frame: Frame


class Camera(Protocol):
    """What gives frames: OpenCV's, or a stand-in."""

    def read(self) -> Shot | None:
        """The next frame; None when there are no more."""

    def close(self) -> None:
        """Let go of the device."""


Opener = Callable[[Source], Camera]


def capture(source: Source, seconds: float | None, opener: Opener | None = None) -> Iterator[Frame]:
    """The frames of a look, about eight a second; otherwise as `shoot`."""
    with contextlib.closing(shoot(source, seconds, opener)) as shots:
        for shot in shots:
            yield shot.frame


def shoot(
    source: Source,
    seconds: float | None,
    opener: Opener | None = None,
    rate: float = KEPT_RATE,
) -> Generator[Shot]:
    """The frames of a source with their times, once the exposure has settled.

    The source is released when the iterator ends, fails or is closed.

    Args:
        source: a camera's index, or a video file.
        seconds: how long, counted from the first frame kept; None for a whole file.
        opener: opens the source; OpenCV where it is None.
        rate: how many frames of a second are kept at most.

    Raises:
        CameraMissing: there is no such camera.
        CameraDenied: the system forbids it.
        CameraBusy: it gives no frame, or none in time.
        SourceUnreadable: the file is missing or is no video.
    """
    with _open(source, opener or open_source) as read:
        shots = iter(read, None)
        if seconds is not None:
            shots = _settle(shots)
        first = next(shots, None)
        if first is None:
            raise _no_frame(source)
        end = np.inf if seconds is None else first.time + seconds
        due = first.time
        for shot in chain([first], shots):
            if shot.time >= end:
                break
            if shot.time >= due - TICK:
                due += 1 / rate
                yield shot


def _settle(shots: Iterator[Shot]) -> Iterator[Shot]:
    """Drop frames until the mean brightness stays, for at most `WARM_UP_LIMIT` seconds.

    Of a source that ends before, the last frame is left.
    """
    first = last = next(shots, None)
    if first is None or last is None:
        return
    level, calm = float(first.frame.mean()), 0
    for shot in shots:
        before, level, last = level, float(shot.frame.mean()), shot
        calm = calm + 1 if abs(level - before) <= STEADY else 0
        if calm >= STEADY_FRAMES or shot.time - first.time >= WARM_UP_LIMIT:
            break
    yield from chain([last], shots)


@contextlib.contextmanager
def _open(source: Source, opener: Opener) -> Iterator[Callable[[], Shot | None]]:
    """Open the source in its own thread; give what reads the next frame."""
    side = _Side()
    camera: Future[Camera] = side.ask(lambda: opener(source))
    try:
        opened = _wait(camera, OPEN_DEADLINE, source)
        yield lambda: _wait(side.ask(opened.read), FRAME_DEADLINE, source)
    finally:
        # A camera that opens too late is closed then, by the thread that was left behind.
        closed = side.ask(lambda: camera.result().close())
        side.end()
        if camera.done():
            wait([closed], CLOSE_DEADLINE)


def _wait(answer: Future[Answer], deadline: float, source: Source) -> Answer:
    try:
        return answer.result(deadline)
    except TimeoutError:
        raise CameraBusy(f"{_name(source)} did not answer within {deadline:g} seconds.") from None


class _Side:
    """A thread that makes one call after the other, and may be left hanging in one."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]
        self._calls = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True, name="camera").start()

    def ask(self, call: Callable[[], Answer]) -> Future[Answer]:
        answer: Future[Answer] = Future()
        self._calls.put((answer, call))
        return answer

    def end(self) -> None:
        self._calls.put(None)

    def _work(self) -> None:
        while (task := self._calls.get()) is not None:
            answer, call = task
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
                answer.set_exception(error)


def check_source(source: Source) -> None:
    """Find out beforehand that a file is no video. A camera is left alone.

    Raises:
        SourceUnreadable: the file is missing or is no video.
    """
    if isinstance(source, Path):
        open_source(source).close()


def open_source(source: Source) -> Camera:
    """Open a camera or a file with OpenCV.

    Raises:
        CameraMissing, CameraDenied, CameraBusy, SourceUnreadable: it cannot be opened.
    """
    import cv2

    if isinstance(source, Path):
        _check_file(source)
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = f"format_whitelist;{FORMATS}"
        with quiet():
            video = cv2.VideoCapture(str(source), cv2.CAP_FFMPEG)
    else:
        with quiet():
            video = cv2.VideoCapture(source)
    if not video.isOpened():
        video.release()
        raise _not_open(source)
    rate = video.get(cv2.CAP_PROP_FPS) if isinstance(source, Path) else None
    return _OpenCV(video, rate)


class _OpenCV:
    """A camera of OpenCV, on the clock, or a file, on its frame rate."""

    def __init__(self, video: Any, rate: float | None) -> None:
        self._video = video
        self._count = 0
        self._rate = rate
        if rate is not None and not 0 < rate <= HIGHEST_RATE:
            self._rate = USUAL_RATE

    def read(self) -> Shot | None:
        with quiet():
            there, frame = self._video.read()
        if not there:
            return None
        now = time.monotonic() if self._rate is None else self._count / self._rate
        self._count += 1
        return Shot(now, np.ascontiguousarray(frame[..., ::-1]))

    def close(self) -> None:
        self._video.release()


def _check_file(file: Path) -> None:
    if not file.exists():
        raise SourceUnreadable(f"There is no file {file}.")
    if not file.is_file():
        raise SourceUnreadable(f"{file} is not a file.")
    if not os.access(file, os.R_OK):
        raise SourceUnreadable(f"The file {file} may not be read.")
    if not file.stat().st_size:
        raise SourceUnreadable(f"The file {file} is empty.")


def _not_open(source: Source) -> CameraError:
    if isinstance(source, Path):
        return SourceUnreadable(f"The file {source} is no video that can be read.")
    node = Path(f"/dev/video{source}")
    if sys.platform == "linux" and node.exists():
        if not os.access(node, os.R_OK | os.W_OK):
            return CameraDenied(f"The system does not allow access to camera {source}.")
        return CameraBusy(f"Camera {source} is there but cannot be opened.")
    return CameraMissing(f"There is no camera {source}.")


def _no_frame(source: Source) -> CameraError:
    if isinstance(source, Path):
        return SourceUnreadable(f"The file {source} has no frame that can be read.")
    return CameraBusy(f"Camera {source} opened but gave no picture.")


def _name(source: Source) -> str:
    return f"Camera {source}" if isinstance(source, int) else f"The file {source}"
