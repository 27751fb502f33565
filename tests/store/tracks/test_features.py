from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from companion.affect import Affect, KeptFeatures, Quadrant
from companion.music.features_version import VERSION
from companion.music.track_features import BYTES
from companion.store.database import open_database
from companion.store.forget import Kind, forget
from companion.store.tracks.corrections import drop_track_correction, save_track_correction
from companion.store.tracks.features import drop_features, find_renewable, read_features
from companion.store.tracks.library import drop_unseen, save_tracks
from companion.store.tracks.tags import find_due, read_tag, renew_tag, save_tag
from tests.store.samples import MODEL, NOON, ORIGIN, make_mood, make_track

NEWER = "track_mood/2"
HEARD = KeptFeatures(1, b"numbers")
MOOD = replace(make_mood(), features=HEARD)


def fill(db: sqlite3.Connection, *names: str) -> None:
    save_tracks(db, [make_track(name) for name in names], NOON)
    for name in names:
        save_tag(db, name, MOOD, ORIGIN, NOON)


def test_they_are_kept_with_the_tag_and_go_with_the_track(db: sqlite3.Connection) -> None:
    fill(db, "1", "2")
    assert read_features(db, "1") == HEARD
    assert read_features(db, "none") is None
    drop_unseen(db, NOON.replace(year=2030))
    assert read_features(db, "1") is None


def test_those_of_another_clip_do_not_outlive_its_tag(db: sqlite3.Connection) -> None:
    fill(db, "1")
    other = KeptFeatures(2, b"others")
    save_tag(db, "1", replace(MOOD, features=other), ORIGIN, NOON)
    assert read_features(db, "1") == other
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    assert read_features(db, "1") is None


def test_only_older_tags_whose_features_fit_can_be_renewed(db: sqlite3.Connection) -> None:
    fill(db, "1", "2", "3", "4")
    save_tag(db, "2", replace(MOOD, features=None), ORIGIN, NOON)
    save_tag(db, "3", replace(MOOD, features=KeptFeatures(9, b"")), ORIGIN, NOON)
    save_tag(db, "4", replace(MOOD, model=NEWER), ORIGIN, NOON)
    assert find_renewable(db, NEWER, 1) == ["1"]
    assert find_renewable(db, MODEL, 1) == ["4"]
    # what cannot be renewed is listened to again
    again = find_due(db, NEWER, NOON, again=False).renewed
    assert {track.id for track in again} == {"1", "2", "3"}


def test_a_renewed_tag_keeps_its_clip_its_time_and_its_features(db: sqlite3.Connection) -> None:
    fill(db, "1")
    before = dict(db.execute("SELECT * FROM tags").fetchone())
    newer = replace(make_mood(Quadrant.Q3, NEWER), affect=Affect(-0.5, -0.5), tags=("slow",))
    renew_tag(db, "1", newer)
    after = dict(db.execute("SELECT * FROM tags").fetchone())
    assert read_tag(db, "1") == newer
    same = ("provider", "reference", "match", "matched_by", "tagged_at")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert read_features(db, "1") == HEARD
    assert find_renewable(db, NEWER, 1) == []


def test_a_correction_holds_when_the_tag_is_renewed(db: sqlite3.Connection) -> None:
    fill(db, "1")
    save_track_correction(db, "1", Affect(0.9, 0.9), NOON)
    newer = replace(make_mood(Quadrant.Q3, NEWER), affect=Affect(-0.5, -0.5), valence_spread=0.2)
    renew_tag(db, "1", newer)
    moved = read_tag(db, "1")
    assert moved is not None
    assert (moved.affect, moved.valence_spread, moved.model) == (Affect(0.9, 0.9), 0.0, NEWER)
    drop_track_correction(db, "1")
    assert read_tag(db, "1") == newer


def test_they_are_forgotten_with_the_library(db: sqlite3.Connection) -> None:
    fill(db, "1", "2")
    drop_features(db, "2")
    forget(db, [Kind.READINGS, Kind.HISTORY])
    assert read_features(db, "1") == HEARD
    forget(db, [Kind.LIBRARY])
    assert db.execute("SELECT count(*) FROM track_features").fetchone()[0] == 0


def test_of_a_forgotten_library_no_number_is_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    with open_database(file) as db:
        save_tracks(db, [make_track("1")], NOON)
        marked = KeptFeatures(VERSION, b"a trace" * 500)
        save_tag(db, "1", replace(MOOD, features=marked), ORIGIN, NOON)
        forget(db, [Kind.LIBRARY])
    assert b"a trace" not in file.read_bytes()


def test_a_track_takes_some_four_kilobytes(tmp_path: Path) -> None:
    sizes = []
    for numbers in (b"", bytes(BYTES)):
        file = tmp_path / f"{len(numbers)}.db"
        with open_database(file) as db:
            mood = replace(MOOD, features=KeptFeatures(VERSION, numbers))
            save_tracks(db, [make_track(f"{n:022}") for n in range(40)], NOON)
            for n in range(40):
                save_tag(db, f"{n:022}", mood, ORIGIN, NOON)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append(file.stat().st_size)
    assert 40 * 3900 < sizes[1] - sizes[0] < 40 * 4500
