"""When each clip provider may be asked next, by whichever process comes first."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from companion.store.database import transaction

LONGEST_WAIT = timedelta(minutes=15)  # a moment further away is a clock that was set back


def take_turn(db: sqlite3.Connection, provider: str, gap: timedelta, now: datetime) -> datetime:
    """Take the next free moment for a request; the one after it is a gap later."""
    with transaction(db):
        turn = max(now, _next(db, provider, now))
        _save(db, provider, turn + gap)
    return turn


def rest(db: sqlite3.Connection, provider: str, until: datetime, now: datetime) -> None:
    """Let nobody ask the provider before then."""
    with transaction(db):
        _save(db, provider, max(until, _next(db, provider, now)))


def _next(db: sqlite3.Connection, provider: str, now: datetime) -> datetime:
    query = "SELECT next_at FROM clip_requests WHERE provider = ?"
    row = db.execute(query, (provider,)).fetchone()
    moment = datetime.fromtimestamp(row["next_at"], UTC) if row else now
    return moment if moment <= now + LONGEST_WAIT else now


def _save(db: sqlite3.Connection, provider: str, moment: datetime) -> None:
    query = "INSERT OR REPLACE INTO clip_requests VALUES (?, ?)"
    db.execute(query, (provider, moment.timestamp()))
