"""A quota for tests: it lasts as long as the process."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from companion.errors import QuotaExceeded
from companion.spotify.quota import BUDGET, WINDOW, Clock, Group, utc_now


class MemoryQuota:
    """A quota that lasts as long as the process."""

    def __init__(self, now: Clock = utc_now, budget: Mapping[Group, int] = BUDGET) -> None:
        self._now = now
        self._budget = budget
        self._calls: dict[Group, deque[datetime]] = {group: deque() for group in Group}
        self._not_before: dict[Group, datetime] = {}

    def count_call(self, group: Group) -> None:
        now = self._now()
        if group in self._not_before and now < self._not_before[group]:
            raise QuotaExceeded("Spotify asked us to wait.", retry_at=self._not_before[group])
        calls = self._calls[group]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= self._budget[group]:
            oldest = calls[0] if calls else now
            raise QuotaExceeded(
                f"The {group} calls of one day are used up.", retry_at=oldest + WINDOW
            )
        calls.append(now)

    def wait_until(self, group: Group, retry_at: datetime) -> None:
        self._not_before[group] = retry_at
