"""The time between two requests, so that a provider is not crowded."""

import time
from collections.abc import Callable
from typing import Protocol


class Pacing(Protocol):
    """The wait before each request to a provider."""

    def wait(self) -> None:
        """Wait until the next request may go."""

    def rest(self, seconds: float) -> None:
        """Let no request pass for so long."""


class Pace:
    """Lets one request of this process pass every so often.

    Args:
        gap_s: the least time between two requests, in seconds.
        clock: a monotonic clock, in seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        gap_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_s, self._clock, self._sleep = gap_s, clock, sleep
        self._next = clock()

    def wait(self) -> None:
        remaining_s = self._next - self._clock()
        if remaining_s > 0:
            self._sleep(remaining_s)
        self._next = self._clock() + self._gap_s

    def rest(self, seconds: float) -> None:
        self._next = max(self._next, self._clock() + seconds)
