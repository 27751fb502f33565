"""The process that takes the live picture: a line of JSON on stdout for each frame.

It ends when its stdin or stdout is closed, and lets go of the camera then.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from companion.errors import CameraMissing, CompanionError
from companion.face.camera import DARK_GREY_LEVEL, Frame, Opener, Source, shoot
from companion.face.detect import Detector, Face

RATE = 8.0  # frames a second
WIDTH = 480  # pixels of the picture that is shown
QUALITY = 70  # of JPEG, in percent
EYES_AT = 0.4  # of the height of a face's box, from above


def describe_frame(frame: Frame, faces: Iterable[Face]) -> dict[str, Any]:
    """Give a frame as a JPEG in base64, its faces' boxes in shares of it, and its brightness."""
    import cv2

    height, width = frame.shape[:2]
    shown = cv2.resize(frame, (WIDTH, round(WIDTH * height / width)), interpolation=cv2.INTER_AREA)
    _, picture = cv2.imencode(
        ".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    return {
        "picture": base64.b64encode(picture.tobytes()).decode("ascii"),
        "brightness": float(frame.mean()),
        "dark": DARK_GREY_LEVEL,
        "faces": [_box(face, width, height) for face in faces],
    }


def _box(face: Face, width: int, height: int) -> dict[str, float]:
    x = (face.right_eye[0] + face.left_eye[0]) / 2
    y = (face.right_eye[1] + face.left_eye[1]) / 2
    return {
        "left": (x - face.width / 2) / width,
        "top": (y - EYES_AT * face.width) / height,
        "width": face.width / width,
        "height": face.width / height,
        "score": face.score,
    }


def look(source: Source, opener: Opener | None = None) -> Iterator[dict[str, Any]]:
    """Yield what each frame shows, or one problem."""
    try:
        with (
            Detector() as detector,
            contextlib.closing(shoot(source, None, opener, RATE)) as shots,
        ):
            for shot in shots:
                yield describe_frame(shot.frame, detector.find(shot.frame))
    except CompanionError as error:
        missing = isinstance(error, CameraMissing)
        yield {"problem": str(error), "remedy": error.remedy, "missing": missing}


def main(words: list[str]) -> None:
    """Look through the camera with this number until nobody listens any more."""
    sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]  # an import of it fails
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        for line in look(int(words[0])):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


def _end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)  # the camera's driver may hang


if __name__ == "__main__":
    main(sys.argv[1:])
