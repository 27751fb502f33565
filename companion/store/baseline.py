"""The user's resting face, as numbers."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from companion.affect import Baseline, Emotion


def save_baseline(db: sqlite3.Connection, baseline: Baseline, at: datetime) -> None:
    """Keep it in the place of an earlier one."""
    log_shares = dict(zip(Emotion, baseline.log_shares, strict=True))
    db.execute(
        "INSERT OR REPLACE INTO baseline VALUES (1, ?, ?, ?, ?)",
        (baseline.model, json.dumps(log_shares), baseline.looks, at.timestamp()),
    )


def read_baseline(db: sqlite3.Connection) -> tuple[Baseline, datetime] | None:
    """What was kept last, and when; None where nothing is."""
    row = db.execute("SELECT * FROM baseline").fetchone()
    if row is None:
        return None
    log_shares = json.loads(row["log_shares"])
    own = tuple(float(log_shares[emotion]) for emotion in Emotion)
    return Baseline(row["model"], own, row["looks"]), datetime.fromtimestamp(row["at"], UTC)


def drop_baseline(db: sqlite3.Connection) -> bool:
    """Forget it; says whether there was one."""
    return db.execute("DELETE FROM baseline").rowcount > 0
