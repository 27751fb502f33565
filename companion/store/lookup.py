"""Finding a track of the library by what a person calls it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter

from companion.store.tracks import read_track
from companion.track import Track

_ID = re.compile(r"(?:spotify:track:|https://open\.spotify\.com/(?:[\w-]+/)?track/)?(\w{22})\b.*")


def track_id(text: str) -> str | None:
    """The id in a track's URI, its link or the id itself; None where it is none of them."""
    found = _ID.fullmatch(text.strip())
    return found[1] if found else None


def find_tracks(db: sqlite3.Connection, text: str, most: int) -> list[Track]:
    """The tracks with this id, URI or link, else those that have all the words.

    Where some have them as whole words, the others are left out.

    Args:
        db: the store.
        text: what the person wrote.
        most: how many to find at most.
    """
    if id_ := track_id(text):
        rows = db.execute("SELECT * FROM tracks WHERE id = ?", (id_,)).fetchall()
        if rows:
            return [read_track(row) for row in rows]
    words = text.casefold().split()
    tracks = map(read_track, db.execute("SELECT * FROM tracks ORDER BY title, id"))
    named = ((track, track.byline.casefold()) for track in tracks if words)
    found = [(track, name) for track, name in named if all(word in name for word in words)]
    whole = [one for one in found if Counter(words) <= Counter(one[1].split())]
    return [track for track, _ in whole or found][:most]
