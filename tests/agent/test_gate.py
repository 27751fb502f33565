from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from companion.agent.gate import StoreGate
from companion.errors import QuotaExceeded
from companion.spotify.gate import BUDGET, Clock, Gate, Group
from companion.store.database import migrations, open_database
from tests.spotify.fakes import TODAY, FakeTime
from tests.spotify.gate_contract import GateContract, refused_until


class TestStoreGate(GateContract):
    def make(self, now: Clock, budget: Mapping[Group, int] = BUDGET) -> Gate:
        db = sqlite3.connect(":memory:", isolation_level=None)
        db.row_factory = sqlite3.Row
        for script in migrations().values():
            db.executescript(script)
        return StoreGate(db, now, budget)


def test_the_budget_outlives_the_process(tmp_path: Path) -> None:
    budget = {Group.PLAYER: 2, Group.LIBRARY: 0}
    time = FakeTime()
    for _ in range(2):
        with open_database(tmp_path / "companion.db") as db:
            StoreGate(db, time.now, budget).before(Group.PLAYER)
    with open_database(tmp_path / "companion.db") as db, pytest.raises(QuotaExceeded):
        StoreGate(db, time.now, budget).before(Group.PLAYER)


def test_a_wait_outlives_the_process(tmp_path: Path) -> None:
    time = FakeTime()
    until = TODAY + timedelta(hours=20)
    with open_database(tmp_path / "companion.db") as db:
        StoreGate(db, time.now).after(Group.PLAYER, until)
    with open_database(tmp_path / "companion.db") as db:
        assert refused_until(StoreGate(db, time.now), Group.PLAYER) == until
