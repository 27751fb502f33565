"""A line of the benchmark's tables, and how the time of a call is taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. Where there is a limit, lower is better.

    Attributes:
        what: the thing that was measured, in words.
        measured: the figure.
        unit: such as "ms", "ms CPU a frame", "times", "MB".
        limit: the largest figure allowed; None where it is only reported.
        beyond: the figure aimed at; None where none is set.
    """

    what: str
    measured: float
    unit: str
    limit: float | None = None
    beyond: float | None = None

    @property
    def holds(self) -> bool:
        """True where the limit is kept, or there is none."""
        return self.limit is None or self.measured <= self.limit


def wall_ms(call: Callable[[], object], repeats: int = 7) -> float:
    """The median wall time of a call in milliseconds; once unmeasured before, to be warm."""
    return _median_ms(time.perf_counter, call, repeats)


def cpu_ms(call: Callable[[], object], repeats: int = 7) -> float:
    """The same in CPU time of this process, over all of its threads."""
    return _median_ms(time.process_time, call, repeats)


def in_turns_ms(*calls: Callable[[], object], repeats: int = 9) -> list[float]:
    """The median CPU time of each call, taken in turns so that a busy machine slows all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(repeats + 1):
        for call, taken in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            if turn:  # the first is to be warm
                taken.append(time.process_time() - start)
    return [1000 * statistics.median(taken) for taken in times]


def _median_ms(clock: Callable[[], float], call: Callable[[], object], repeats: int) -> float:
    call()
    times = []
    for _ in range(repeats):
        start = clock()
        call()
        times.append(clock() - start)
    return 1000 * statistics.median(times)
