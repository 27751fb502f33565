"""The stand-in's time: real, or driven by the caller so that a day passes in seconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

DAY = 86_400.0  # seconds
START = datetime(2026, 10, 1, 8, 0, tzinfo=UTC).timestamp()


class Clock(Protocol):
    """Tells the time in seconds since 1970 (UTC)."""

    def now(self) -> float: ...


class RealClock:
    """The machine's own time."""

    def now(self) -> float:
        return time.time()


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
        if seconds < 0:
            raise ValueError(f"time does not run backwards: {seconds} s")
        self._now += seconds


def iso(seconds: float) -> str:
    """The time as Spotify writes it, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
