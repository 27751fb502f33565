"""The faces of a frame, found by MediaPipe's FaceDetector with BlazeFace short range.

V. Bazarevsky et al., "BlazeFace: sub-millisecond neural face detection on mobile GPUs",
CVPR workshop on computer vision for AR/VR, 2019.
"""

from __future__ import annotations

import logging
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from companion.errors import LibraryMissing
from companion.face.camera import Frame
from companion.native_stderr import discard_native_stderr
from companion.weights import open_model

NAME = "face_detector"
FILE = "face_detection_short_range.tflite"
LEAST_SCORE = 0.5
FIRST_SIDE_PIXELS = 64  # of the empty frame that the detector starts on
LARGEST_SIDE_PIXELS = 16_384  # at twice as many, OpenCV inside MediaPipe ends the process

Point = tuple[float, float]

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a frame, in pixels from the top left corner.

    Attributes:
        width: of its box.
        right_eye, left_eye: (x, y); the person's right eye is the left one in the picture.
        score: how sure the detector is, in [0.5, 1].
    """

    width: float
    right_eye: Point
    left_eye: Point
    score: float


class Detector:
    """Finds faces. Close it, or use it in a `with`.

    Raises:
        ModelError: the model file is missing or damaged.
        LibraryMissing: MediaPipe lacks a system library.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._file = open_model(NAME, root).folder / FILE
        self._open()
        self.find(np.zeros((FIRST_SIDE_PIXELS, FIRST_SIDE_PIXELS, 3), np.uint8))

    def find(self, frame: Frame) -> list[Face]:
        """The faces of an RGB uint8 frame (height, width, 3), the widest first.

        A frame of another kind has none.
        """
        if not _is_picture(frame):
            return []
        height, width = frame.shape[:2]
        try:
            found = [_face(one, width, height) for one in self._detect(frame)]
        except (RuntimeError, ValueError):
            # MediaPipe refuses all frames after one that it could not take.
            _logger.exception("the face detector failed at a frame of %d x %d", width, height)
            self.close()
            self._open()
            return []
        return sorted(found, key=lambda face: face.width, reverse=True)

    def _open(self) -> None:
        with discard_native_stderr():
            self._task = _start(self._file)
        # MediaPipe's own tidying prints a traceback when the interpreter ends first.
        self._finish = weakref.finalize(self, _stop, self._task)

    def _detect(self, frame: Frame) -> list[Any]:
        import mediapipe

        image = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(frame)
        )
        with discard_native_stderr():  # it tells of memory that is not aligned
            return list(self._task.detect(image).detections)

    def close(self) -> None:
        """Let go of the model; once more does no harm."""
        self._finish()

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _start(file: Path) -> Any:
    try:
        from mediapipe.tasks.python import BaseOptions
        from mediapipe.tasks.python.vision import FaceDetector, FaceDetectorOptions

        options = FaceDetectorOptions(
            base_options=BaseOptions(model_asset_path=str(file)),
            min_detection_confidence=LEAST_SCORE,
        )
        return FaceDetector.create_from_options(options)
    except (ImportError, OSError) as error:
        raise LibraryMissing(
            f"MediaPipe cannot start, a library is missing: {error}.",
            "On Debian and Ubuntu: apt install libegl1 libgles2.",
        ) from error


def _stop(task: Any) -> None:
    with discard_native_stderr():
        try:
            task.close()
        except RuntimeError:
            # One that has failed cannot be closed. Its `__del__` would try again, and where the
            # garbage collector calls that in MediaPipe's own thread, wait for itself for ever.
            task._handle = None  # noqa: SLF001
            task._lib.close()  # noqa: SLF001


def _is_picture(frame: Frame) -> bool:
    is_rgb = frame.dtype == np.uint8 and frame.shape[2:] == (3,)
    return is_rgb and min(frame.shape) > 0 and max(frame.shape) <= LARGEST_SIDE_PIXELS


def _face(detection: Any, width: int, height: int) -> Face:
    right, left = ((point.x * width, point.y * height) for point in detection.keypoints[:2])
    return Face(detection.bounding_box.width, right, left, detection.categories[0].score)
