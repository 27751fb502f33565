from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given

from companion.affect import Affect, Quadrant
from companion.store.database import open_database
from companion.store.tracks.corrections import (
    SURE,
    drop_track_correction,
    read_track_corrections,
    save_track_correction,
)
from companion.store.tracks.library import drop_unseen, save_tracks
from companion.store.tracks.tags import cells, count_tags, read_cell, save_tag
from companion.store.tracks.track_map import find_on_map, read_map, untagged_tracks
from tests.store.samples import (
    MEMORY,
    NOON,
    ORIGIN,
    affects,
    make_mood,
    make_track,
    track_moods,
)

THERE, ELSEWHERE = Affect(-0.8, 0.6), Affect(0.5, -0.5)


@pytest.fixture
def tagged(db: sqlite3.Connection) -> sqlite3.Connection:
    save_tracks(db, [make_track("1"), make_track("2")], NOON)
    for name in ("1", "2"):
        save_tag(db, name, make_mood(), ORIGIN, NOON)
    return db


def places(db: sqlite3.Connection) -> dict[str, tuple[float, float, float]]:
    """Return the places by which a choice finds the tracks."""
    found = (row for cell in cells(db) for row in read_cell(db, cell))
    return {name: (valence, arousal, sure) for name, valence, arousal, sure in found}


def test_a_choice_goes_by_the_correction(tagged: sqlite3.Connection) -> None:
    save_track_correction(tagged, "1", THERE, NOON)
    assert places(tagged)["1"] == (-0.8, 0.6, SURE)
    assert places(tagged)["2"] == (0.3, -0.2, 0.65)
    assert count_tags(tagged).quadrants[Quadrant.Q2] == 1


def test_it_outlives_another_tag(tagged: sqlite3.Connection) -> None:
    save_track_correction(tagged, "1", THERE, NOON)
    save_tag(tagged, "1", make_mood(Quadrant.Q4, "track_mood/2"), ORIGIN, NOON)
    assert places(tagged)["1"] == (-0.8, 0.6, SURE)
    (kept,) = read_track_corrections(tagged)
    assert (kept.meant, kept.said) == (THERE, Affect(0.3, -0.2))


def test_it_outlives_the_track(tagged: sqlite3.Connection) -> None:
    save_track_correction(tagged, "1", THERE, NOON)
    drop_unseen(tagged, NOON.replace(year=2030))
    save_tracks(tagged, [make_track("1")], NOON)
    save_tag(tagged, "1", make_mood(), ORIGIN, NOON)
    assert places(tagged) == {"1": (-0.8, 0.6, SURE)}


def test_the_last_of_several_counts_and_is_taken_back_whole(tagged: sqlite3.Connection) -> None:
    before = places(tagged)
    save_track_correction(tagged, "1", THERE, NOON)
    save_track_correction(tagged, "1", ELSEWHERE, NOON)
    assert places(tagged)["1"][:2] == (0.5, -0.5)
    assert drop_track_correction(tagged, "1")
    assert not drop_track_correction(tagged, "1")
    assert places(tagged) == before
    assert read_track_corrections(tagged) == []


@given(track_moods, track_moods, affects)
def test_taking_it_back_leaves_what_the_model_said_last(
    first: object, second: object, place: Affect
) -> None:
    with open_database(MEMORY) as db:
        save_tracks(db, [make_track("1")], NOON)
        save_tag(db, "1", first, ORIGIN, NOON)  # type: ignore[arg-type]  # a TrackMood
        save_track_correction(db, "1", place, NOON)
        save_tag(db, "1", second, ORIGIN, NOON)  # type: ignore[arg-type]
        drop_track_correction(db, "1")
        after = [tuple(row) for row in db.execute("SELECT * FROM tags")]
        save_tag(db, "1", second, ORIGIN, NOON)  # type: ignore[arg-type]
        assert [tuple(row) for row in db.execute("SELECT * FROM tags")] == after


def test_one_without_a_tag_waits_for_it(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track("1")], NOON)
    save_track_correction(db, "1", THERE, NOON)
    assert read_track_corrections(db)[0].said is None
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    assert places(db)["1"][:2] == (-0.8, 0.6)


def test_the_map_has_what_is_tagged_and_the_list_what_is_not(tagged: sqlite3.Connection) -> None:
    save_tracks(tagged, [make_track("3")], NOON)
    save_track_correction(tagged, "2", THERE, NOON)
    assert [(one.tagged.track.id, one.corrected) for one in read_map(tagged)] == [
        ("1", False),
        ("2", True),
    ]
    assert find_on_map(tagged, "3") is None
    (left,) = untagged_tracks(tagged, 10)
    assert (left.track.id, left.reason, left.retry_at) == ("3", "", None)
