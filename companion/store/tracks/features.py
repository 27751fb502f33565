"""The features of tracks: what was heard of their clips, from which other weights can tag them."""

from __future__ import annotations

import sqlite3

from companion.affect import KeptFeatures


def keep_features(db: sqlite3.Connection, track_id: str, features: KeptFeatures | None) -> None:
    """Keep what a new tag was read from in place of what an older one was; None: nothing."""
    db.execute("DELETE FROM track_features WHERE track_id = ?", (track_id,))
    if features is not None:
        row = (track_id, features.version, features.numbers)
        db.execute("INSERT INTO track_features VALUES (?, ?, ?)", row)


def drop_features(db: sqlite3.Connection, track_id: str) -> None:
    """Forget them: they cannot be read, so the clip is needed again."""
    keep_features(db, track_id, None)


def find_renewable(db: sqlite3.Connection, model: str, version: int) -> list[str]:
    """The ids of the tracks whose tag is of another model and whose features are kept.

    Args:
        db: the store.
        model: the label of the present weights.
        version: of the features that they can read.
    """
    rows = db.execute(
        "SELECT track_id FROM tags JOIN track_features USING (track_id) "
        "WHERE model <> ? AND version = ? ORDER BY track_id",
        (model, version),
    )
    return [row["track_id"] for row in rows]


def read_features(db: sqlite3.Connection, track_id: str) -> KeptFeatures | None:
    """The features of a track; None where none are kept."""
    row = db.execute("SELECT * FROM track_features WHERE track_id = ?", (track_id,)).fetchone()
    return KeptFeatures(row["version"], row["features"]) if row else None
