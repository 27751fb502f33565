from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.store.database import _statements, migrations
from companion.store.library import (
    SAVED,
    Source,
    SyncProgress,
    count_source,
    count_tracks,
    drop_progress,
    drop_source,
    known_ids,
    known_sources,
    read_progress,
    read_source,
    save_progress,
    save_source,
    save_tracks,
)
from tests.store.samples import NOON, make_track


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
