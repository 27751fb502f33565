"""A day as the store tells it: visits, what the face said, what was queued and how it ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from companion.affect import FaceMood
from companion.store.face import readings_since
from companion.store.queue import QueueEntry, entries_between
from companion.store.visits import CameraUse, Visit, camera_uses_between, visits_between


@dataclass(frozen=True, slots=True)
class Event:
    """A visit with what it read and queued.

    Attributes:
        reading: what the face said; None where it said nothing to keep.
        entry: what was handed to Spotify; None where nothing was.
    """

    visit: Visit
    reading: FaceMood | None = None
    entry: QueueEntry | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, oldest first.

    Attributes:
        readings: all readings with their time, also those of a visit that was killed.
        entries: all queue entries, likewise.
        commands: the uses of the camera by commands that are no visit.
    """

    day: date
    events: Sequence[Event]
    readings: Sequence[tuple[datetime, FaceMood]]
    entries: Sequence[QueueEntry]
    commands: Sequence[CameraUse] = ()

    @property
    def camera_uses(self) -> int:
        """How often the camera was opened, or tried."""
        return sum(event.visit.camera for event in self.events) + len(self.commands)


def read_day(db: sqlite3.Connection, day: date) -> Day:
    """All that the store keeps of a local day."""
    begin, end = _midnight(day), _midnight(day + timedelta(days=1))
    visits = visits_between(db, begin, end)
    readings = [(at, mood) for at, mood in readings_since(db, begin) if at < end]
    entries = entries_between(db, begin, end)
    events = []
    before = begin
    for visit in visits:  # stored at its end, after its reading and its entry
        mine = [mood for at, mood in readings if before < at <= visit.at]
        queued = [entry for entry in entries if before < entry.planned_at <= visit.at]
        events.append(Event(visit, mine[-1] if mine else None, queued[-1] if queued else None))
        before = visit.at
    return Day(day, events, readings, entries, camera_uses_between(db, begin, end))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone(UTC)
