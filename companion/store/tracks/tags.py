"""The tags: the music model's result for each track, or the reason why there is none yet."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from companion.affect import Affect, PitchRange, Quadrant, TrackMood
from companion.store.database import transaction
from companion.store.tracks.corrections import correct_new_tag
from companion.store.tracks.features import keep_features
from companion.store.tracks.library import read_track
from companion.track import Track

FIRST_RETRY = timedelta(days=1)
LAST_RETRY = timedelta(days=64)
DAY = timedelta(days=1)
RENEWED_WITHIN = timedelta(days=14)  # all tags, after the model has changed
RENEWED_A_DAY = 20  # at least


@dataclass(frozen=True, slots=True)
class Origin:
    """The clip that a tag was read from.

    Attributes:
        provider: the clip provider's name.
        reference: the provider's own name of the clip.
        match: the confidence that it is the same recording, in [0, 1].
        matched_by: the evidence: "isrc", or "name" for artist, title and duration.
    """

    provider: str
    reference: str
    match: float
    matched_by: str = "name"


@dataclass(frozen=True, slots=True)
class TagCounts:
    """The progress of the tagging, in numbers of tracks and tags.

    Attributes:
        tracks, tagged: all tracks, and those with a tag.
        quadrants: tagged tracks by quadrant.
        reasons: untagged tracks by reason.
        providers: tags by clip provider.
        models: tags by the label of their model.
        matches: tags by the way the clip was matched.
        retry_at: when the next failed track is due again; None where none failed.
    """

    tracks: int
    tagged: int
    quadrants: dict[Quadrant, int]
    reasons: dict[str, int]
    providers: dict[str, int]
    models: dict[str, int]
    matches: dict[str, int]
    retry_at: datetime | None


def save_tag(
    db: sqlite3.Connection, track_id: str, mood: TrackMood, origin: Origin, at: datetime
) -> None:
    """Keep a tag; an older one of the same track is replaced, a correction of it holds on."""
    row = {"track_id": track_id, **tag_columns(mood), **origin_columns(origin, at)}
    places = ", ".join("?" * len(row))
    with transaction(db):
        db.execute(
            f"INSERT OR REPLACE INTO tags ({', '.join(row)}) VALUES ({places})",  # noqa: S608 - our own names
            tuple(row.values()),
        )
        keep_features(db, track_id, mood.features)
        correct_new_tag(db, track_id)
        db.execute("DELETE FROM untagged WHERE track_id = ?", (track_id,))


def renew_tag(db: sqlite3.Connection, track_id: str, mood: TrackMood) -> None:
    """Replace what a tag says by what other weights say of the same clip.

    Its origin and time stay, and so does a correction of it.
    """
    row = tag_columns(mood)
    changed = ", ".join(f"{name} = ?" for name in row)
    with transaction(db):
        db.execute(
            f"UPDATE tags SET {changed} WHERE track_id = ?",  # noqa: S608 - our own names
            (*row.values(), track_id),
        )
        correct_new_tag(db, track_id)


def tag_columns(mood: TrackMood) -> dict[str, object]:
    """The columns of a tag that tell the mood."""
    return {
        "model": mood.model,
        **{quadrant.value.lower(): mood.probabilities[quadrant] for quadrant in Quadrant},
        "valence": mood.affect.valence,
        "arousal": mood.affect.arousal,
        "confidence": mood.confidence,
        "valence_spread": mood.valence_spread,
        "arousal_spread": mood.arousal_spread,
        "tempo": mood.tempo,
        "pitch_low": mood.pitch.low_hz,
        "pitch_high": mood.pitch.high_hz,
        "voiced": mood.pitch.voiced,
        "words": json.dumps(mood.tags, ensure_ascii=False),
        "instrumental": mood.instrumental,
    }


def origin_columns(origin: Origin, at: datetime) -> dict[str, object]:
    """The columns of a tag that tell where it is from, and when it was made."""
    return {
        "provider": origin.provider,
        "reference": origin.reference,
        "match": origin.match,
        "matched_by": origin.matched_by,
        "tagged_at": at.timestamp(),
    }


def read_tag(db: sqlite3.Connection, track_id: str) -> TrackMood | None:
    """Return the tag of a track, without its features; None where it has none."""
    row = db.execute("SELECT * FROM tags WHERE track_id = ?", (track_id,)).fetchone()
    return read_mood(row) if row else None


def read_mood(row: sqlite3.Row) -> TrackMood:
    """The mood in a row that has the columns of `tags`."""
    return TrackMood(
        probabilities={quadrant: row[quadrant.value.lower()] for quadrant in Quadrant},
        affect=Affect(row["valence"], row["arousal"]),
        confidence=row["confidence"],
        tempo=row["tempo"],
        pitch=PitchRange(row["pitch_low"], row["pitch_high"], row["voiced"]),
        model=row["model"],
        tags=tuple(json.loads(row["words"])),
        instrumental=row["instrumental"],
        valence_spread=row["valence_spread"],
        arousal_spread=row["arousal_spread"],
    )


def save_failure(
    db: sqlite3.Connection,
    track_id: str,
    reason: str,
    detail: str,
    at: datetime,
    first_retry: timedelta = FIRST_RETRY,
) -> None:
    """Keep why a track has no tag; it is due again after 1, 2, 4, ... times the first wait.

    No wait is longer than `LAST_RETRY`.
    """
    row = db.execute("SELECT tries FROM untagged WHERE track_id = ?", (track_id,)).fetchone()
    tries = row["tries"] + 1 if row else 1
    retry_at = at + min(first_retry * 2 ** min(tries - 1, 12), LAST_RETRY)
    db.execute(
        "INSERT OR REPLACE INTO untagged VALUES (?, ?, ?, ?, ?)",
        (track_id, reason, detail, tries, retry_at.timestamp()),
    )


@dataclass(frozen=True, slots=True)
class DueTracks:
    """The tracks to tag now.

    Attributes:
        untagged: those without a tag, last saved first.
        renewed: those whose tag is to be renewed, the oldest tag first.
    """

    untagged: list[Track]
    renewed: list[Track]


def find_due(db: sqlite3.Connection, model: str, at: datetime, *, again: bool) -> DueTracks:
    """Find the tracks to tag now.

    A track whose last try failed waits until its next is due. Of the tags of another model only a
    day's share is renewed; those whose features are kept can be renewed before without their
    clips, see `features.find_renewable`. With `again`, every track is there.
    """
    rows = db.execute(
        "SELECT tracks.*, tags.model FROM tracks LEFT JOIN tags ON tags.track_id = id "
        "LEFT JOIN untagged ON untagged.track_id = id "
        "WHERE :again OR (tags.model IS NOT :model AND coalesce(retry_at, 0) <= :at) "
        "ORDER BY tagged_at IS NOT NULL, tagged_at, added_at DESC, id",
        {"again": again, "at": at.timestamp(), "model": model},
    ).fetchall()
    tracks = [read_track(row) for row in rows]
    untagged = sum(row["model"] is None for row in rows)
    end = len(tracks) if again else untagged + _renewals_left(db, model, at)
    return DueTracks(tracks[:untagged], tracks[untagged:end])


def _renewals_left(db: sqlite3.Connection, model: str, at: datetime) -> int:
    """Count the older tags that may still be renewed in these 24 hours; new tags count too."""
    tags: int = db.execute("SELECT count(*) FROM tags").fetchone()[0]
    today: int = db.execute(
        "SELECT count(*) FROM tags WHERE model = ? AND tagged_at > ?",
        (model, (at - DAY).timestamp()),
    ).fetchone()[0]
    return max(0, max(RENEWED_A_DAY, math.ceil(tags * DAY / RENEWED_WITHIN)) - today)


def has_tag_of(db: sqlite3.Connection, track_id: str, model: str) -> bool:
    """Return True where the track has a tag of this model."""
    query = "SELECT 1 FROM tags WHERE track_id = ? AND model = ?"
    return db.execute(query, (track_id, model)).fetchone() is not None


def has_tags(db: sqlite3.Connection) -> bool:
    """Return True where any track has a tag."""
    return db.execute("SELECT 1 FROM tags LIMIT 1").fetchone() is not None


def count_untried(db: sqlite3.Connection) -> int:
    """Count the tracks that have neither a tag nor a reason why they have none."""
    query = (
        "SELECT count(*) FROM tracks WHERE id NOT IN (SELECT track_id FROM tags) "
        "AND id NOT IN (SELECT track_id FROM untagged)"
    )
    count: int = db.execute(query).fetchone()[0]
    return count


def count_tagged(db: sqlite3.Connection) -> int:
    """Count the tracks that have a tag."""
    count: int = db.execute("SELECT count(*) FROM tags").fetchone()[0]
    return count


def count_tags(db: sqlite3.Connection) -> TagCounts:
    """Count tracks and tags."""
    tops = dict.fromkeys(Quadrant, 0)
    for row in db.execute("SELECT q1, q2, q3, q4 FROM tags"):
        tops[max(Quadrant, key=lambda quadrant: row[quadrant.value.lower()])] += 1
    return TagCounts(
        tracks=db.execute("SELECT count(*) FROM tracks").fetchone()[0],
        tagged=sum(tops.values()),
        quadrants=tops,
        reasons=dict(
            db.execute(
                "SELECT reason, count(*) FROM untagged "
                "WHERE track_id NOT IN (SELECT track_id FROM tags) GROUP BY reason"
            )
        ),
        providers=dict(db.execute("SELECT provider, count(*) FROM tags GROUP BY provider")),
        models=dict(db.execute("SELECT model, count(*) FROM tags GROUP BY model")),
        matches=dict(db.execute("SELECT matched_by, count(*) FROM tags GROUP BY matched_by")),
        retry_at=_next_retry(db),
    )


def read_words(db: sqlite3.Connection, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the words heard in the tracks with these ids, in words; untagged ones are left out."""
    rows = db.execute(
        "SELECT track_id, words FROM tags WHERE track_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row["track_id"]: tuple(json.loads(row["words"])) for row in rows}


def tag_places(db: sqlite3.Connection) -> list[Affect]:
    """Return the places of the tagged tracks on the affect plane."""
    rows = db.execute("SELECT valence, arousal FROM tags ORDER BY track_id")
    return [Affect(row["valence"], row["arousal"]) for row in rows]


def _next_retry(db: sqlite3.Connection) -> datetime | None:
    seconds = db.execute("SELECT min(retry_at) FROM untagged").fetchone()[0]
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


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
    """Return the numbers of the cells that have tracks."""
    return [row["cell"] for row in db.execute(_CELLS)]


def read_cell(
    db: sqlite3.Connection, cell: int
) -> Iterator[tuple[str, float, float, float, float, float]]:
    """Return the tags of a cell, surest first.

    Of each the track id, valence, arousal, their spreads, and confidence.
    """
    cursor = db.cursor()
    cursor.row_factory = None  # plain tuples: thousands are read for a choice
    return cursor.execute(
        "SELECT track_id, valence, arousal, valence_spread, arousal_spread, confidence FROM tags "
        "WHERE cell = ? ORDER BY confidence DESC",
        (cell,),
    )
