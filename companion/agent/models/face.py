"""Opens the face reader, for the worker and for the commands that look by themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from companion.affect import FaceProfile

if TYPE_CHECKING:
    from companion.face.read import FaceReader


def open_face_reader(profile: FaceProfile | None = None) -> FaceReader:
    """Load the detector and the network; close the reader, or use it in a `with`.

    Readings are adapted to the user's face as far as the profile tells of it. MediaPipe is kept
    from looking for a microphone's library, which runs a compiler and a linker.

    Raises:
        ModelError: weights are missing or damaged.
        LibraryMissing: a system library is missing.
    """
    sys.modules.setdefault("sounddevice", None)  # type: ignore[arg-type]  # an import of it fails
    from companion.face.read import FaceReader

    return FaceReader(profile=profile)
