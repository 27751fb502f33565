"""The questions and answers between the agent and its worker.

They are pickled into a pipe that only the worker inherits. An answer has room for numbers, short
texts and the features of a clip only, so no frame can leave the worker.
"""

from dataclasses import dataclass, field
from pathlib import Path

from companion.affect import FaceProfile, FaceReading, KeptFeatures, TrackMood
from companion.errors import CompanionError


@dataclass(frozen=True, slots=True)
class Look:
    """Open the camera or the video file, for so many seconds, and read the mood.

    Attributes:
        profile: what is known of the user's face, to which the reading is adapted.
    """

    source: int | Path
    seconds: float
    profile: FaceProfile | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """Read the mood of a clip: an encoded file, or its path."""

    audio: bytes | Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class TagFeatures:
    """Read the mood of a clip from its features, without its sound."""

    features: KeptFeatures


@dataclass(frozen=True, slots=True)
class Failure:
    """An unexpected error in the worker, with its traceback."""

    problem: str
    traceback: str


Question = Look | Tag | TagFeatures
Answer = FaceReading | TrackMood
Reply = Answer | CompanionError | Failure
