"""The trust in each source of the mood, as it was learned."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping


def save_trust(db: sqlite3.Connection, trust: Mapping[str, float]) -> None:
    """Keep the trust by the source's name; a source that is not named keeps its own."""
    db.executemany("INSERT OR REPLACE INTO trust VALUES (?, ?)", list(trust.items()))


def read_trust(db: sqlite3.Connection) -> dict[str, float]:
    """Return the trust by the source's name; one about which nothing was learned is absent."""
    return {row["source"]: row["trust"] for row in db.execute("SELECT * FROM trust")}


def drop_trust(db: sqlite3.Connection) -> bool:
    """Forget what was learned; True where there was something."""
    return db.execute("DELETE FROM trust").rowcount > 0
