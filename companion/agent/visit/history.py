"""A day as the store tells it: visits, what the face said, what was queued and how it ended."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from companion.affect import FaceMood
from companion.store.face.readings import readings_since
from companion.store.history.queue import QueueEntry, entries_between
from companion.store.history.visits import (
    CameraUse,
    VisitRecord,
    camera_uses_between,
    visits_between,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, oldest first.

    Attributes:
        visits: each with its reading and its queue entry.
        readings: all readings with their time, also those whose visit is not known.
        entries: all queue entries, likewise.
        commands: the uses of the camera by commands that are no visit.
    """

    day: date
    visits: Sequence[VisitRecord]
    readings: Sequence[tuple[datetime, FaceMood]]
    entries: Sequence[QueueEntry]
    commands: Sequence[CameraUse] = ()

    @property
    def camera_uses(self) -> int:
        """The number of times that the camera was opened, or tried."""
        return sum(record.visit.camera for record in self.visits) + len(self.commands)


def read_day(db: sqlite3.Connection, day: date) -> Day:
    """Read all that the store keeps of a local day."""
    begin, end = _midnight(day), _midnight(day + timedelta(days=1))
    return Day(
        day=day,
        visits=visits_between(db, begin, end),
        readings=[(at, mood) for at, mood in readings_since(db, begin) if at < end],
        entries=entries_between(db, begin, end),
        commands=camera_uses_between(db, begin, end),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone(UTC)
