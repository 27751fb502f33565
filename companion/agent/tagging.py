"""Giving the tracks of the library their moods, one clip at a time."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from companion.affect import TrackMood
from companion.errors import ClipDamaged, ClipError, ClipMismatch, ClipMissing, ClipSourceBusy
from companion.music.clips.provider import Clip, ClipQuery
from companion.store.tags import Origin, save_failure, save_tag
from companion.track import Track

REASONS: dict[type[ClipError], str] = {
    ClipMissing: "no_clip",
    ClipMismatch: "wrong_clip",
    ClipDamaged: "damaged_clip",
}


class Tagger(Protocol):
    """The music model."""

    def tag(self, audio: bytes | Path) -> TrackMood: ...


Find = Callable[[ClipQuery], Clip]
Progress = Callable[[Track, str], None]
"""Told the track that is done and its quadrant, or why it has none."""


@dataclass(frozen=True, slots=True)
class TagSummary:
    """What a run of tagging did: how many got a tag, and why others got none."""

    tagged: int
    reasons: dict[str, int]


def tag_tracks(
    db: sqlite3.Connection,
    tracks: Iterable[Track],
    find: Find,
    tagger: Tagger,
    clock: Callable[[], datetime],
    progress: Progress,
) -> TagSummary:
    """Tag the tracks. Each is stored before the next begins, so that it can stop anywhere.

    Raises:
        ClipSourceBusy: no source answers now; what was tagged until then is kept.
    """
    done: Counter[str] = Counter()
    tagged = 0
    for track in tracks:
        try:
            word = _tag(db, track, find, tagger, clock()).quadrant.value
            tagged += 1
        except ClipSourceBusy:
            raise
        except ClipError as error:
            word = REASONS[type(error)]
            save_failure(db, track.id, word, str(error), clock())
            done[word] += 1
        progress(track, word)
    return TagSummary(tagged, dict(done))


def _tag(
    db: sqlite3.Connection, track: Track, find: Find, tagger: Tagger, now: datetime
) -> TrackMood:
    clip = find(make_query(track))
    mood = tagger.tag(clip.audio)
    save_tag(db, track.id, mood, Origin(clip.provider, clip.reference, clip.match.confidence), now)
    return mood


def make_query(track: Track) -> ClipQuery:
    """What the clip providers are asked for a track."""
    return ClipQuery(track.title, track.artists, track.duration_ms / 1000, track.isrc or None)
