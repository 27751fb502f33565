"""The questions and answers between the agent and its worker.

They are pickled into a pipe that only the worker inherits. An answer has room for numbers and
short texts only, so no frame can leave the worker.
"""

from dataclasses import dataclass, field
from pathlib import Path

from companion.affect import Baseline, FaceReading, TrackMood
from companion.errors import CompanionError


@dataclass(frozen=True, slots=True)
class Look:
    """Open the camera or the video file, for so many seconds, and read the mood."""

    source: int | Path
    seconds: float
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """Read the mood of a clip: an encoded file, or its path."""

    audio: bytes | Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """An unexpected error in the worker, with its traceback."""

    problem: str
    traceback: str


Question = Look | Tag
Answer = FaceReading | TrackMood
Reply = Answer | CompanionError | Failure
