"""Learns from the user how far to trust each source of the mood."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from companion.affect import Affect
from companion.choose.fusion.estimate import Estimate, Source
from companion.choose.fusion.trust import learn_trust
from companion.store.history.queue import EntryState, QueueEntry, newest_entries
from companion.store.history.trust import read_trust, save_trust

LESSONS = {EntryState.FINISHED: "finished", EntryState.SKIPPED: "skipped"}
RECENT = timedelta(hours=2)
"""So long after a choice, a like or a correction is one of its mood."""
MANY = 50  # entries, among which the one of that time is


def trusted(db: sqlite3.Connection) -> dict[Source, float]:
    """The trust by source; a source that is absent has 1."""
    return {Source(name): trust for name, trust in read_trust(db).items() if name in set(Source)}


def learn_from_endings(db: sqlite3.Connection, moved: Iterable[QueueEntry]) -> None:
    """Learn from own tracks that were heard to their end or skipped."""
    for entry in moved:
        if entry.state in LESSONS and "track" in entry.why:
            _learn(db, entry.why, LESSONS[entry.state], _place(entry.why["track"]))


def learn_from_like(db: sqlite3.Connection, track_id: str, now: datetime) -> None:
    """Learn from a like of a track that was picked a short while ago."""
    for entry in _recent(db, now):
        if entry.track.id == track_id and "track" in entry.why:
            _learn(db, entry.why, "liked", _place(entry.why["track"]))
            return


def learn_from_correction(
    db: sqlite3.Connection, said: Affect, meant: Affect | None, now: datetime
) -> None:
    """Learn from a correction of the last reading.

    Args:
        db: the store.
        said: where the reading was.
        meant: where the user was; None where the user only said that the reading is wrong, which
            is as if a track there had been skipped.
        now: the present time.
    """
    for entry in _recent(db, now):
        _learn(db, entry.why, "corrected" if meant else "skipped", meant or said)
        return


def _recent(db: sqlite3.Connection, now: datetime) -> list[QueueEntry]:
    entries = newest_entries(db, MANY)
    return [entry for entry in entries if now - entry.planned_at <= RECENT]


def _learn(db: sqlite3.Connection, why: Mapping[str, Any], lesson: str, place: Affect) -> None:
    estimates = {
        Source(name): Estimate(_place(one), one["spread"])
        for name, one in why.get("sources", {}).items()
    }
    learned = learn_trust(trusted(db), estimates, lesson, place)
    save_trust(db, {source.value: trust for source, trust in learned.items()})


def _place(fields: Mapping[str, Any]) -> Affect:
    return Affect(fields["valence"], fields["arousal"])
