from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.store.database import open_database
from companion.store.library import count_tracks, drop_unseen, known_ids, read_track, save_tracks
from companion.store.tags import save_failure, save_tag
from companion.track import Track
from tests.store.samples import MEMORY, NOON, ORIGIN, make_mood, make_track, tracks
from tests.store.stored import tagged_tracks

LATER = NOON + timedelta(hours=1)


def stored(db: sqlite3.Connection) -> list[Track]:
    return [read_track(row) for row in db.execute("SELECT * FROM tracks ORDER BY id")]


def rows_in(db: sqlite3.Connection, table: str) -> int:
    count: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
    return count


@given(st.lists(tracks, max_size=4, unique_by=lambda track: track.id))
def test_a_track_comes_back_as_it_was_saved(library: list[Track]) -> None:
    with open_database(MEMORY) as db:
        save_tracks(db, library, NOON)
        assert stored(db) == sorted(library, key=lambda track: track.id)
        assert count_tracks(db) == len(library)


@given(tracks, tracks)
def test_saving_again_brings_every_field_up_to_date(old: Track, new: Track) -> None:
    new = replace(new, id=old.id)
    with open_database(MEMORY) as db:
        save_tracks(db, [old], NOON)
        save_tracks(db, [new], LATER)
        assert stored(db) == [new]


def test_saving_again_keeps_the_tag_and_the_tries(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track("1"), make_track("2")], NOON)
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    save_failure(db, "2", "no_clip", "", NOON)
    renamed = replace(make_track("1"), title="Song 1 (Remastered)")
    save_tracks(db, [renamed, make_track("2")], LATER)
    assert list(tagged_tracks(db)) == [(renamed, make_mood())]
    assert rows_in(db, "untagged") == 1


def test_the_last_of_two_rows_for_one_track_holds(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track(), replace(make_track(), title="Other")], NOON)
    assert [track.title for track in stored(db)] == ["Other"]


def test_a_page_that_breaks_off_saves_nothing(db: sqlite3.Connection) -> None:
    def page() -> Iterable[Track]:
        yield make_track()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_tracks(db, page(), NOON)
    assert count_tracks(db) == 0


def test_what_the_table_refuses_is_not_half_saved(db: sqlite3.Connection) -> None:
    absurd = replace(make_track("2"), title=None)  # type: ignore[arg-type] # what the row refuses
    with pytest.raises(sqlite3.IntegrityError):
        save_tracks(db, [make_track("1"), absurd], NOON)
    assert count_tracks(db) == 0


def test_only_what_no_sync_met_is_forgotten(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track("1"), make_track("2"), make_track("3")], NOON)
    save_tracks(db, [make_track("2")], LATER)
    assert drop_unseen(db, NOON) == 0  # seen at that very moment
    assert drop_unseen(db, LATER) == 2
    assert stored(db) == [make_track("2")]
    assert drop_unseen(db, LATER) == 0


def test_a_forgotten_track_takes_its_tag_along(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track("1"), make_track("2")], NOON)
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    save_failure(db, "2", "no_clip", "", NOON)
    drop_unseen(db, LATER)
    assert rows_in(db, "tags") == rows_in(db, "untagged") == 0


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ([], set()),
        (["1"], {"1"}),
        (["1", "1", "3"], {"1"}),
        (["", "'", "1' OR '1'='1", "\u0000", "歌"], set()),
        ([str(number) for number in range(5000)], {"1", "2"}),
    ],
)
def test_known_ids(db: sqlite3.Connection, asked: list[str], known: set[str]) -> None:
    save_tracks(db, [make_track("1"), make_track("2")], NOON)
    assert known_ids(db, asked) == known
