"""The types of a check: its subject, its finding, and the finding under its name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from companion.config.schema import Config
from companion.paths import Paths


class Level(StrEnum):
    """The severity: WARN works but needs attention, FAIL does not work."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; the remedy is "" where none is needed."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A finding with the name of the thing checked."""

    name: str
    level: Level
    finding: str
    remedy: str


CameraUse = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Subject:
    """The installation to check.

    Attributes:
        config: the settings; the defaults where the file is broken.
        now: the present time, with its zone.
        camera_use: the context in which to open the camera for a frame; None to leave it shut.
    """

    paths: Paths
    config: Config
    now: datetime
    camera_use: CameraUse | None = None


Checker = Callable[[Subject], Finding]


def ok(text: str) -> Finding:
    """Report that all is well."""
    return Finding(Level.OK, text)


def warn(text: str, remedy: str) -> Finding:
    """Report what works, but needs attention."""
    return Finding(Level.WARN, text, remedy)


def fail(text: str, remedy: str) -> Finding:
    """Report what does not work."""
    return Finding(Level.FAIL, text, remedy)
