"""Counts and waits: calls to Spotify, requests to clip providers, and when the next may come."""

import sqlite3
from datetime import UTC, datetime, timedelta

from companion.store.database import transaction

LONGEST_RETRY_AFTER = timedelta(days=2)
"""Spotify asks for a day at most; what lies further ahead was said by a clock that was wrong."""


def count_call(
    db: sqlite3.Connection, group: str, budget: int, window: timedelta, now: datetime
) -> datetime | None:
    """Count a call, unless the window's budget is used up.

    Returns:
        None where it was counted, else when the next call may be made.
    """
    with transaction(db):
        db.execute("DELETE FROM calls WHERE at <= ?", ((now - window).timestamp(),))
        # made just before the clock was set back
        db.execute("UPDATE calls SET at = ?1 WHERE at > ?1", (now.timestamp(),))
        if count_calls(db, group, window, now) < budget:
            db.execute("INSERT INTO calls VALUES (?, ?)", (group, now.timestamp()))
            return None
        oldest = db.execute("SELECT min(at) FROM calls WHERE api = ?", (group,)).fetchone()[0]
    return window + (now if oldest is None else datetime.fromtimestamp(oldest, UTC))


def count_calls(db: sqlite3.Connection, group: str, window: timedelta, now: datetime) -> int:
    """Count the calls of the group in the window before now."""
    since = (now - window).timestamp()
    query = "SELECT count(*) FROM calls WHERE api = ? AND at > ?"
    count: int = db.execute(query, (group, since)).fetchone()[0]
    return count


def drop_calls(db: sqlite3.Connection, before: datetime) -> None:
    """Forget the calls until then, and the waits that were over by then."""
    with transaction(db):
        db.execute("DELETE FROM calls WHERE at <= ?", (before.timestamp(),))
        db.execute("DELETE FROM waits WHERE until <= ?", (before.timestamp(),))


def save_wait(db: sqlite3.Connection, group: str, until: datetime) -> None:
    """Keep that Spotify wants no call of the group before then."""
    db.execute("INSERT OR REPLACE INTO waits VALUES (?, ?)", (group, until.timestamp()))


def read_wait(db: sqlite3.Connection, group: str, now: datetime) -> datetime | None:
    """Return until when Spotify wants no call of the group; None where it may be asked."""
    query = "SELECT until FROM waits WHERE api = ? AND until > ? AND until <= ?"
    span = (now.timestamp(), (now + LONGEST_RETRY_AFTER).timestamp())
    row = db.execute(query, (group, *span)).fetchone()
    return datetime.fromtimestamp(row["until"], UTC) if row else None


LONGEST_POSTPONEMENT = timedelta(minutes=15)  # a moment further away is a clock that was set back


def reserve_request(
    db: sqlite3.Connection, provider: str, gap: timedelta, now: datetime
) -> datetime:
    """Take the next free moment for a request; the one after it is a gap later."""
    with transaction(db):
        turn = max(now, _next_request(db, provider, now))
        _save_next_request(db, provider, turn + gap)
    return turn


def postpone_requests(
    db: sqlite3.Connection, provider: str, until: datetime, now: datetime
) -> None:
    """Let nobody ask the provider before then."""
    with transaction(db):
        _save_next_request(db, provider, max(until, _next_request(db, provider, now)))


def _next_request(db: sqlite3.Connection, provider: str, now: datetime) -> datetime:
    query = "SELECT next_at FROM clip_requests WHERE provider = ?"
    row = db.execute(query, (provider,)).fetchone()
    moment = datetime.fromtimestamp(row["next_at"], UTC) if row else now
    return moment if moment <= now + LONGEST_POSTPONEMENT else now


def _save_next_request(db: sqlite3.Connection, provider: str, moment: datetime) -> None:
    query = "INSERT OR REPLACE INTO clip_requests VALUES (?, ?)"
    db.execute(query, (provider, moment.timestamp()))
