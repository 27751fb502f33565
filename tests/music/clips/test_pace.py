from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.music.clips.pace import Pace


class Clock:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_the_first_request_goes_at_once() -> None:
    clock = Clock()
    Pace(0.5, clock, clock.sleep).wait()
    assert clock.now == 100.0


def test_the_next_waits_for_the_rest_of_the_gap() -> None:
    clock = Clock()
    pace = Pace(0.5, clock, clock.sleep)
    pace.wait()
    clock.now += 0.2
    pace.wait()
    assert clock.now == pytest.approx(100.5)


def test_a_rest_holds_the_next_request() -> None:
    clock = Clock()
    pace = Pace(0.5, clock, clock.sleep)
    pace.rest(3)
    pace.wait()
    assert clock.now == pytest.approx(103)


@given(st.lists(st.floats(0, 2), min_size=1, max_size=30))
def test_requests_are_never_closer_than_the_gap(pauses: list[float]) -> None:
    clock = Clock()
    pace = Pace(0.3, clock, clock.sleep)
    times = []
    for pause in pauses:
        pace.wait()
        times.append(clock.now)
        clock.now += pause
    assert all(b - a > 0.3 - 1e-9 for a, b in pairwise(times))
