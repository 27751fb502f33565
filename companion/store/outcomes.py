"""How the tracks of some artists ended, counted: what taste is learnt from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from companion.store.feedback import Word
from companion.store.queue import EntryState
from companion.track import Track


@dataclass(frozen=True, slots=True)
class Ends:
    """How often tracks ended so in one mood region; what nobody saw is not counted.

    Attributes:
        track_id: which one; None for all the artist's other tracks together.
    """

    artist: str
    track_id: str | None
    finished: int
    skipped: int
    liked: int


# The + keeps SQLite from searching by the state, which most entries share.
_ENDS = """
SELECT artist, CASE WHEN track_id IN (SELECT value FROM json_each(:ids)) THEN track_id END,
    sum(word = :finished), sum(word IN (:skipped, :skip)), sum(word = :like)
FROM (
    SELECT track_id, artist, state AS word FROM queue_entries
    WHERE artist IN (SELECT value FROM json_each(:artists)) AND region = :region
        AND +state IN (:finished, :skipped)
    UNION ALL
    SELECT track_id, artist, word FROM feedback
    WHERE artist IN (SELECT value FROM json_each(:artists))
        AND (region = :region OR region IS NULL)
)
GROUP BY 1, 2
"""


def ends_of(db: sqlite3.Connection, tracks: Collection[Track], region: str) -> list[Ends]:
    """How these tracks, and the others of their main artists, ended in a mood region."""
    given = {
        "ids": json.dumps([track.id for track in tracks]),
        "artists": json.dumps(sorted({track.artist for track in tracks})),
        "region": region,
        "finished": EntryState.FINISHED.value,
        "skipped": EntryState.SKIPPED.value,
        "like": Word.LIKE.value,
        "skip": Word.SKIP.value,
    }
    return [Ends(*row) for row in db.execute(_ENDS, given)]
