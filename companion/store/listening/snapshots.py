"""The player as it was seen: its last snapshot, and the tracks recently played."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta

from companion.playback import LastSnapshot, PlayerSnapshot
from companion.store.history.queue import track_from_json, track_to_json


def save_player_snapshot(db: sqlite3.Connection, last: LastSnapshot) -> None:
    """Keep a snapshot in place of the one before."""
    seen = last.snapshot
    track = json.dumps(track_to_json(seen.track), ensure_ascii=False) if seen.track else None
    silent = last.silent_since.timestamp() if last.silent_since else None
    row = (track, seen.is_playing, seen.position_ms, seen.duration_ms, seen.exact)
    watch = (last.next_at.timestamp(), last.unbroken_since.timestamp())
    db.execute(
        "INSERT OR REPLACE INTO player_snapshot VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (last.at.timestamp(), *row, last.played_ms, silent, *watch),
    )


def read_player_snapshot(db: sqlite3.Connection) -> LastSnapshot | None:
    """The snapshot that was kept; None before the first."""
    row = db.execute("SELECT * FROM player_snapshot").fetchone()
    if row is None:
        return None
    track = track_from_json(json.loads(row["track"])) if row["track"] else None
    silent = row["silent_since"]
    return LastSnapshot(
        PlayerSnapshot(
            track,
            bool(row["is_playing"]),
            row["position_ms"],
            row["duration_ms"],
            row["exact"] == 1,
        ),
        datetime.fromtimestamp(row["at"], UTC),
        row["played_ms"],
        None if silent is None else datetime.fromtimestamp(silent, UTC),
        datetime.fromtimestamp(row["next_at"], UTC),
        datetime.fromtimestamp(row["unbroken_since"], UTC),
    )


KEPT = timedelta(days=2)


def save_played(db: sqlite3.Connection, track_id: str, at: datetime) -> None:
    """Keep that a track plays; what is too old to matter goes."""
    db.execute("INSERT OR REPLACE INTO recently_played VALUES (?, ?)", (track_id, at.timestamp()))
    db.execute("DELETE FROM recently_played WHERE at < ?", ((at - KEPT).timestamp(),))


def played_since(db: sqlite3.Connection, since: datetime) -> set[str]:
    """The ids of what has played since then."""
    rows = db.execute("SELECT track_id FROM recently_played WHERE at >= ?", (since.timestamp(),))
    return {row["track_id"] for row in rows}
