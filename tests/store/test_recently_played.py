from __future__ import annotations

import sqlite3
from datetime import timedelta

from companion.store.recently_played import KEPT, heard_since, save_heard
from tests.store.samples import NOON

HOUR = timedelta(hours=1)


def test_what_has_played_since(db: sqlite3.Connection) -> None:
    save_heard(db, "a", NOON)
    save_heard(db, "b", NOON + HOUR)
    assert heard_since(db, NOON) == {"a", "b"}
    assert heard_since(db, NOON + HOUR) == {"b"}
    save_heard(db, "a", NOON + 2 * HOUR)
    assert heard_since(db, NOON + HOUR) == {"a", "b"}


def test_what_is_too_old_goes(db: sqlite3.Connection) -> None:
    save_heard(db, "a", NOON)
    save_heard(db, "b", NOON + KEPT + HOUR)
    assert heard_since(db, NOON - HOUR) == {"b"}
