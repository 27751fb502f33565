"""The simulator's time: real, or driven by the caller so that a day passes in seconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

DAY = 86_400.0  # seconds
START = datetime(2026, 10, 1, 8, 0, tzinfo=UTC).timestamp()


class Clock(Protocol):
    """Tells the time in seconds since 1970 (UTC), and can be put forward."""

    def now(self) -> float: ...

    def advance(self, seconds: float) -> None: ...


class RealClock:
    """The machine's own time, until it is put forward."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once.

        Raises:
            ValueError: the time is negative.
        """
        self._ahead += _forward(seconds)


class ManualClock:
    """Stands still until it is told to go on."""

    def __init__(self, start: float = START) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            ValueError: the time is negative.
        """
        self._now += _forward(seconds)


def _forward(seconds: float) -> float:
    if not seconds >= 0:
        raise ValueError(f"time does not run backwards: {seconds} s")
    return seconds


def iso(seconds: float) -> str:
    """The time as Spotify writes it, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
