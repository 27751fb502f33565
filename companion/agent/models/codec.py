"""What crosses the pipe between the agent and its worker: one JSON object a line.

A question is `Look` or `Tag`; an answer is a reading, a track's mood, or an error. An answer
has room for numbers and short texts only, so no frame can leave the worker.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from companion import errors
from companion.affect import (
    Abstention,
    Affect,
    Baseline,
    Emotion,
    FaceMood,
    FaceReading,
    PitchRange,
    Quadrant,
    TrackMood,
)
from companion.errors import CompanionError


@dataclass(frozen=True, slots=True)
class Look:
    """Open the camera or the video file, for so many seconds, and read the mood."""

    source: int | Path
    seconds: float
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """Read the mood of a clip: an encoded file, or where it lies."""

    audio: bytes | Path = field(repr=False)


Question = Look | Tag
Answer = FaceReading | TrackMood


def pack_question(question: Question) -> bytes:
    """One line."""
    if isinstance(question, Look):
        from_file = isinstance(question.source, Path)
        source = {"file": str(question.source)} if from_file else {"camera": question.source}
        baseline = asdict(question.baseline) if question.baseline else None
        return _line({"look": source, "seconds": question.seconds, "baseline": baseline})
    if isinstance(question.audio, Path):
        return _line({"tag": {"file": str(question.audio)}})
    return _line({"tag": {"clip": base64.b64encode(question.audio).decode()}})


def unpack_question(line: bytes) -> Question:
    """The inverse of `pack_question`."""
    said = json.loads(line)
    if "look" in said:
        source = said["look"]
        baseline = said["baseline"]
        return Look(
            Path(source["file"]) if "file" in source else source["camera"],
            said["seconds"],
            Baseline(**(baseline | {"log_shares": tuple(baseline["log_shares"])}))
            if baseline
            else None,
        )
    clip = said["tag"]
    return Tag(Path(clip["file"]) if "file" in clip else base64.b64decode(clip["clip"]))


def pack_answer(answer: Answer | CompanionError) -> bytes:
    """One line."""
    if isinstance(answer, CompanionError):
        kind = type(answer).__name__
        return _line({"error": kind, "problem": str(answer), "remedy": answer.remedy})
    if isinstance(answer, FaceReading):
        return _line({"reading": asdict(answer)})
    return _line({"track": asdict(answer)})


def unpack_answer(line: bytes) -> Answer:
    """The inverse of `pack_answer`.

    Raises:
        CompanionError: the error that was packed.
    """
    said = json.loads(line)
    if "error" in said:
        raise getattr(errors, said["error"])(said["problem"], said["remedy"])
    if "reading" in said:
        return _reading(**said["reading"])
    return _track(**said["track"])


def _reading(mood: dict[str, Any] | None, abstention: str | None, detail: str) -> FaceReading:
    return FaceReading(
        None if mood is None else _face(**mood),
        None if abstention is None else Abstention(abstention),
        detail,
    )


def _face(probabilities: dict[str, float], affect: dict[str, float], **rest: Any) -> FaceMood:
    shares = {Emotion(name): share for name, share in probabilities.items()}
    return FaceMood(shares, Affect(**affect), **rest)


def _track(
    probabilities: dict[str, float],
    affect: dict[str, float],
    pitch: dict[str, float],
    **rest: Any,
) -> TrackMood:
    shares = {Quadrant(name): share for name, share in probabilities.items()}
    return TrackMood(shares, Affect(**affect), pitch=PitchRange(**pitch), **rest)


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True).encode() + b"\n"
