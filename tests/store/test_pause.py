from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from companion.store.overrides import Pause, drop_pause, read_pause, save_pause

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_at_first_there_is_none(db: sqlite3.Connection) -> None:
    assert read_pause(db, NOW) is None
    assert drop_pause(db) is False


def test_a_pause_holds_until_its_end(db: sqlite3.Connection) -> None:
    pause = Pause(NOW, NOW + HOUR)
    save_pause(db, pause)
    assert read_pause(db, NOW) == pause
    assert read_pause(db, NOW + HOUR - timedelta(seconds=1)) == pause
    assert read_pause(db, NOW + HOUR) is None


def test_one_without_an_end_holds_until_it_is_dropped(db: sqlite3.Connection) -> None:
    save_pause(db, Pause(NOW, None))
    assert read_pause(db, NOW + 10_000 * HOUR) == Pause(NOW, None)
    assert drop_pause(db) is True
    assert read_pause(db, NOW) is None


def test_the_newest_replaces_the_one_before(db: sqlite3.Connection) -> None:
    save_pause(db, Pause(NOW, None))
    save_pause(db, Pause(NOW + HOUR, NOW + 2 * HOUR))
    assert read_pause(db, NOW + HOUR) == Pause(NOW + HOUR, NOW + 2 * HOUR)
    assert db.execute("SELECT count(*) FROM pause").fetchone()[0] == 1
