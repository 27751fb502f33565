"""The trust in each source, learned from endings, likes and corrections."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from companion.affect import Affect
from companion.agent.playback.lessons import (
    learn_from_correction,
    learn_from_endings,
    learn_from_like,
    trusted,
)
from companion.choose.fusion.estimate import Source
from companion.store.history.queue import EntryState, QueueEntry, move_entry, plan_entry
from companion.track import Track

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
    learn_from_like(db, "another", NOW)
    learn_from_like(db, "a", NOW + timedelta(hours=5))
    assert trusted(db) == {}
    learn_from_like(db, "a", NOW + timedelta(minutes=5))
    assert trusted(db)[Source.FACE] > 1 > trusted(db)[Source.LISTENING]


@pytest.mark.parametrize("meant", [Affect(-0.6, -0.4), None])
def test_a_correction_of_the_face_lowers_its_trust(
    db: sqlite3.Connection, meant: Affect | None
) -> None:
    queue(db)
    learn_from_correction(db, Affect(**FACE), meant, NOW + timedelta(minutes=5))
    assert trusted(db)[Source.FACE] < 1 < trusted(db)[Source.LISTENING]
