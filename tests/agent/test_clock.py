from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from companion.agent.clock import JumpWatch, Moment, find_jump, system_clock

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
START = Moment(NOON, 1000.0, 5000.0)


def later(wall: float, awake: float, passed: float) -> Moment:
    """So many seconds after START, by each clock."""
    return Moment(NOON + timedelta(seconds=wall), 1000.0 + awake, 5000.0 + passed)


@pytest.mark.parametrize(
    ("wall", "awake", "passed"),
    [
        (2, 2, 2),
        (0, 0, 0),
        (59, 59, 59),  # a busy machine
        (2.5, 2, 2),  # a time server's correction
        (-7, 2, 2),
        (11, 2, 2),
    ],
)
def test_time_that_runs_on(wall: float, awake: float, passed: float) -> None:
    assert find_jump(START, later(wall, awake, passed)) is None


@pytest.mark.parametrize(
    ("wall", "awake", "passed", "words"),
    [
        (3600, 2, 3600, "slept for 3600 s"),
        (30, 2, 30, "slept for 30 s"),
        (3600, 3600, 3600, "slept for 3600 s"),  # where the clock runs on during sleep
        (70, 70, 70, "slept for 70 s"),  # or the process was stopped
        (-3600, 2, 3600, "slept for 3600 s"),  # and the clock was set as well
        (3602, 2, 2, "set by +3600 s"),
        (-86_398, 2, 2, "set by -86400 s"),
        (-9, 2, 2, "set by -11 s"),
    ],
)
def test_time_that_jumps(wall: float, awake: float, passed: float, words: str) -> None:
    jump = find_jump(START, later(wall, awake, passed))
    assert jump is not None
    assert words in jump


def test_a_jump_is_told_once() -> None:
    looks = [START, later(2, 2, 2), later(900, 4, 900), later(902, 6, 902)]
    watch = JumpWatch(lambda: looks.pop(0))
    assert [watch.check() is not None for _ in range(3)] == [False, True, False]


def test_the_machines_own_clocks_run_on() -> None:
    first, second = system_clock(), system_clock()
    assert first.wall.tzinfo is UTC
    assert find_jump(first, second) is None
    assert second.passed >= first.passed
    assert second.awake >= first.awake
