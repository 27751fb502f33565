"""The library as a map: every tagged track with its place, and the tracks that have no tag."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.affect import Affect
from companion.store.tracks.library import read_track
from companion.track import TaggedTrack, Track


@dataclass(frozen=True, slots=True)
class MapTrack:
    """A tagged track.

    Attributes:
        tempo: beats per minute.
        provider: of the clip that its tag was read from.
        reference: the provider's own name of that clip.
        corrected: whether the user put it there.
        words: for what was heard in it, such as "acoustic".
    """

    tagged: TaggedTrack
    tempo: float
    provider: str
    reference: str
    corrected: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UntaggedTrack:
    """A track without a tag.

    Attributes:
        reason: the word for why, "" before the first try.
        detail: the rest of the sentence.
        retry_at: when it is tried again; None where it is due.
    """

    track: Track
    reason: str
    detail: str
    retry_at: datetime | None


_MAP = (
    "SELECT tracks.*, tags.valence, tags.arousal, confidence, valence_spread, arousal_spread, "
    "tempo, words, provider, reference, "
    "track_corrections.track_id IS NOT NULL AS corrected "
    "FROM tags JOIN tracks ON id = tags.track_id "
    "LEFT JOIN track_corrections ON track_corrections.track_id = id"
)


# Whether none of the words that are asked for is missing from those of the tag.
_HEARD = (
    "NOT EXISTS (SELECT value FROM json_each(?) EXCEPT SELECT value FROM json_each(tags.words))"
)


def read_map(db: sqlite3.Connection, heard: Sequence[str] = ()) -> Iterator[MapTrack]:
    """Every tagged track, by its title.

    Args:
        db: the store.
        heard: words; only tracks for which all of them are said.
    """
    query = f"{_MAP} WHERE {_HEARD} ORDER BY title, id"
    return map(_read, db.execute(query, (json.dumps(list(heard)),)))


def count_words(db: sqlite3.Connection) -> dict[str, int]:
    """For how many tagged tracks each word is said, the most frequent first."""
    rows = db.execute(
        "SELECT value AS word, count(*) AS number FROM tags, json_each(words) "
        "GROUP BY value ORDER BY count(*) DESC, value"
    )
    return {row["word"]: row["number"] for row in rows}


def find_on_map(db: sqlite3.Connection, track_id: str) -> MapTrack | None:
    """One tagged track; None where it has no tag."""
    row = db.execute(f"{_MAP} WHERE id = ?", (track_id,)).fetchone()
    return _read(row) if row else None


def untagged_tracks(db: sqlite3.Connection, most: int) -> list[UntaggedTrack]:
    """The tracks without a tag, at most so many: those that failed first, then the newest."""
    rows = db.execute(
        "SELECT tracks.*, reason, detail, retry_at FROM tracks "
        "LEFT JOIN untagged ON untagged.track_id = id "
        "WHERE id NOT IN (SELECT track_id FROM tags) "
        "ORDER BY reason IS NULL, reason, added_at DESC, id LIMIT ?",
        (most,),
    )
    return [
        UntaggedTrack(
            track=read_track(row),
            reason=row["reason"] or "",
            detail=row["detail"] or "",
            retry_at=row["retry_at"] and datetime.fromtimestamp(row["retry_at"], UTC),
        )
        for row in rows
    ]


def _read(row: sqlite3.Row) -> MapTrack:
    place = Affect(row["valence"], row["arousal"])
    spread = (row["valence_spread"], row["arousal_spread"])
    return MapTrack(
        tagged=TaggedTrack(read_track(row), place, row["confidence"], spread),
        tempo=row["tempo"],
        provider=row["provider"],
        reference=row["reference"],
        corrected=bool(row["corrected"]),
        words=tuple(json.loads(row["words"])),
    )
