"""The tagged tracks, cell by cell of the affect plane, so that a choice reads few of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from companion.affect import Affect
from companion.store.tracks import read_track
from companion.track import TaggedTrack

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


def read_cell(db: sqlite3.Connection, cell: int) -> Iterator[TaggedTrack]:
    """The tracks of a cell, the surest first."""
    rows = db.execute(
        "SELECT tracks.*, valence, arousal, confidence FROM tags JOIN tracks ON id = track_id "
        "WHERE cell = ? ORDER BY confidence DESC",
        (cell,),
    )
    for row in rows:
        affect = Affect(row["valence"], row["arousal"])
        yield TaggedTrack(read_track(row), affect, row["confidence"])
