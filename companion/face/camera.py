"""Frames of a look: from a webcam or a video file, into memory and nowhere else.

A webcam's driver may hang, so each call to it runs in a thread that can be left behind. It may
also give nothing now and then, or black frames until its exposure has begun: both are waited
for. A file is a webcam that plays at its own frame rate, without waiting.
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
from itertools import chain, takewhile
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
from companion.native_stderr import discard_native_stderr
from companion.paths import is_file
from companion.text import readable_path

Source = int | Path
Frame = NDArray[np.uint8]
Answer = TypeVar("Answer")

KEPT_FRAMES_PER_SECOND = 8.0
TIME_ROUNDING_SECONDS = 1e-6  # by which a sum of times may err
OPEN_DEADLINE_SECONDS = 8.0
FRAME_DEADLINE_SECONDS = 3.0  # for one call, and for a frame after those that gave none
CLOSE_DEADLINE_SECONDS = 2.0
EMPTY_READ_PAUSE_SECONDS = 0.02
STEADY_GREY_LEVELS = 2.0  # by which an exposure that has settled may still change
STEADY_CHANGES = 2  # in a row
WARM_UP_LIMIT_SECONDS = 1.5
DARK_GREY_LEVEL = 30.0  # of the mean of a frame: a room in which colours are gone
USUAL_FRAMES_PER_SECOND = 25.0  # of a file that does not say
HIGHEST_FRAMES_PER_SECOND = 240.0
# FFmpeg's containers of video. It would also take a text for a drawing of letters, and a
# playlist for leave to go to the network.
FORMATS = "mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,gif,h264,hevc,m4v"


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame, RGB uint8 (height, width, 3), and the seconds at which it was taken."""

    time: float
    frame: Frame


class Camera(Protocol):
    """A source of frames: OpenCV's, or a stand-in."""

    def read(self) -> Shot | None:
        """The next frame; None where there is none: a webcam may still give one later."""

    def close(self) -> None:
        """Let go of the device."""


Opener = Callable[[Source], Camera]
_seconds_open = 0.0


def seconds_open() -> float:
    """The seconds for which this process has held sources open so far, in sum."""
    return _seconds_open


def capture(source: Source, seconds: float | None, opener: Opener | None = None) -> Iterator[Frame]:
    """The frames of a look, about eight a second; otherwise as `shoot`."""
    with contextlib.closing(shoot(source, seconds, opener)) as shots:
        for shot in shots:
            yield shot.frame


