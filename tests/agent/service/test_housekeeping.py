from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.agent.service.housekeeping import clean_up, old_backups
from companion.playback import Initiative, PlayerSnapshot
from companion.store.face.readings import readings_since, save_reading
from companion.store.history.visits import Visit, save_visit
from companion.store.listening.plays import begin_play, plays_since
from companion.store.metadata import HOUSEKEPT_AT, read_time
from companion.store.usage import count_call, read_wait, save_wait
from tests.agent.fake_work import HAPPY
from tests.agent.listener import song

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
KEEP = 180 * DAY


def count(db: sqlite3.Connection, table: str) -> int:
    number: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    return number


def test_what_is_old_goes(db: sqlite3.Connection, file: Path) -> None:
    assert HAPPY.mood
    for age in (0 * DAY, KEEP - DAY, KEEP + DAY, 3 * KEEP):
        save_visit(db, Visit(NOW - age, "no_face", "", camera=True))
        save_reading(db, HAPPY.mood, "face_mood/1", NOW - age)
        begin_play(db, PlayerSnapshot(song("1")), Initiative.USER, NOW - age)
    clean_up(db, file, KEEP, NOW)
    assert count(db, "visits") == 2
    assert len(readings_since(db, NOW - 10 * KEEP)) == 2
    assert [NOW - play.started_at for play in plays_since(db, NOW - 10 * KEEP)] == [
        KEEP - DAY,
        0 * DAY,
    ]
    assert read_time(db, HOUSEKEPT_AT) == NOW


def test_old_calls_and_waits_go(db: sqlite3.Connection, file: Path) -> None:
    for hours in (100, 25, 23, 1):
        count_call(db, "player", 99, 1000 * DAY, NOW - timedelta(hours=hours))
    save_wait(db, "player", NOW + DAY)
    save_wait(db, "library", NOW - 2 * DAY)
    clean_up(db, file, KEEP, NOW)
    assert count(db, "calls") == 2
    assert count(db, "waits") == 1
    assert read_wait(db, "player", NOW) is not None


@pytest.mark.parametrize(
    ("name", "days", "goes"),
    [
        ("companion.db.before-0002", 31, True),
        ("companion.db.before-0002", 29, False),
        ("companion.db.damaged-20260101-000000", 31, True),
        ("companion.db.damaged-20260101-000000-wal", 31, True),
        ("companion.db.mine", 400, False),
        ("other.db.before-0002", 400, False),
    ],
)
def test_old_backups_go(
    name: str, days: float, goes: bool, db: sqlite3.Connection, file: Path
) -> None:
    copy = file.with_name(name)
    copy.write_text("rows")
    written = (NOW - days * DAY).timestamp()
    os.utime(copy, (written, written))
    assert bool(old_backups(file, NOW - 30 * DAY)) is goes
    clean_up(db, file, KEEP, NOW)
    assert copy.exists() is not goes
    assert file.exists()


def test_space_is_given_back(db: sqlite3.Connection, file: Path) -> None:
    for minutes in range(5000):
        ago = 2 * KEEP + timedelta(minutes=minutes)
        save_visit(db, Visit(NOW - ago, "no_face", "x" * 100, camera=True))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = file.stat().st_size
    clean_up(db, file, KEEP, NOW)
    assert file.stat().st_size < before / 2
    assert file.with_name(f"{file.name}-wal").stat().st_size == 0
