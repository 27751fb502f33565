from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from companion.affect import Affect, KeptFeatures, Quadrant, TrackMood
from companion.agent.library.renewal import renew_tags
from companion.agent.library.tagging_order import due_tracks
from companion.errors import ClipDamaged, WorkerLost
from companion.music.features_version import VERSION
from companion.store.tracks.features import read_features
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import count_tags, read_tag, save_tag
from tests.store.samples import MODEL, NOON, ORIGIN, make_mood, make_track

NEWER = "track_mood/2"
NAMES = ("a", "b", "c")
NEW_MOOD = replace(make_mood(Quadrant.Q4, NEWER), affect=Affect(0.5, -0.7), tags=("slow",))


class Ears:
    """Tags what was kept; the troubles are raised for the numbers that they are named by."""

    def __init__(self, mood: TrackMood = NEW_MOOD) -> None:
        self.mood = mood
        self.seen: list[bytes] = []
        self.troubles: dict[bytes, Exception] = {}

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        self.seen.append(kept.numbers)
        if kept.numbers in self.troubles:
            raise self.troubles[kept.numbers]
        return self.mood


@pytest.fixture
def tagged(db: sqlite3.Connection) -> sqlite3.Connection:
    save_tracks(db, [make_track(name) for name in NAMES], NOON)
    for name in NAMES:
        kept = KeptFeatures(VERSION, name.encode())
        save_tag(db, name, replace(make_mood(), features=kept), ORIGIN, NOON)
    return db


def go_on(*_: int) -> bool:
    return True


def renew(db: sqlite3.Connection, ears: Ears, advance: Callable[[int, int], bool] = go_on) -> int:
    return renew_tags(db, ears, NEWER, advance)


def test_every_tag_of_older_weights_is_renewed_once(tagged: sqlite3.Connection) -> None:
    ears, told = Ears(), list[tuple[int, int]]()

    def advance(done: int, count: int) -> bool:
        told.append((done, count))
        return True

    assert renew(tagged, ears, advance) == 3
    assert ears.seen == [b"a", b"b", b"c"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [read_tag(tagged, name) for name in NAMES] == [NEW_MOOD] * 3
    assert due_tracks(tagged, NEWER, NOON, again=False) == []
    assert renew(tagged, ears) == 0


def test_it_stops_where_it_is_told_and_goes_on_there(tagged: sqlite3.Connection) -> None:
    ears = Ears()
    assert renew(tagged, ears, lambda done, _: done < 2) == 2
    assert renew(tagged, ears) == 1
    assert ears.seen == [b"a", b"b", b"c"]


def test_features_of_another_version_are_computed_anew_from_the_clip(
    tagged: sqlite3.Connection,
) -> None:
    other = replace(make_mood(), features=KeptFeatures(VERSION + 1, b"other"))
    save_tag(tagged, "b", other, ORIGIN, NOON)
    ears = Ears()
    assert renew(tagged, ears) == 2
    assert ears.seen == [b"a", b"c"]
    assert [one.id for one in due_tracks(tagged, NEWER, NOON, again=False)] == ["b"]


def test_damaged_ones_are_dropped_and_computed_anew_from_the_clip(
    tagged: sqlite3.Connection,
) -> None:
    ears = Ears()
    ears.troubles[b"b"] = ClipDamaged("Not of this size.")
    assert renew(tagged, ears) == 2
    assert read_features(tagged, "b") is None
    assert read_tag(tagged, "b") == make_mood()
    assert [one.id for one in due_tracks(tagged, NEWER, NOON, again=False)] == ["b"]


def test_a_lost_worker_loses_no_tag(tagged: sqlite3.Connection) -> None:
    ears = Ears()
    ears.troubles[b"b"] = WorkerLost("It died.")
    with pytest.raises(WorkerLost):
        renew(tagged, ears)
    assert count_tags(tagged).models == {NEWER: 1, MODEL: 2}
    assert read_features(tagged, "b") is not None


def test_a_tagger_of_other_weights_changes_nothing(tagged: sqlite3.Connection) -> None:
    assert renew(tagged, Ears(replace(NEW_MOOD, model="track_mood/3"))) == 0
    assert count_tags(tagged).models == {MODEL: 3}
