from __future__ import annotations

from collections.abc import Mapping

from companion.spotify.quota import BUDGET, Clock, Group, Quota
from tests.spotify.memory_quota import MemoryQuota
from tests.spotify.quota_contract import QuotaContract


class TestMemoryQuota(QuotaContract):
    def make(self, now: Clock, budget: Mapping[Group, int] = BUDGET) -> Quota:
        return MemoryQuota(now, budget)


def test_every_group_has_a_budget() -> None:
    assert set(BUDGET) == set(Group)
