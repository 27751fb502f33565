from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.store.feedback import FeedbackKind, save_feedback
from companion.store.queue import EndingCounts, EntryState, count_endings, move_entry, plan_entry
from companion.track import Track
from tests.store.samples import NOON


def song(id_: str, artist: str = "Who") -> Track:
    return Track(id_, f"spotify:track:{id_}", f"Song {id_}", (artist,) if artist else ())


def end(db: sqlite3.Connection, track: Track, state: EntryState, region: str = "Q1") -> None:
    entry = plan_entry(db, track, {"region": region}, NOON)
    assert entry is not None
    move_entry(db, entry, EntryState.PLANNED, state, NOON)


def test_a_track_and_its_artists_others_are_told_apart(db: sqlite3.Connection) -> None:
    end(db, song("a"), EntryState.FINISHED)
    end(db, song("a"), EntryState.SKIPPED)
    end(db, song("b"), EntryState.FINISHED)
    end(db, song("c"), EntryState.SKIPPED)
    end(db, song("d", "Whom"), EntryState.FINISHED)
    assert count_endings(db, [song("a")], "Q1") == [
        EndingCounts("Who", None, 1, 1, 0),
        EndingCounts("Who", "a", 1, 1, 0),
    ]


@pytest.mark.parametrize(
    "state", [state for state in EntryState if state not in (EntryState.FINISHED, "skipped")]
)
def test_what_nobody_saw_end_is_not_counted(db: sqlite3.Connection, state: EntryState) -> None:
    end(db, song("a"), state)
    assert count_endings(db, [song("a")], "Q1") == []


def test_each_mood_region_has_its_own_ends(db: sqlite3.Connection) -> None:
    end(db, song("a"), EntryState.FINISHED, "Q3")
    assert count_endings(db, [song("a")], "Q1") == []
    assert count_endings(db, [song("a")], "Q3") == [EndingCounts("Who", "a", 1, 0, 0)]


def test_what_the_user_said_counts_too(db: sqlite3.Connection) -> None:
    save_feedback(db, song("a"), FeedbackKind.LIKE, "Q1", NOON)
    save_feedback(db, song("a"), FeedbackKind.SKIP, None, NOON + timedelta(minutes=1))
    save_feedback(db, song("a"), FeedbackKind.SKIP, "Q2", NOON)
    assert count_endings(db, [song("a")], "Q1") == [EndingCounts("Who", "a", 0, 1, 1)]


def test_what_was_said_without_a_mood_counts_in_every_region(db: sqlite3.Connection) -> None:
    save_feedback(db, song("a"), FeedbackKind.LIKE, None, NOON)
    assert count_endings(db, [song("a")], "Q1") == count_endings(db, [song("a")], "Q4")
    assert count_endings(db, [song("a")], "Q1")[0].liked == 1


def test_a_track_without_artists_has_its_own_ends(db: sqlite3.Connection) -> None:
    end(db, song("a", ""), EntryState.FINISHED)
    assert count_endings(db, [song("a", "")], "Q1") == [EndingCounts("", "a", 1, 0, 0)]


def test_where_the_mood_was_forgotten_nothing_is_learnt(db: sqlite3.Connection) -> None:
    end(db, song("a"), EntryState.FINISHED)
    db.execute("UPDATE queue_entries SET why = '{}'")
    assert count_endings(db, [song("a")], "Q1") == []
