"""Things of the store as data for the page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from companion.affect import Affect, FaceMood
from companion.agent.visit.outcome import Outcome
from companion.store.history.queue import QueueEntry
from companion.store.history.visits import Visit
from companion.track import Track


def milliseconds(moment: datetime) -> int:
    """The moment as the browser counts it."""
    return round(moment.timestamp() * 1000)


def describe_affect(affect: Affect) -> dict[str, Any]:
    """A place on the affect plane."""
    return {
        "valence": affect.valence,
        "arousal": affect.arousal,
        "quadrant": affect.quadrant.value,
    }


def describe_reading(at: datetime, mood: FaceMood) -> dict[str, Any]:
    """A reading of the face."""
    return {
        "at": milliseconds(at),
        "emotion": mood.emotion.value,
        "confidence": mood.confidence,
        "probabilities": {emotion.value: share for emotion, share in mood.probabilities.items()},
        "frames": mood.frames,
        **describe_affect(mood.affect),
    }


def describe_track(track: Track) -> dict[str, Any]:
    """A track as people know it."""
    return {"id": track.id, "title": track.title, "artists": list(track.artists)}


def describe_visit(visit: Visit) -> dict[str, Any]:
    """A visit, and its outcome as words of the closed sets."""
    return {
        "at": milliseconds(visit.at),
        "outcome": visit.outcome,
        "kind": Outcome(visit.outcome).kind,
        "detail": visit.detail,
        "camera": visit.camera,
        "camera_seconds": visit.camera_seconds,
    }


def describe_pick(entry: QueueEntry) -> dict[str, Any]:
    """A pick with the numbers that decided."""
    return {
        "id": entry.id,
        "at": milliseconds(entry.planned_at),
        "changed": milliseconds(entry.changed_at),
        "state": entry.state.value,
        "track": describe_track(entry.track),
        "why": dict(entry.why),
    }
