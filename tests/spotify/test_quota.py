from __future__ import annotations

from collections.abc import Mapping

from companion.spotify.quota import BUDGET, Clock, Gate, Group, MemoryGate
from tests.spotify.gate_contract import GateContract


class TestMemoryGate(GateContract):
    def make(self, now: Clock, budget: Mapping[Group, int] = BUDGET) -> Gate:
        return MemoryGate(now, budget)


def test_every_group_has_a_budget() -> None:
    assert set(BUDGET) == set(Group)
