"""How the tracks of some artists ended, counted: what taste is learnt from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from companion.store.feedback import Word
from companion.store.queue import EntryState


@dataclass(frozen=True, slots=True)
class Ends:
    """How often a track ended so in one mood region; what nobody saw is not counted."""

    track_id: str
    artist: str
    finished: int
    skipped: int
    liked: int


_ENDS = """
SELECT track_id, artist, sum(finished) AS finished, sum(skipped) AS skipped, sum(liked) AS liked
FROM (
    SELECT track_id, artist,
        state = :finished AS finished,
        state = :skipped AS skipped,
        0 AS liked
    FROM queue_entries
    WHERE artist IN (SELECT value FROM json_each(:artists)) AND region = :region
    UNION ALL
    SELECT track_id, artist, 0, word = :skip, word = :like
    FROM feedback
    WHERE artist IN (SELECT value FROM json_each(:artists))
        AND (region = :region OR region IS NULL)
)
GROUP BY track_id, artist
"""


def ends_of(db: sqlite3.Connection, artists: Collection[str], region: str) -> list[Ends]:
    """How the tracks of these main artists ended in a mood region, and what was said of them."""
    words = {
        "finished": EntryState.FINISHED.value,
        "skipped": EntryState.SKIPPED.value,
        "like": Word.LIKE.value,
        "skip": Word.SKIP.value,
    }
    given = {"artists": json.dumps(sorted(artists)), "region": region}
    rows = db.execute(_ENDS, words | given)
    return [Ends(**dict(row)) for row in rows]
