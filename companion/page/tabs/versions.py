"""The versions by which an open tab sees that something in the store has changed."""

from __future__ import annotations

from typing import Any

from companion.page.context import Context
from companion.store.face.readings import newest_reading
from companion.store.history.overrides import read_pause, read_set_mood
from companion.store.history.queue import nth_newest
from companion.store.history.visits import last_visit
from companion.store.listening.snapshots import read_player_snapshot
from companion.store.tracks.tags import count_tagged


def read_versions(context: Context) -> dict[str, Any]:
    """Give a version of each subject; one that differs from before has changed."""
    now = context.now()
    with context.store() as db:
        visit, entry, reading = last_visit(db), nth_newest(db, 1), newest_reading(db)
        seen, pause, mood = read_player_snapshot(db), read_pause(db, now), read_set_mood(db, now)
        return {
            "visit": visit and [visit.at.isoformat(), visit.outcome],
            "pick": entry and [entry.id, entry.state.value],
            "reading": reading and reading[0].isoformat(),
            "player": seen
            and [seen.snapshot.track and seen.snapshot.track.id, seen.snapshot.is_playing],
            "override": [pause and pause.since.isoformat(), mood and mood.at.isoformat()],
            "tags": count_tagged(db),
        }
