"""Today: the line of the day's mood, what was queued along it, and the uses of the camera."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from companion.agent.visit.history import Day, read_day
from companion.errors import UsageError
from companion.page.context import Context, Given
from companion.page.tabs.describe import (
    describe_pick,
    describe_reading,
    describe_visit,
    milliseconds,
)
from companion.store.history.visits import VisitRecord


def show_day(context: Context, given: Given) -> dict[str, Any]:
    """Give a local day, today where none is named.

    Raises:
        UsageError: the day is none.
    """
    now = context.now()
    day = _parse(str(given["day"])) if given.get("day") else now.astimezone().date()
    with context.store() as db:
        found = read_day(db, day)
    return {
        "day": day.isoformat(),
        "begin": milliseconds(_midnight(day)),
        "end": milliseconds(_midnight(day + timedelta(days=1))),
        "now": milliseconds(now),
        "readings": [describe_reading(at, mood) for at, mood in found.readings],
        "picks": [describe_pick(entry) for entry in found.entries],
        "visits": [_describe(record) for record in found.visits],
        "commands": [
            {"at": milliseconds(use.at), "command": use.command} for use in found.commands
        ],
        "camera": _camera(found, context.config.camera.seconds),
    }


def _camera(day: Day, seconds: float) -> dict[str, Any]:
    """Count the uses of the camera, and about how long: each look lasts as the settings say."""
    uses = sum(record.visit.camera for record in day.visits) + len(day.commands)
    return {"uses": uses, "seconds_each": seconds, "seconds": uses * seconds}


def _describe(record: VisitRecord) -> dict[str, Any]:
    return {
        **describe_visit(record.visit),
        "emotion": record.reading and record.reading.emotion.value,
        "confidence": record.reading and record.reading.confidence,
        "pick": record.entry and describe_pick(record.entry),
    }


def _parse(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text[:40]!r} is not a day.", "Give a date.") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()
