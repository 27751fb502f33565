from __future__ import annotations

import sqlite3
from datetime import timedelta

from companion.store.listening.snapshots import KEPT, played_since, save_played
from tests.store.samples import NOON

HOUR = timedelta(hours=1)


def test_what_has_played_since(db: sqlite3.Connection) -> None:
    save_played(db, "a", NOON)
    save_played(db, "b", NOON + HOUR)
    assert played_since(db, NOON) == {"a", "b"}
    assert played_since(db, NOON + HOUR) == {"b"}
    save_played(db, "a", NOON + 2 * HOUR)
    assert played_since(db, NOON + HOUR) == {"a", "b"}


def test_what_is_too_old_goes(db: sqlite3.Connection) -> None:
    save_played(db, "a", NOON)
    save_played(db, "b", NOON + KEPT + HOUR)
    assert played_since(db, NOON - HOUR) == {"b"}
