"""The tests that every quota must pass.

`MemoryQuota` is tested here, the store's in tests/agent/test_quota.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.errors import QuotaExceeded
from companion.spotify.quota import BUDGET, WINDOW, Clock, Group, Quota
from tests.spotify.fakes import TODAY, FakeTime


def refused_until(quota: Quota, group: Group) -> datetime | None:
    with pytest.raises(QuotaExceeded) as caught:
        quota.count_call(group)
    return caught.value.retry_at


class QuotaContract:
    """Inherit and say how a quota is made."""

    def make(self, now: Clock, budget: Mapping[Group, int] = BUDGET) -> Quota:
        raise NotImplementedError

    def test_the_budget_of_a_group_is_its_own(self) -> None:
        quota = self.make(FakeTime().now, {Group.PLAYER: 2, Group.LIBRARY: 1})
        quota.count_call(Group.PLAYER)
        quota.count_call(Group.PLAYER)
        assert refused_until(quota, Group.PLAYER) == TODAY + WINDOW
        quota.count_call(Group.LIBRARY)

    def test_a_call_is_forgotten_after_a_day(self) -> None:
        time = FakeTime()
        quota = self.make(time.now, {Group.PLAYER: 1, Group.LIBRARY: 0})
        quota.count_call(Group.PLAYER)
        time.advance(WINDOW.total_seconds() - 1)
        refused_until(quota, Group.PLAYER)
        time.advance(1)
        quota.count_call(Group.PLAYER)

    def test_waits_as_long_as_spotify_asks_group_by_group(self) -> None:
        time = FakeTime()
        quota = self.make(time.now)
        quota.wait_until(Group.PLAYER, TODAY + timedelta(hours=13))
        assert refused_until(quota, Group.PLAYER) == TODAY + timedelta(hours=13)
        quota.count_call(Group.LIBRARY)
        time.advance(13 * 3600)
        quota.count_call(Group.PLAYER)

    # Each quota that inherits this runs it.
    @settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
    @given(st.lists(st.floats(0, 90_000), max_size=60), st.integers(1, 5))
    def test_no_day_ever_holds_more_calls_than_the_budget(
        self, pauses: list[float], budget: int
    ) -> None:
        time = FakeTime()
        quota = self.make(time.now, {Group.PLAYER: budget, Group.LIBRARY: 0})
        passed: list[datetime] = []
        refused: list[tuple[datetime, datetime | None]] = []
        for pause in pauses:
            time.advance(pause)
            try:
                quota.count_call(Group.PLAYER)
                passed.append(time.now())
            except QuotaExceeded as error:
                refused.append((time.now(), error.retry_at))
        assert all(until is not None and until > at for at, until in refused)
        for first in passed:
            assert sum(first <= at < first + WINDOW for at in passed) <= budget
