from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from companion.agent.quota import StoreQuota, calls_left, open_spotify
from companion.config.schema import Spotify
from companion.demo.simulator.server import Simulator
from companion.errors import QuotaExceeded
from companion.spotify.quota import BUDGET, WINDOW, Clock, Group, Quota, budget_of
from companion.store.database import open_database
from companion.store.usage import LONGEST_RETRY_AFTER
from tests.spotify.fakes import CLIENT_ID, TODAY, FakeTime, signed_in_keyring
from tests.spotify.quota_contract import QuotaContract, refused_until
from tests.store.samples import MEMORY


class TestStoreQuota(QuotaContract):
    def make(self, now: Clock, budget: Mapping[Group, int] = BUDGET) -> Quota:
        db = sqlite3.connect(":memory:", isolation_level=None)
        db.row_factory = sqlite3.Row
        with open_database(MEMORY) as fresh:
            fresh.backup(db)
        return StoreQuota(db, now, budget)


def test_the_budget_outlives_the_process(tmp_path: Path) -> None:
    budget = {Group.PLAYER: 2, Group.LIBRARY: 0}
    time = FakeTime()
    for _ in range(2):
        with open_database(tmp_path / "companion.db") as db:
            StoreQuota(db, time.now, budget).count_call(Group.PLAYER)
    with open_database(tmp_path / "companion.db") as db, pytest.raises(QuotaExceeded):
        StoreQuota(db, time.now, budget).count_call(Group.PLAYER)


def test_a_wait_outlives_the_process(tmp_path: Path) -> None:
    time = FakeTime()
    until = TODAY + timedelta(hours=20)
    with open_database(tmp_path / "companion.db") as db:
        StoreQuota(db, time.now).wait_until(Group.PLAYER, until)
    with open_database(tmp_path / "companion.db") as db:
        assert refused_until(StoreQuota(db, time.now), Group.PLAYER) == until


def test_a_clock_that_is_set_back_holds_calls_back_for_a_day_at_most(
    db: sqlite3.Connection,
) -> None:
    budget = {Group.PLAYER: 1, Group.LIBRARY: 1}
    wrong = TODAY + timedelta(days=400)
    StoreQuota(db, lambda: wrong, budget).count_call(Group.PLAYER)
    StoreQuota(db, lambda: wrong, budget).wait_until(Group.LIBRARY, wrong + timedelta(hours=20))
    time = FakeTime()
    quota = StoreQuota(db, time.now, budget)
    assert refused_until(quota, Group.PLAYER) == TODAY + WINDOW
    quota.count_call(Group.LIBRARY)
    time.advance(WINDOW.total_seconds())
    quota.count_call(Group.PLAYER)


def test_no_wait_is_longer_than_spotify_has_ever_asked_for(db: sqlite3.Connection) -> None:
    time = FakeTime()
    quota = StoreQuota(db, time.now)
    quota.wait_until(Group.PLAYER, TODAY + timedelta(days=9_000))
    assert refused_until(quota, Group.PLAYER) == TODAY + LONGEST_RETRY_AFTER


def test_what_is_left_of_the_budget(db: sqlite3.Connection) -> None:
    time, budget = FakeTime(), {Group.PLAYER: 2, Group.LIBRARY: 5}
    quota = StoreQuota(db, time.now, budget)
    quota.count_call(Group.PLAYER)
    quota.count_call(Group.PLAYER)
    quota.count_call(Group.LIBRARY)
    assert calls_left(db, budget, time.now()) == {Group.PLAYER: 0, Group.LIBRARY: 4}
    lowered = {Group.PLAYER: 1, Group.LIBRARY: 1}
    assert calls_left(db, lowered, time.now()) == {Group.PLAYER: 0, Group.LIBRARY: 0}
    assert calls_left(db, budget, time.now() + WINDOW) == budget


def test_the_budget_of_the_settings_holds(
    db: sqlite3.Connection, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "keyring.get_keyring", lambda: signed_in_keyring(sim.accounts.sign_in().refresh)
    )
    few = Spotify(CLIENT_ID, sim.url, sim.url, player_calls=2, library_calls=1)
    with open_spotify(db, few) as session:
        session.queue()
        session.queue()
        with pytest.raises(QuotaExceeded, match="player calls of one day are used up"):
            session.queue()
    assert sim.count("GET", "/v1/me/player/queue") == 2


def test_the_defaults_leave_a_day_and_a_library_room() -> None:
    assert budget_of(Spotify()) == BUDGET == {Group.PLAYER: 400, Group.LIBRARY: 150}
