from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.agent.service.test_agent import visits
from tests.agent.simulated import Life
from tests.faults.checks import queued_once, troubles

CASES = ["clock forward", "clock back", "clock summer"]
BERLIN = "Europe/Berlin"
SUMMER_ENDS = datetime(2026, 10, 25, 1, tzinfo=UTC)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", BERLIN)
        time.tzset()
        yield
    time.tzset()


def pace_holds(life: Life, before: int, minutes: float) -> None:
    made = len(visits(life)) - before
    assert 1 <= made <= minutes / life.config.agent.period_minutes + 1
    assert troubles(life) == ""
    queued_once(life)


@pytest.mark.parametrize("hours", [30, -30], ids=["forward", "back"])
def test_a_jump(life: Life, hours: int) -> None:
    life.start()
    life.live(minutes=30)
    before = len(visits(life))
    life.time.offset = timedelta(hours=hours).total_seconds()
    life.live(minutes=45)
    pace_holds(life, before, 45)


@pytest.mark.usefixtures("berlin")
def test_summer_time_ends(life: Life) -> None:
    start = SUMMER_ENDS - timedelta(minutes=30)
    life.time.offset = start.timestamp() - life.sim.clock.now()
    life.start()
    life.live(minutes=20)
    before = len(visits(life))
    local = life.time.wall.astimezone(ZoneInfo(BERLIN))
    life.live(minutes=60)
    assert life.time.wall.astimezone(ZoneInfo(BERLIN)).hour == local.hour  # the hour comes twice
    pace_holds(life, before, 60)
