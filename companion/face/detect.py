"""Where the faces of a frame are: MediaPipe's FaceDetector with BlazeFace short range.

V. Bazarevsky et al., "BlazeFace: sub-millisecond neural face detection on mobile GPUs",
CVPR workshop on computer vision for AR/VR, 2019.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from companion.errors import LibraryMissing
from companion.face.camera import Frame
from companion.face.quiet import quiet
from companion.weights import open_model

NAME = "face_detector"
FILE = "face_detection_short_range.tflite"
LEAST_SCORE = 0.5
FIRST_SIDE = 64  # pixels of the empty frame that the detector starts on

Point = tuple[float, float]


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
        model = open_model(NAME, root)
        with quiet():
            self._task = _start(model.folder / FILE)
            # MediaPipe's own tidying prints a traceback when the interpreter ends first.
            self._finish = weakref.finalize(self, _stop, self._task)
            self.find(np.zeros((FIRST_SIDE, FIRST_SIDE, 3), np.uint8))

    def find(self, frame: Frame) -> list[Face]:
        """The faces of an RGB frame (height, width, 3), the widest first."""
        import mediapipe

        image = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(frame)
        )
        height, width = frame.shape[:2]
        with quiet():  # it tells of memory that is not aligned
            detections = self._task.detect(image).detections
        found = [_face(one, width, height) for one in detections]
        return sorted(found, key=lambda face: face.width, reverse=True)

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
    with quiet():
        task.close()


def _face(detection: Any, width: int, height: int) -> Face:
    right, left = ((point.x * width, point.y * height) for point in detection.keypoints[:2])
    return Face(detection.bounding_box.width, right, left, detection.categories[0].score)
