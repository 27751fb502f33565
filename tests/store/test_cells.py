from __future__ import annotations

import sqlite3

from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.search import cell_of
from companion.store.database import open_database
from companion.store.library import save_tracks, tracks_by_id
from companion.store.tags import cells, read_cell, save_tag
from tests.store.samples import MEMORY, NOON, ORIGIN, affects, make_mood, make_track


def tag(db: sqlite3.Connection, id_: str, affect: Affect, sure: float = 0.8) -> None:
    mood = make_mood()
    changed = type(mood)(mood.probabilities, affect, sure, mood.tempo, mood.pitch, mood.model)
    save_tracks(db, [make_track(id_)], NOON)
    save_tag(db, id_, changed, ORIGIN, NOON)


@given(st.lists(affects, min_size=1, max_size=12))
@settings(max_examples=30)
def test_the_store_and_the_search_mean_the_same_cells(places: list[Affect]) -> None:
    with open_database(MEMORY) as db:
        for number, place in enumerate(places):
            tag(db, str(number), place)
        assert cells(db) == sorted({cell_of(place) for place in places})
        for cell in cells(db):
            for id_, valence, arousal, _ in read_cell(db, cell):
                assert cell_of(places[int(id_)]) == cell
                assert (valence, arousal) == (places[int(id_)].valence, places[int(id_)].arousal)


def test_a_cell_is_read_from_its_surest_tag_on(db: sqlite3.Connection) -> None:
    for id_, sure in (("a", 0.5), ("b", 0.9), ("c", 0.7)):
        tag(db, id_, Affect(0.5, 0.5), sure)
    tag(db, "d", Affect(-0.5, 0.5))
    assert [(row[0], row[3]) for row in read_cell(db, cell_of(Affect(0.5, 0.5)))] == [
        ("b", 0.9),
        ("c", 0.7),
        ("a", 0.5),
    ]


def test_an_empty_library_has_no_cells(db: sqlite3.Connection) -> None:
    assert cells(db) == []
    assert list(read_cell(db, 0)) == []


def test_a_track_that_is_tagged_anew_changes_its_cell(db: sqlite3.Connection) -> None:
    tag(db, "a", Affect(0.5, 0.5))
    tag(db, "a", Affect(-0.5, -0.5))
    assert cells(db) == [cell_of(Affect(-0.5, -0.5))]


def test_tracks_are_read_by_their_ids(db: sqlite3.Connection) -> None:
    for id_ in "abc":
        save_tracks(db, [make_track(id_)], NOON)
    assert tracks_by_id(db, ["a", "c", "gone"]) == {"a": make_track("a"), "c": make_track("c")}
