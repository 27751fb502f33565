"""Tracks that the user put elsewhere on the affect plane than the music model did.

The place of a correction stands in the track's tag, so that whatever reads tags goes by it; what
the model said is kept beside it. Tagging the track anew changes only the latter.

A correction teaches too: the model is taken to err alike on all tracks of an artist, so the others
are moved along. Of n corrections with the mean shift s, they take n / (n + CAUTION) * s: the best
linear guess of the artist's share of the error where it varies by 1 / CAUTION of a track's own
(S. R. Searle, G. Casella and C. E. McCulloch, "Variance Components", 1992, chapter 7).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

from companion.affect import Affect, Quadrant
from companion.store.database import transaction

CORRECTED = (
    *("q1", "q2", "q3", "q4"),
    *("valence", "arousal", "confidence", "valence_spread", "arousal_spread"),
)
"""The columns of a tag that a correction changes."""
SURE = 1.0
"""The confidence of a tag that the user has put right."""
CAUTION = 4


@dataclass(frozen=True, slots=True)
class TrackCorrection:
    """A track that the user moved.

    Attributes:
        meant: where the user put it.
        said: where the model's newest tag puts it; None where it has none.
    """

    track_id: str
    at: datetime
    meant: Affect
    said: Affect | None = None


def save_track_correction(
    db: sqlite3.Connection, track_id: str, meant: Affect, at: datetime
) -> int:
    """Keep where the user puts a track; an older correction of it is replaced.

    Returns:
        how many other tracks of its artist were moved along.
    """
    with transaction(db):
        return put_correction(db, track_id, meant, at)


def put_correction(db: sqlite3.Connection, track_id: str, meant: Affect, at: datetime) -> int:
    """Do the same within a transaction."""
    kept = db.execute(
        "SELECT said FROM track_corrections WHERE track_id = ?", (track_id,)
    ).fetchone()
    _untaught(db, track_id)
    said = kept["said"] if kept else _said(db, track_id)
    db.execute(
        "INSERT OR REPLACE INTO track_corrections VALUES (?, ?, ?, ?, ?)",
        (track_id, at.timestamp(), meant.valence, meant.arousal, said),
    )
    _put(db, track_id, meant)
    return _teach(db, _artist(db, track_id))


def drop_track_correction(db: sqlite3.Connection, track_id: str) -> bool:
    """Put the track back where the model's tag puts it; True where it was corrected."""
    with transaction(db):
        return take_back_correction(db, track_id)


def take_back_correction(db: sqlite3.Connection, track_id: str) -> bool:
    """Do the same within a transaction."""
    row = db.execute(
        "DELETE FROM track_corrections WHERE track_id = ? RETURNING said", (track_id,)
    ).fetchone()
    if row is None:
        return False
    said = json.loads(row["said"])
    if said:
        _write(db, track_id, [said[name] for name in CORRECTED])
    _teach(db, _artist(db, track_id))
    return True


def read_track_corrections(db: sqlite3.Connection) -> list[TrackCorrection]:
    """All corrections of tracks, oldest first."""
    rows = db.execute("SELECT * FROM track_corrections ORDER BY at, track_id")
    return [_read(row) for row in rows]


def correct_new_tag(db: sqlite3.Connection, track_id: str) -> None:
    """Let the user's corrections hold for a tag that was just written; within a transaction."""
    db.execute("DELETE FROM taught_tracks WHERE track_id = ?", (track_id,))
    row = db.execute("SELECT * FROM track_corrections WHERE track_id = ?", (track_id,)).fetchone()
    if row is not None:
        db.execute(
            "UPDATE track_corrections SET said = ? WHERE track_id = ?",
            (_said(db, track_id), track_id),
        )
        _put(db, track_id, Affect(row["valence"], row["arousal"]))
    _teach(db, _artist(db, track_id))


def _artist(db: sqlite3.Connection, track_id: str) -> str:
    """The track's first artist; "" where it is not in the library or has none."""
    query = "SELECT json_extract(artists, '$[0]') AS artist FROM tracks WHERE id = ?"
    row = db.execute(query, (track_id,)).fetchone()
    return (row["artist"] or "") if row else ""


def _teach(db: sqlite3.Connection, artist: str) -> int:
    """Move the artist's other tracks from the model's place by what its corrections teach."""
    taught = db.execute(
        "SELECT track_id FROM taught_tracks JOIN tracks ON id = track_id "
        "WHERE json_extract(artists, '$[0]') = ?",
        (artist,),
    ).fetchall()
    for one in taught:
        _untaught(db, one["track_id"])
    shifts = _shifts(db, artist) if artist else []
    if not shifts:
        return 0
    share = len(shifts) / (len(shifts) + CAUTION)
    valence, arousal = (share * fmean(axis) for axis in zip(*shifts, strict=True))
    others = db.execute(
        "SELECT tags.track_id, valence, arousal FROM tracks JOIN tags ON tags.track_id = id "
        "WHERE json_extract(artists, '$[0]') = ? "
        "AND id NOT IN (SELECT track_id FROM track_corrections)",
        (artist,),
    ).fetchall()
    for one in others:
        db.execute("INSERT INTO taught_tracks VALUES (?, ?, ?)", tuple(one))
        place = Affect.clipped(one["valence"] + valence, one["arousal"] + arousal)
        _place(db, one["track_id"], place)
    return len(others)


def _shifts(db: sqlite3.Connection, artist: str) -> list[tuple[float, float]]:
    """The distances by which the user moved each track of the artist, along valence and arousal."""
    rows = db.execute(
        "SELECT valence - json_extract(said, '$.valence'), "
        "arousal - json_extract(said, '$.arousal') "
        "FROM track_corrections JOIN tracks ON id = track_id "
        "WHERE json_extract(artists, '$[0]') = ? AND said != '{}'",
        (artist,),
    )
    return [(valence, arousal) for valence, arousal in rows]


def _untaught(db: sqlite3.Connection, track_id: str) -> None:
    """Put a track that was moved along back where the model put it."""
    row = db.execute(
        "DELETE FROM taught_tracks WHERE track_id = ? RETURNING valence, arousal", (track_id,)
    ).fetchone()
    if row:
        _place(db, track_id, Affect(row["valence"], row["arousal"]))


def _place(db: sqlite3.Connection, track_id: str, place: Affect) -> None:
    query = "UPDATE tags SET valence = ?, arousal = ? WHERE track_id = ?"
    db.execute(query, (place.valence, place.arousal, track_id))


def _said(db: sqlite3.Connection, track_id: str) -> str:
    row = db.execute("SELECT * FROM tags WHERE track_id = ?", (track_id,)).fetchone()
    return json.dumps({name: row[name] for name in CORRECTED} if row else {})


def _put(db: sqlite3.Connection, track_id: str, place: Affect) -> None:
    shares = [float(quadrant is place.quadrant) for quadrant in Quadrant]
    _write(db, track_id, [*shares, place.valence, place.arousal, SURE, 0.0, 0.0])


def _write(db: sqlite3.Connection, track_id: str, values: list[float]) -> None:
    names = ", ".join(f"{name} = ?" for name in CORRECTED)
    db.execute(f"UPDATE tags SET {names} WHERE track_id = ?", (*values, track_id))  # noqa: S608 - our own names


def _read(row: sqlite3.Row) -> TrackCorrection:
    said = json.loads(row["said"])
    return TrackCorrection(
        track_id=row["track_id"],
        at=datetime.fromtimestamp(row["at"], UTC),
        meant=Affect(row["valence"], row["arousal"]),
        said=Affect(said["valence"], said["arousal"]) if said else None,
    )
