"""Learns from the user how far to trust each source of the mood."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from companion.affect import Affect
from companion.choose.fusion.estimate import Estimate, Estimates, Source
from companion.choose.fusion.trust import Trust, learn_trust, unlearn_trust
from companion.store.history.feedback import FeedbackKind, Undone, undo_last
from companion.store.history.queue import EntryState, QueueEntry, newest_entries
from companion.store.history.trust import read_trust, save_trust

LESSONS = {EntryState.FINISHED: "finished", EntryState.SKIPPED: "skipped"}
RECENT = timedelta(hours=2)
"""So long after a choice, a like or a correction is one of its mood."""
Rule = Callable[[Trust, Estimates, str, Affect], Mapping[Source, float]]
MANY = 50  # entries, among which the one of that time is


def trusted(db: sqlite3.Connection) -> dict[Source, float]:
    """The trust by source; a source that is absent has 1."""
    return {Source(name): trust for name, trust in read_trust(db).items() if name in set(Source)}


def learn_from_endings(db: sqlite3.Connection, moved: Iterable[QueueEntry]) -> None:
    """Learn from own tracks that were heard to their end or skipped."""
    for entry in moved:
        if entry.state in LESSONS and "track" in entry.why:
            place = _place(entry.why["track"])
            _apply(db, learn_trust, _Lesson(_estimates(entry.why), LESSONS[entry.state], place))


def learn_from_feedback(
    db: sqlite3.Connection, track_id: str, kind: FeedbackKind, now: datetime
) -> None:
    """Learn from a like or a skip of a track that was picked a short while ago."""
    _apply(db, learn_trust, _of_feedback(db, track_id, kind, now))


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
    _apply(db, learn_trust, _of_correction(db, said, meant, now))


def undo(db: sqlite3.Connection) -> Undone | None:
    """Take back what the user said last, and what was learned from it; see `undo_last`."""
    undone = undo_last(db)
    if undone and undone.command in list(FeedbackKind):
        kind = FeedbackKind(undone.command)
        _apply(db, unlearn_trust, _of_feedback(db, undone.track_id, kind, undone.at))
    elif undone and undone.said:
        _apply(db, unlearn_trust, _of_correction(db, undone.said, undone.meant, undone.at))
    return undone


@dataclass(frozen=True, slots=True)
class _Lesson:
    """The estimates of the sources, and the key and place of `choose.fusion.trust.learn_trust`."""

    estimates: Estimates
    word: str
    place: Affect


def _of_feedback(
    db: sqlite3.Connection, track_id: str, kind: FeedbackKind, now: datetime
) -> _Lesson | None:
    for entry in _recent(db, now):
        if entry.track.id == track_id and "track" in entry.why:
            word = "liked" if kind is FeedbackKind.LIKE else "skipped"
            return _Lesson(_estimates(entry.why), word, _place(entry.why["track"]))
    return None


def _of_correction(
    db: sqlite3.Connection, said: Affect, meant: Affect | None, now: datetime
) -> _Lesson | None:
    for entry in _recent(db, now):
        word = "corrected" if meant else "skipped"
        return _Lesson(_estimates(entry.why), word, meant or said)
    return None


def _recent(db: sqlite3.Connection, now: datetime) -> list[QueueEntry]:
    entries = newest_entries(db, MANY)
    return [entry for entry in entries if timedelta() <= now - entry.planned_at <= RECENT]


def _estimates(why: Mapping[str, Any]) -> dict[Source, Estimate]:
    return {
        Source(name): Estimate(_place(one), one["spread"])
        for name, one in why.get("sources", {}).items()
    }


def _apply(db: sqlite3.Connection, rule: Rule, lesson: _Lesson | None) -> None:
    if lesson:
        learned = rule(trusted(db), lesson.estimates, lesson.word, lesson.place)
        save_trust(db, {source.value: trust for source, trust in learned.items()})


def _place(fields: Mapping[str, Any]) -> Affect:
    return Affect(fields["valence"], fields["arousal"])
