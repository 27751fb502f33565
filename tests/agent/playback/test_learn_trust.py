"""The trust in each source, learned from endings, likes and corrections."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from companion.affect import Affect, Correction, Emotion
from companion.agent.playback.learn_trust import (
    learn_from_correction,
    learn_from_endings,
    learn_from_feedback,
    trusted,
    undo,
)
from companion.choose.fusion.estimate import Source
from companion.store.face.readings import save_reading
from companion.store.history.feedback import FeedbackKind, save_correction, save_feedback
from companion.store.history.queue import EntryState, QueueEntry, move_entry, plan_entry
from companion.store.history.trust import save_trust
from companion.track import Track
from tests.choose.makers import face_mood

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SONG = Track("a", "spotify:track:a", "A")
FACE, HEARD = {"valence": 0.8, "arousal": 0.5}, {"valence": -0.6, "arousal": -0.4}


def why(place: dict[str, float] = FACE) -> dict[str, Any]:
    sources = {"face": {**FACE, "spread": 0.5}, "listening": {**HEARD, "spread": 0.3}}
    return {"sources": sources, "track": place}


def entry(state: EntryState, place: dict[str, float] = FACE) -> QueueEntry:
    return QueueEntry(1, SONG, state, NOW, NOW, why(place))


@pytest.mark.parametrize(
    ("state", "place", "believed"),
    [
        (EntryState.FINISHED, FACE, Source.FACE),
        (EntryState.FINISHED, HEARD, Source.LISTENING),
        (EntryState.SKIPPED, FACE, Source.LISTENING),
        (EntryState.SKIPPED, HEARD, Source.FACE),
    ],
)
def test_a_source_near_what_was_heard_gains(
    db: sqlite3.Connection, state: EntryState, place: dict[str, float], believed: Source
) -> None:
    learn_from_endings(db, [entry(state, place)])
    trust = trusted(db)
    assert max(trust, key=trust.__getitem__) is believed


@pytest.mark.parametrize("state", [EntryState.UNKNOWN, EntryState.LOST, EntryState.PLAYING])
def test_what_tells_nothing_teaches_nothing(db: sqlite3.Connection, state: EntryState) -> None:
    learn_from_endings(db, [entry(state)])
    assert trusted(db) == {}


def test_an_entry_whose_reasons_were_forgotten_teaches_nothing(db: sqlite3.Connection) -> None:
    learn_from_endings(db, [QueueEntry(1, SONG, EntryState.FINISHED, NOW, NOW, {})])
    assert trusted(db) == {}


def queue(db: sqlite3.Connection) -> None:
    number = plan_entry(db, SONG, why(), NOW)
    assert number is not None
    move_entry(db, number, EntryState.PLANNED, EntryState.PLAYING, NOW)


def test_a_like_teaches_of_a_pick_of_late_only(db: sqlite3.Connection) -> None:
    queue(db)
    learn_from_feedback(db, "another", FeedbackKind.LIKE, NOW)
    learn_from_feedback(db, "a", FeedbackKind.LIKE, NOW + timedelta(hours=5))
    learn_from_feedback(db, "a", FeedbackKind.LIKE, NOW - timedelta(hours=1))
    assert trusted(db) == {}
    learn_from_feedback(db, "a", FeedbackKind.LIKE, NOW + timedelta(minutes=5))
    assert trusted(db)[Source.FACE] > 1 > trusted(db)[Source.LISTENING]


@pytest.mark.parametrize("meant", [Affect(-0.6, -0.4), None])
def test_a_correction_of_the_face_lowers_its_trust(
    db: sqlite3.Connection, meant: Affect | None
) -> None:
    queue(db)
    learn_from_correction(db, Affect(**FACE), meant, NOW + timedelta(minutes=5))
    assert trusted(db)[Source.FACE] < 1 < trusted(db)[Source.LISTENING]


SOON = NOW + timedelta(minutes=5)
BEFORE: dict[str, float] = {Source.FACE: 1.3, Source.LISTENING: 0.8}


def say(db: sqlite3.Connection, word: str) -> None:
    """Do as the commands do."""
    if word in list(FeedbackKind):
        save_feedback(db, SONG, FeedbackKind(word), "Q1", SOON)
        learn_from_feedback(db, SONG.id, FeedbackKind(word), SOON)
        return
    meant = Affect(-0.6, -0.4) if word == "calm" else None
    save_reading(db, face_mood(0.8, 0.5), "face_mood 1", NOW)
    save_correction(db, Correction(NOW, "face_mood 1", Emotion.HAPPINESS, word, meant), SOON)
    learn_from_correction(db, Affect(**FACE), meant, SOON)


@pytest.mark.parametrize("word", ["like", "skip", "calm", ""])
def test_undo_takes_the_lesson_back(db: sqlite3.Connection, word: str) -> None:
    save_trust(db, BEFORE)
    queue(db)
    say(db, word)
    assert trusted(db) != pytest.approx(BEFORE)
    assert undo(db)
    assert trusted(db) == pytest.approx(BEFORE)
    assert undo(db) is None


def test_undo_of_what_taught_nothing_changes_no_trust(db: sqlite3.Connection) -> None:
    save_trust(db, BEFORE)
    save_feedback(db, SONG, FeedbackKind.LIKE, "Q1", SOON)  # of no pick
    assert undo(db)
    assert trusted(db) == BEFORE


def test_undo_leaves_the_lessons_that_came_later(db: sqlite3.Connection) -> None:
    queue(db)
    learn_from_endings(db, [entry(EntryState.FINISHED)])
    alone = trusted(db)
    db.execute("DELETE FROM trust")
    say(db, "calm")
    learn_from_endings(db, [entry(EntryState.FINISHED)])
    undo(db)
    assert trusted(db) == pytest.approx(alone, rel=0.02)
