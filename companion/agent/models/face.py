"""Opens the face reader, for the worker and for the commands that look by themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from companion.affect import Baseline

if TYPE_CHECKING:
    from companion.face.read import FaceReader


def open_face_reader(baseline: Baseline | None = None) -> FaceReader:
    """Load the detector and the network; close the reader, or use it in a `with`.

    The user's resting face, if given, corrects the readings. MediaPipe is kept from looking for
    a microphone's library, which runs a compiler and a linker.

    Raises:
        ModelError: weights are missing or damaged.
        LibraryMissing: a system library is missing.
    """
    sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]  # an import of it fails
    from companion.face.read import FaceReader

    return FaceReader(baseline=baseline)
