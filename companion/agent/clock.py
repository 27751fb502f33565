"""The time, and its jumps: a machine sleeps, and a clock is set."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

TOLERANCE_SECONDS = 10.0  # by which two clocks may differ; time servers correct by less
LONGEST_CHECK_SECONDS = 60.0  # between two checks of the clock; they are due every few seconds


@dataclass(frozen=True, slots=True)
class Moment:
    """One check of the clocks.

    Attributes:
        wall: the time of day, in UTC.
        awake: seconds that ran while the machine was awake, where the system tells them apart.
        passed: seconds that passed, asleep or awake.
    """

    wall: datetime
    awake: float
    passed: float


Clock = Callable[[], Moment]


def system_clock() -> Moment:
    """The machine's clocks."""
    return Moment(datetime.now(UTC), time.monotonic(), _passed())


def _passed() -> float:
    """Linux has a clock of its own for it; macOS's CLOCK_MONOTONIC runs on during sleep."""
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def find_jump(before: Moment, after: Moment) -> str | None:
    """Describe a jump of time between two checks that should be seconds apart; None: none.

    Where a system's `awake` runs on during sleep, the gap itself tells of it.
    """
    awake = after.awake - before.awake
    passed = after.passed - before.passed
    wall = (after.wall - before.wall).total_seconds()
    if passed - awake > TOLERANCE_SECONDS or awake > LONGEST_CHECK_SECONDS:
        return f"the machine slept for {max(passed, awake):.0f} s"
    if abs(wall - passed) > TOLERANCE_SECONDS:
        return f"the clock was set by {wall - passed:+.0f} s"
    return None


class JumpWatch:
    """Tells of each jump once. Check it every few seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock()

    def check(self) -> str | None:
        """Describe a jump of time since the last check; None: it ran on."""
        now = self._clock()
        jump = find_jump(self._last, now)
        self._last = now
        return jump
