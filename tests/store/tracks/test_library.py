from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.store.database import _statements, migrations, open_database
from companion.store.tracks.library import (
    SAVED,
    Source,
    SyncProgress,
    count_source,
    count_tracks,
    drop_progress,
    drop_source,
    drop_unseen,
    find_tracks,
    known_ids,
    known_sources,
    read_progress,
    read_source,
    read_track,
    save_progress,
    save_source,
    save_tracks,
    track_id,
)
from companion.store.tracks.tags import save_failure, save_tag
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


def test_a_source_comes_back_as_it_was_kept(db: sqlite3.Connection) -> None:
    assert read_source(db, "mix") is None
    for source in (Source("v1", NOON, 3), Source("v2", NOON + timedelta(days=1), 0)):
        save_source(db, "mix", source)
        assert read_source(db, "mix") == source
    assert read_source(db, SAVED) is None


@pytest.mark.parametrize(
    "course",
    [
        SyncProgress("", NOON),
        SyncProgress("v1", NOON, 150, 400, {"local file": 2, "podcast": 1}, steady=False),
    ],
)
def test_a_read_comes_back_where_it_stopped(db: sqlite3.Connection, course: SyncProgress) -> None:
    assert read_progress(db, "mix") is None
    save_progress(db, "mix", SyncProgress("v0", NOON, 50))
    save_progress(db, "mix", course)
    assert read_progress(db, "mix") == course
    drop_progress(db, "mix")
    assert read_progress(db, "mix") is None


def test_a_source_that_was_only_begun_is_known(db: sqlite3.Connection) -> None:
    save_source(db, "a", Source("", NOON, 0))
    save_progress(db, "b", SyncProgress("", NOON))
    assert known_sources(db) == {"a", "b"}


def test_with_a_source_go_the_tracks_that_no_other_has(db: sqlite3.Connection) -> None:
    save_tracks(db, [make_track("1"), make_track("2")], NOON)
    save_tracks(db, [make_track("2"), make_track("3")], NOON, "mix")
    save_source(db, "mix", Source("", NOON, 0))
    save_progress(db, "mix", SyncProgress("", NOON))
    assert (count_tracks(db), count_source(db), count_source(db, "mix")) == (3, 2, 2)
    assert drop_source(db, "mix") == 1
    assert known_sources(db) == set()
    assert known_ids(db, ["1", "2", "3"]) == {"1", "2"}
    assert known_ids(db, ["1", "2", "3"], "mix") == set()


def test_a_library_of_before_the_sources_is_the_saved_one() -> None:
    """The second migration finds what the first program had kept."""
    old = sqlite3.connect(":memory:", isolation_level=None)
    old.row_factory = sqlite3.Row
    scripts = migrations()
    for statement in _statements(scripts[1]):
        old.execute(statement)
    row = ("1", "spotify:track:1", "Song", "[]", "", 1, "", 0, None, NOON.timestamp())
    old.execute("INSERT INTO tracks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    facts = [("library_read_whole_at", NOON.isoformat()), ("library_passed_over", "7")]
    old.executemany("INSERT INTO facts VALUES (?, ?)", facts)
    for statement in _statements(scripts[2]):
        old.execute(statement)
    assert known_ids(old, ["1"]) == {"1"}
    assert read_source(old, SAVED) == Source("", NOON, 7)
    assert old.execute("SELECT count(*) FROM facts").fetchone()[0] == 0


ID = "4uLU6hMCjMI75M1A2tKUQC"


def song(id_: str, title: str, *artists: str) -> Track:
    return Track(id_, f"spotify:track:{id_}", title, artists)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ID, ID),
        (f"spotify:track:{ID}", ID),
        (f"https://open.spotify.com/track/{ID}", ID),
        (f"https://open.spotify.com/intl-de/track/{ID}?si=0123", ID),
        (f" {ID} ", ID),
        (f"spotify:album:{ID}", None),
        (ID[:-1], None),
        (f"{ID}x", None),
        ("", None),
        ("Never gonna give you up", None),
    ],
)
def test_what_is_a_tracks_id(text: str, found: str | None) -> None:
    assert track_id(text) == found


@pytest.fixture
def library(db: sqlite3.Connection) -> sqlite3.Connection:
    tracks = [
        song(ID, "Into My Arms", "Nick Cave"),
        song("2", "Into the Great", "Tom"),
        song("3", "Intro", "The xx"),
        song("4", "100% Arms_", "Who"),
    ]
    save_tracks(db, tracks, NOON)
    return db


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("into", [ID, "2"]),
        ("INTO CAVE", [ID]),
        ("int", [ID, "2", "3"]),
        (f"spotify:track:{ID}", [ID]),
        ("100%", ["4"]),
        ("_", ["4"]),
        ("%", ["4"]),
        ('"', []),
        ("]", []),
        ("' OR 1", []),
        ("", []),
    ],
)
def test_tracks_are_found_by_their_words(
    library: sqlite3.Connection, text: str, ids: list[str]
) -> None:
    assert [track.id for track in find_tracks(library, text, 9)] == ids


def test_no_more_than_asked_for(library: sqlite3.Connection) -> None:
    assert len(find_tracks(library, "i", 2)) == 2
