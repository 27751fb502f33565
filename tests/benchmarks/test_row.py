from __future__ import annotations

import time

import pytest
from benchmarks.row import Row, cpu_ms, wall_ms


@pytest.mark.parametrize(
    ("measured", "limit", "holds"),
    [(3.0, 4.0, True), (4.0, 4.0, True), (4.1, 4.0, False), (1e9, None, True)],
)
def test_whether_a_limit_holds(measured: float, limit: float | None, holds: bool) -> None:
    assert Row("a look", measured, "ms", limit).holds == holds


@pytest.mark.parametrize("take", [wall_ms, cpu_ms])
def test_a_call_is_warmed_up_and_repeated(take: object) -> None:
    calls = []
    assert callable(take)
    assert take(lambda: calls.append(1), 4) >= 0
    assert len(calls) == 5


def test_sleep_takes_time_but_no_cpu() -> None:
    assert wall_ms(lambda: time.sleep(0.01), 3) >= 9
    assert cpu_ms(lambda: time.sleep(0.01), 3) < 9
