from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from companion.store.metadata import drop_notices, save_notice

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_a_word_is_new_once(db: sqlite3.Connection) -> None:
    assert save_notice(db, "login_needed", NOW) is True
    assert save_notice(db, "login_needed", NOW) is False
    assert save_notice(db, "camera_denied", NOW) is True


def test_after_a_drop_it_is_new_again(db: sqlite3.Connection) -> None:
    save_notice(db, "login_needed", NOW)
    drop_notices(db)
    assert save_notice(db, "login_needed", NOW) is True
