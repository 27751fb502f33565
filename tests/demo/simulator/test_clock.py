from __future__ import annotations

import time

import pytest

from companion.demo.simulator.clock import START, ManualClock, RealClock, iso


def test_it_stands_still_until_told() -> None:
    clock = ManualClock()
    assert clock.now() == START
    clock.advance(90)
    assert clock.now() == START + 90


def test_it_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="backwards"):
        ManualClock().advance(-1)


def test_the_real_clock_tells_the_real_time() -> None:
    assert abs(RealClock().now() - time.time()) < 1


def test_times_are_written_as_spotify_writes_them() -> None:
    assert iso(0) == "1970-01-01T00:00:00Z"
    assert iso(START) == "2026-10-01T08:00:00Z"