def shoot(
    source: Source,
    seconds: float | None,
    opener: Opener | None = None,
    rate: float = KEPT_FRAMES_PER_SECOND,
) -> Generator[Shot]:
    """The frames of a source with their times, once the exposure has settled.

    A look that begins in the dark begins again when the light comes, within its seconds. The
    source is released when the iterator ends, fails or is closed.

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
        shots = _frames(read, source)
        look = _thin(shots, rate) if seconds is None else _lit_look(shots, seconds, rate)
        first = next(look, None)
        if first is None:
            raise _no_frame(source)
        yield first
        yield from look


def _frames(read: Callable[[], Shot | None], source: Source) -> Iterator[Shot]:
    """All frames; a webcam that gives none is asked again, until it has given none for long."""
    last = time.monotonic()
    while True:
        shot = read()
        if shot is not None and _is_picture(shot.frame):
            yield shot
            last = time.monotonic()
        elif isinstance(source, Path) or time.monotonic() - last >= FRAME_DEADLINE_SECONDS:
            return
        else:
            time.sleep(EMPTY_READ_PAUSE_SECONDS)


def _lit_look(shots: Iterator[Shot], seconds: float, rate: float) -> Iterator[Shot]:
    """The look of so many seconds, without the dark frames that the exposure began with.

    They are held back, and are the look where no light comes while it lasts.
    """
    held: list[Shot] = []
    for shot in _look(_settle(shots), seconds, rate):
        if not _is_dark(shot):
            break
        held.append(shot)
    else:
        yield from held
        return
    if held:
        yield from _look(_settle(chain([shot], shots)), seconds, rate)
    else:
        yield from _look(chain([shot], shots), seconds, rate)


def _look(shots: Iterator[Shot], seconds: float, rate: float) -> Iterator[Shot]:
    """The frames of the first seconds, thinned."""
    first = next(shots, None)
    if first is None:
        return
    end = first.time + seconds
    lasting = takewhile(lambda shot: shot.time < end, chain([first], shots))
    yield from _thin(lasting, rate)


def _thin(shots: Iterator[Shot], rate: float) -> Iterator[Shot]:
    """At most so many frames of a second."""
    due: float | None = None
    for shot in shots:
        due = shot.time if due is None else due
        if shot.time >= due - TIME_ROUNDING_SECONDS:
            due += 1 / rate
            yield shot


def _is_dark(shot: Shot) -> bool:
    return float(shot.frame.mean()) < DARK_GREY_LEVEL


def _settle(shots: Iterator[Shot]) -> Iterator[Shot]:
    """Drop frames until the mean brightness stays, for `WARM_UP_LIMIT_SECONDS` at most.

    Of a source that ends before, the last frame is left.
    """
    first = last = next(shots, None)
    if first is None or last is None:
        return
    level, steady = float(first.frame.mean()), 0
    for shot in shots:
        before, level, last = level, float(shot.frame.mean()), shot
        steady = steady + 1 if abs(level - before) <= STEADY_GREY_LEVELS else 0
        if steady >= STEADY_CHANGES or shot.time - first.time >= WARM_UP_LIMIT_SECONDS:
            break
    yield from chain([last], shots)


@contextlib.contextmanager
def _open(source: Source, opener: Opener) -> Iterator[Callable[[], Shot | None]]:
    """Open the source in its own thread; give what reads the next frame."""
    global _seconds_open  # noqa: PLW0603 - a meter of the process, as its CPU time is
    device = _DeviceThread()
    camera: Future[Camera] = Future()
    began = time.monotonic()

    def read() -> Shot | None:
        with discard_native_stderr():
            return _wait(device.ask(opened.read), FRAME_DEADLINE_SECONDS, source)

    try:
        with discard_native_stderr():  # in this thread, as a driver that hangs would keep it
            camera = device.ask(lambda: opener(source))
            opened = _wait(camera, OPEN_DEADLINE_SECONDS, source)
        yield read
    finally:
        # A camera that opens too late is closed then, by the thread that was left behind.
        closed = device.ask(lambda: camera.result().close())
        device.end()
        if camera.done():
            wait([closed], CLOSE_DEADLINE_SECONDS)
        _seconds_open += time.monotonic() - began


def _wait(answer: Future[Answer], deadline: float, source: Source) -> Answer:
    try:
        return answer.result(deadline)
    except TimeoutError:
        raise CameraBusy(f"{_name(source)} did not answer within {deadline:g} seconds.") from None


class _DeviceThread:
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
        with discard_native_stderr():
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
        with _openable(source) as name:
            video = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
    else:
        try:
            video = cv2.VideoCapture(source)
        except (cv2.error, OverflowError, TypeError):  # a number that no camera can have
            raise _not_open(source) from None
    if not video.isOpened():
        video.release()
        raise _not_open(source)
    return _OpenCV(video, video.get(cv2.CAP_PROP_FPS) if isinstance(source, Path) else None)


@contextlib.contextmanager
def _openable(file: Path) -> Iterator[str]:
    """A name by which OpenCV opens this file and nothing else.

    FFmpeg takes a relative name like `http:/song` for an address. OpenCV dies of names that
    are not UTF-8, so such a file goes by its descriptor.
    """
    name = str(file.absolute())
    if os.fsencode(name) == name.encode("utf-8", "replace"):
        yield name
    elif sys.platform == "win32":
        raise SourceUnreadable(
            f"The name of the file {readable_path(file)} is not Unicode.",
            "Give the file another name.",
        )
    else:
        with file.open("rb") as opened:
            yield f"/dev/fd/{opened.fileno()}"


class _OpenCV:
    """A camera of OpenCV, on the clock, or a file, on its frame rate."""

    def __init__(self, video: Any, rate: float | None) -> None:
        self._video = video
        self._count = 0
        self._rate = rate
        if rate is not None and not 0 < rate <= HIGHEST_FRAMES_PER_SECOND:
            self._rate = USUAL_FRAMES_PER_SECOND

    def read(self) -> Shot | None:
        import cv2

        try:
            there, frame = self._video.read()
        except cv2.error:
            there, frame = False, None
        picture = to_rgb(frame) if there else None
        if picture is None:
            return None
        now = time.monotonic() if self._rate is None else self._count / self._rate
        self._count += 1
        return Shot(now, picture)

    def close(self) -> None:
        self._video.release()


def _is_picture(frame: Frame) -> bool:
    return frame.dtype == np.uint8 and frame.shape[2:] == (3,) and frame.size > 0


def to_rgb(frame: object) -> Frame | None:
    """A frame of OpenCV, BGR, grey or with transparency, in 8 or 16 bits, as RGB in 8.

    Returns:
        uint8 (height, width, 3); None where it is no picture.
    """
    if not isinstance(frame, np.ndarray) or frame.ndim not in (2, 3) or not frame.size:
        return None
    if frame.dtype == np.uint16:
        frame = (frame >> 8).astype(np.uint8)
    if frame.dtype != np.uint8:
        return None
    planes = frame[..., None] if frame.ndim == 2 else frame  # noqa: PLR2004 - height and width
    if planes.shape[-1] == 1:
        return np.ascontiguousarray(np.repeat(planes, 3, axis=-1))
    if planes.shape[-1] not in (3, 4):
        return None
    return np.ascontiguousarray(planes[..., 2::-1])


def _check_file(file: Path) -> None:
    name = readable_path(file)
    if not os.path.exists(file):  # noqa: PTH110 - never raises
        raise SourceUnreadable(f"There is no file {name}.")
    if not is_file(file):
        raise SourceUnreadable(f"{name} is not a file.")
    if not os.access(file, os.R_OK):
        raise SourceUnreadable(f"The file {name} may not be read.")
    if not file.stat().st_size:
        raise SourceUnreadable(f"The file {name} is empty.")


def _not_open(source: Source) -> CameraError:
    if isinstance(source, Path):
        return SourceUnreadable(f"The file {readable_path(source)} is not a readable video.")
    node = Path(f"/dev/video{source}")
    if sys.platform == "linux" and node.exists():
        if not os.access(node, os.R_OK | os.W_OK):
            return CameraDenied(f"The system does not allow access to camera {source}.")
        return CameraBusy(f"Camera {source} is there but cannot be opened.")
    return CameraMissing(f"There is no camera {source}.")


def _no_frame(source: Source) -> CameraError:
    if isinstance(source, Path):
        name = readable_path(source)
        return SourceUnreadable(f"The file {name} has no frame that can be read.")
    return CameraBusy(f"Camera {source} opened but gave no picture.")


def _name(source: Source) -> str:
    return f"Camera {source}" if isinstance(source, int) else f"The file {readable_path(source)}"
