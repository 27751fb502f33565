"""The last look at the player that told something new; it outlives the process."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from companion.store.queue import track_from_json, track_to_json
from companion.track import Track


@dataclass(frozen=True, slots=True)
class Sight:
    """The player at one look, whether Spotify told it or the desktop did.

    Attributes:
        track: what plays or is paused; None for anything but a track of Spotify's.
        playing: whether it runs.
        position_ms: how far it is; None where unknown.
        length_ms: of whatever is there; 0 where unknown.
        exact: whether the position can be trusted; a desktop's is wrong at times.
    """

    track: Track | None = None
    playing: bool = False
    position_ms: int | None = None
    length_ms: int = 0
    exact: bool = True

    @property
    def remaining(self) -> timedelta | None:
        """How long what plays still has; None where that is unknown or nothing plays."""
        if not self.playing or not self.length_ms or self.position_ms is None:
            return None
        return timedelta(milliseconds=max(0, self.length_ms - self.position_ms))

    @property
    def is_nothing(self) -> bool:
        """Whether it shows neither a track nor anything that plays."""
        return self.track is None and not self.playing

    def shows(self, track: Track | None) -> bool:
        """Whether it is this track that plays or is paused, under its own or another id."""
        return self.track is not None and track is not None and self.track.is_same(track)

    def continues(self, other: Sight) -> bool:
        """Whether it shows the same thing as an earlier sight."""
        if self.track is None or other.track is None:
            return self.track is other.track and self.length_ms == other.length_ms
        return self.track.is_same(other.track)


@dataclass(frozen=True, slots=True)
class LastSight:
    """A sight, and what is known of it since.

    Attributes:
        at: when it was seen.
        heard_ms: how long its track has run by our own clock.
        quiet_since: since when nothing plays; None while something does.
        next_look: until when no track can begin and end unseen.
        unbroken_since: since when every look came in time for that.
    """

    sight: Sight
    at: datetime
    heard_ms: float
    quiet_since: datetime | None
    next_look: datetime
    unbroken_since: datetime


def save_sight(db: sqlite3.Connection, last: LastSight) -> None:
    """Keep a sight in place of the one before."""
    seen = last.sight
    track = json.dumps(track_to_json(seen.track), ensure_ascii=False) if seen.track else None
    quiet = last.quiet_since.timestamp() if last.quiet_since else None
    row = (track, seen.playing, seen.position_ms, seen.length_ms, seen.exact)
    watch = (last.next_look.timestamp(), last.unbroken_since.timestamp())
    db.execute(
        "INSERT OR REPLACE INTO last_sight VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (last.at.timestamp(), *row, last.heard_ms, quiet, *watch),
    )


def read_sight(db: sqlite3.Connection) -> LastSight | None:
    """The sight that was kept; None before the first."""
    row = db.execute("SELECT * FROM last_sight").fetchone()
    if row is None:
        return None
    track = track_from_json(json.loads(row["track"])) if row["track"] else None
    quiet = row["quiet_since"]
    return LastSight(
        Sight(track, bool(row["playing"]), row["position_ms"], row["length_ms"], row["exact"] == 1),
        datetime.fromtimestamp(row["at"], UTC),
        row["heard_ms"],
        None if quiet is None else datetime.fromtimestamp(quiet, UTC),
        datetime.fromtimestamp(row["next_look"], UTC),
        datetime.fromtimestamp(row["unbroken"], UTC),
    )
