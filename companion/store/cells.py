"""The tagged tracks, cell by cell of the affect plane, so that a choice reads few of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator

from companion.store.tracks import read_track
from companion.track import Track

# A loose index scan: one seek for each cell that has a track, however many it has.
_CELLS = """
WITH RECURSIVE found (cell) AS (
    SELECT min(cell) FROM tags
    UNION ALL
    SELECT (SELECT min(cell) FROM tags WHERE cell > found.cell) FROM found
    WHERE found.cell IS NOT NULL
)
SELECT cell FROM found WHERE cell IS NOT NULL
"""


def cells(db: sqlite3.Connection) -> list[int]:
    """The numbers of the cells in which there are tracks."""
    return [row["cell"] for row in db.execute(_CELLS)]


def read_cell(db: sqlite3.Connection, cell: int) -> Iterator[tuple[str, float, float, float]]:
    """Track id, valence, arousal and confidence of the tags of a cell, the surest first."""
    cursor = db.cursor()
    cursor.row_factory = None  # plain tuples: thousands are read for a choice
    return cursor.execute(
        "SELECT track_id, valence, arousal, confidence FROM tags WHERE cell = ? "
        "ORDER BY confidence DESC",
        (cell,),
    )


def read_tracks(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, Track]:
    """The tracks with these ids."""
    rows = db.execute(
        "SELECT * FROM tracks WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row["id"]: read_track(row) for row in rows}
