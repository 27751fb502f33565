"""The mood over time: a reading at each moment of a video, rather than one of a whole look."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from companion.affect import FaceReading
from companion.face.camera import Frame, Shot
from companion.face.detect import Face
from companion.face.read import FaceReader

RATE = 30.0  # frames a second that are worth following
WINDOW = 2  # frames of a reading: short, so that a mood is seen when it begins and when it ends


@dataclass(frozen=True, slots=True)
class Moment:
    """A reading and when it was.

    Attributes:
        time: of the last frame it is of, in seconds from the first frame of all.
        reading: what the frames say, or why they say nothing.
    """

    time: float
    reading: FaceReading


def follow(
    reader: FaceReader, shots: Iterable[Shot], window: int = WINDOW, every: int = 1
) -> Iterator[Moment]:
    """Readings of a window that slides over the frames; each frame is searched once.

    Args:
        reader: reads the windows.
        shots: the frames, in their order.
        window: of how many frames a reading is; the first ones are of fewer.
        every: after how many frames the next reading is due.
    """
    seen: deque[tuple[Frame, list[Face]]] = deque(maxlen=window)
    begin: float | None = None
    for count, shot in enumerate(shots, 1):
        begin = shot.time if begin is None else begin
        seen.append((shot.frame, reader.find(shot.frame)))
        if count % every == 0:
            frames, found = zip(*seen, strict=True)
            yield Moment(shot.time - begin, reader.read_found(frames, found))
