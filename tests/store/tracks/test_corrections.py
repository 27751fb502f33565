from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from companion.affect import Affect, Quadrant
from companion.playback import Initiative, PlayerSnapshot
from companion.store.database import open_database
from companion.store.history.feedback import FeedbackKind, save_feedback, undo_last
from companion.store.listening.plays import begin_play, plays_since
from companion.store.tracks.corrections import (
    SURE,
    drop_track_correction,
    read_track_corrections,
    save_track_correction,
)
from companion.store.tracks.library import drop_unseen, save_tracks
from companion.store.tracks.tags import cells, count_tags, read_cell, save_tag
from companion.store.tracks.track_map import find_on_map, read_map, untagged_tracks
from companion.track import Track
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
    return {name: (valence, arousal, sure) for name, valence, arousal, *_, sure in found}


def by_another(name: str) -> Track:
    return replace(make_track(name), artists=("Whom",))


def test_a_choice_goes_by_the_correction(tagged: sqlite3.Connection) -> None:
    save_track_correction(tagged, "1", THERE, NOON)
    assert places(tagged)["1"] == (-0.8, 0.6, SURE)
    assert count_tags(tagged).quadrants[Quadrant.Q2] == 1


class TestTeaching:
    @pytest.fixture
    def tagged(self, db: sqlite3.Connection) -> sqlite3.Connection:
        """Four tracks of one artist, which the model puts at (.3, -.2), and one of another."""
        save_tracks(db, [*map(make_track, "1234"), by_another("5")], NOON)
        for name in "12345":
            save_tag(db, name, make_mood(), ORIGIN, NOON)
        return db

    def test_the_artists_other_tracks_are_moved_along(self, tagged: sqlite3.Connection) -> None:
        assert save_track_correction(tagged, "1", Affect(0.8, 0.3), NOON) == 3
        for name in "234":  # a fifth of the way
            assert places(tagged)[name] == pytest.approx((0.4, -0.1, 0.65))
        assert places(tagged)["5"] == (0.3, -0.2, 0.65)

    def test_several_teach_more_than_one(self, tagged: sqlite3.Connection) -> None:
        save_track_correction(tagged, "1", Affect(0.8, 0.3), NOON)
        assert save_track_correction(tagged, "2", Affect(0.8, 0.3), NOON) == 2
        assert places(tagged)["3"][:2] == pytest.approx((0.3 + 0.5 / 3, -0.2 + 0.5 / 3))
        assert places(tagged)["2"] == (0.8, 0.3, SURE)

    def test_contrary_ones_teach_nothing(self, tagged: sqlite3.Connection) -> None:
        save_track_correction(tagged, "1", Affect(0.8, -0.2), NOON)
        save_track_correction(tagged, "2", Affect(-0.2, -0.2), NOON)
        assert places(tagged)["3"][:2] == pytest.approx((0.3, -0.2))

    def test_none_leaves_the_plane(self, tagged: sqlite3.Connection) -> None:
        for name in "123":
            save_track_correction(tagged, name, Affect(1.0, -1.0), NOON)
        save_tag(tagged, "4", replace(make_mood(), affect=Affect(0.99, -0.99)), ORIGIN, NOON)
        assert places(tagged)["4"][:2] == (1.0, -1.0)

    def test_taking_them_back_leaves_no_trace(self, tagged: sqlite3.Connection) -> None:
        before = places(tagged)
        save_track_correction(tagged, "1", THERE, NOON)
        save_track_correction(tagged, "2", ELSEWHERE, NOON)
        drop_track_correction(tagged, "1")
        drop_track_correction(tagged, "2")
        assert places(tagged) == before

    def test_a_track_that_is_tagged_later_is_taught_too(self, tagged: sqlite3.Connection) -> None:
        save_track_correction(tagged, "1", Affect(0.8, 0.3), NOON)
        save_tracks(tagged, [make_track("6")], NOON)
        for _ in range(2):
            save_tag(tagged, "6", make_mood(), ORIGIN, NOON)
            assert places(tagged)["6"][:2] == pytest.approx((0.4, -0.1))

    def test_what_was_played_counts_at_its_new_place(self, tagged: sqlite3.Connection) -> None:
        begin_play(tagged, PlayerSnapshot(make_track("1")), Initiative.USER, NOON)
        before = plays_since(tagged, NOON)[0]
        save_track_correction(tagged, "1", THERE, NOON)
        after = plays_since(tagged, NOON)[0]
        assert (before.affect, after.affect) == (Affect(0.3, -0.2), THERE)
        assert after.spread < before.spread  # the user is surer than the model


def undone(db: sqlite3.Connection) -> tuple[str, str]:
    found = undo_last(db)
    assert found
    return found.command, found.name


def test_undo_takes_back_a_move(tagged: sqlite3.Connection) -> None:
    before = places(tagged)
    save_feedback(tagged, make_track("2"), FeedbackKind.LIKE, None, NOON)
    save_track_correction(tagged, "1", THERE, NOON + timedelta(seconds=1))
    assert undone(tagged) == ("move", make_track("1").title)
    assert places(tagged) == before
    assert undone(tagged) == ("like", make_track("2").byline)
    assert undo_last(tagged) is None


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
