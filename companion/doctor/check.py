"""What a check says, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from companion.config.schema import Config
from companion.paths import Paths


class Level(StrEnum):
    """How bad it is: WARN works but wants a look, FAIL does not work."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one thing found; the remedy is "" where none is needed."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A finding with the name of what was looked at."""

    name: str
    level: Level
    finding: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The installation that is looked at.

    Attributes:
        config: the settings; the defaults where the file is broken.
        now: the present time, with its zone.
        try_camera: whether the camera may be opened for a frame.
    """

    paths: Paths
    config: Config
    now: datetime
    try_camera: bool = False


Look = Callable[[Subject], Finding]


def ok(text: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, text)


def warn(text: str, remedy: str) -> Finding:
    """It works, but wants a look."""
    return Finding(Level.WARN, text, remedy)


def fail(text: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(Level.FAIL, text, remedy)
