from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from hypothesis import given

from companion.store.database import open_database
from companion.store.metadata import (
    LIBRARY_SYNCED_AT,
    drop_notices,
    read_time,
    save_notice,
    save_time,
)
from tests.store.samples import MEMORY, NOON, moments, texts


@given(texts, moments)
def test_a_time_comes_back_as_it_was_saved(name: str, at: datetime) -> None:
    with open_database(MEMORY) as db:
        save_time(db, name, at)
        assert read_time(db, name) == at


def test_what_was_never_kept(db: sqlite3.Connection) -> None:
    assert read_time(db, LIBRARY_SYNCED_AT) is None


def test_the_newest_holds_under_its_name_alone(db: sqlite3.Connection) -> None:
    save_time(db, "a", NOON)
    save_time(db, "b", NOON)
    save_time(db, "a", NOON + timedelta(days=1))
    assert read_time(db, "a") == NOON + timedelta(days=1)
    assert read_time(db, "b") == NOON


NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_a_word_is_new_once(db: sqlite3.Connection) -> None:
    assert save_notice(db, "login_needed", NOW) is True
    assert save_notice(db, "login_needed", NOW) is False
    assert save_notice(db, "camera_denied", NOW) is True


def test_after_a_drop_it_is_new_again(db: sqlite3.Connection) -> None:
    save_notice(db, "login_needed", NOW)
    drop_notices(db)
    assert save_notice(db, "login_needed", NOW) is True
