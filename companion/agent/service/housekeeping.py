"""Throws away what is old, so that nothing grows for ever."""

import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from companion.spotify.quota import WINDOW
from companion.store.database import tidy
from companion.store.face.readings import drop_readings
from companion.store.history.visits import drop_camera_uses, drop_visits
from companion.store.listening.plays import drop_plays
from companion.store.metadata import HOUSEKEPT_AT, save_time
from companion.store.usage import drop_calls

BACKUPS_KEPT = timedelta(days=30)  # they hold what `forget` would wipe
_logger = logging.getLogger(__name__)


def clean_up(db: sqlite3.Connection, database: Path, keep: timedelta, now: datetime) -> None:
    """Drop old rows and old backups of the database, and give its unused space back.

    Args:
        db: the store.
        database: its file; the backups lie beside it.
        keep: how long visits, readings and plays are kept.
        now: the present time.
    """
    before = now - keep
    drops = (drop_visits, drop_readings, drop_camera_uses, drop_plays)
    dropped = sum(drop(db, before) for drop in drops)
    drop_calls(db, now - WINDOW)
    for copy in old_backups(database, now - BACKUPS_KEPT):
        copy.unlink(missing_ok=True)
        _logger.info("removed the old backup %s", copy.name)
    save_time(db, HOUSEKEPT_AT, now)
    tidy(db)
    _logger.info("housekeeping: %d old rows dropped", dropped)


def old_backups(database: Path, before: datetime) -> list[Path]:
    """The copies beside a database that were written before then."""
    return [
        copy
        for kind in ("before", "damaged")
        for copy in sorted(database.parent.glob(f"{database.name}.{kind}-*"))
        if datetime.fromtimestamp(copy.stat().st_mtime, UTC) < before
    ]
