from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import Affect, Quadrant, TrackMood
from companion.store.database import open_database
from companion.store.tracks.library import save_tracks, tracks_by_id
from companion.store.tracks.tags import (
    RENEWED_A_DAY,
    Origin,
    TagCounts,
    cells,
    count_tags,
    find_due,
    read_cell,
    save_failure,
    save_tag,
    tag_places,
)
from tests.choose.makers import cell_of
from tests.store.samples import (
    MEMORY,
    MODEL,
    NOON,
    ORIGIN,
    affects,
    make_mood,
    make_track,
    track_moods,
)
from tests.store.stored import tagged_tracks

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)
NEWER = "track_mood/2"


@pytest.fixture(autouse=True)
def library(db: sqlite3.Connection) -> None:
    """Four tracks; 1 was saved last, and nobody knows when 4 was."""
    times = [NOON - n * DAY for n in range(3)]
    save_tracks(db, [make_track(str(n), at) for n, at in enumerate([*times, None], 1)], NOON)


def due(
    db: sqlite3.Connection, model: str = MODEL, at: datetime = NOON, *, again: bool = False
) -> list[str]:
    found = find_due(db, model, at, again=again)
    return [track.id for track in (*found.untagged, *found.renewed)]


@given(track_moods)
def test_a_tag_comes_back_as_it_was_saved(mood: TrackMood) -> None:
    with open_database(MEMORY) as db:
        save_tracks(db, [make_track()], NOON)
        save_tag(db, "1", mood, ORIGIN, NOON)
        assert list(tagged_tracks(db)) == [(make_track(), mood)]


def test_a_newer_tag_replaces_the_older(db: sqlite3.Connection) -> None:
    save_tag(db, "1", make_mood(Quadrant.Q1), ORIGIN, NOON)
    save_tag(db, "1", make_mood(Quadrant.Q3, NEWER), ORIGIN, NOON + DAY)
    [(_, mood)] = tagged_tracks(db)
    assert mood == make_mood(Quadrant.Q3, NEWER)


def test_where_a_tag_came_from_is_kept(db: sqlite3.Connection) -> None:
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    row = db.execute("SELECT provider, reference, match, tagged_at FROM tags").fetchone()
    assert tuple(row) == ("local", "a.flac", 0.9, NOON.timestamp())


def test_nothing_is_kept_of_a_track_that_left_the_library(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        save_tag(db, "gone", make_mood(), ORIGIN, NOON)
    with pytest.raises(sqlite3.IntegrityError):
        save_failure(db, "gone", "no_clip", "", NOON)
    assert not db.in_transaction


def test_the_last_saved_is_due_first(db: sqlite3.Connection) -> None:
    assert due(db) == ["1", "2", "3", "4"]


def test_what_is_tagged_is_not_due(db: sqlite3.Connection) -> None:
    save_tag(db, "2", make_mood(), ORIGIN, NOON)
    assert due(db) == ["1", "3", "4"]
    assert due(db, at=NOON + 1000 * DAY) == ["1", "3", "4"]


def test_another_models_tags_are_due_after_the_untagged(db: sqlite3.Connection) -> None:
    for id_ in ("1", "3"):
        save_tag(db, id_, make_mood(), ORIGIN, NOON)
    assert due(db, NEWER) == ["2", "4", "1", "3"]
    save_tag(db, "1", make_mood(model=NEWER), ORIGIN, NOON)
    assert due(db, NEWER) == ["2", "4", "3"]


def test_a_renewal_that_failed_waits_like_any_other(db: sqlite3.Connection) -> None:
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    save_failure(db, "1", "no_clip", "", NOON)
    assert "1" not in due(db, NEWER, NOON + DAY - MOMENT)
    assert "1" in due(db, NEWER, NOON + DAY)
    assert "1" not in due(db, MODEL, NOON + DAY)


def test_a_days_share_of_the_older_tags_is_renewed() -> None:
    with open_database(MEMORY) as db:
        ids = [f"{n:04}" for n in range(700)]
        save_tracks(db, [make_track(id_) for id_ in ids], NOON)
        for number, id_ in enumerate(ids):
            save_tag(db, id_, make_mood(), ORIGIN, NOON + number * MOMENT)
        days = 0
        left = set(ids)
        while left:
            at = NOON + (days + 1) * DAY
            today = due(db, NEWER, at)
            assert today == sorted(left)[:50]  # a fourteenth, the oldest first
            for id_ in today[:30]:
                save_tag(db, id_, make_mood(model=NEWER), ORIGIN, at)
            assert due(db, NEWER, at + MOMENT) == today[30:]
            for id_ in today[30:]:
                save_tag(db, id_, make_mood(model=NEWER), ORIGIN, at)
            assert due(db, NEWER, at + MOMENT) == []
            assert len(list(tagged_tracks(db))) == 700  # the older ones stay in use
            left -= set(today)
            days += 1
        assert days == 14


def test_a_small_library_is_renewed_faster(db: sqlite3.Connection) -> None:
    for id_ in "1234":
        save_tag(db, id_, make_mood(), ORIGIN, NOON)
    assert len(due(db, NEWER)) == 4


def test_new_tracks_come_before_renewals_and_count_as_the_days_work() -> None:
    with open_database(MEMORY) as db:
        save_tracks(db, [make_track(f"{n:02}") for n in range(60)], NOON)
        for number in range(30):
            save_tag(db, f"{number:02}", make_mood(), ORIGIN, NOON - DAY)
        assert due(db, NEWER)[:30] == [f"{n}" for n in range(30, 60)]
        assert len(due(db, NEWER)) == 30 + RENEWED_A_DAY
        for number in range(30, 60):
            save_tag(db, f"{number:02}", make_mood(model=NEWER), ORIGIN, NOON)
        assert due(db, NEWER) == []
        assert len(due(db, NEWER, NOON + DAY)) == RENEWED_A_DAY


def test_where_the_tracks_lie(db: sqlite3.Connection) -> None:
    assert tag_places(db) == []
    for id_ in "123":
        save_tag(db, id_, make_mood(), ORIGIN, NOON)
    assert tag_places(db) == [make_mood().affect] * 3


def test_how_a_clip_was_matched_is_counted(db: sqlite3.Connection) -> None:
    save_tag(db, "1", make_mood(), Origin("deezer", "1", 1.0, "isrc"), NOON)
    save_tag(db, "2", make_mood(), Origin("deezer", "2", 0.9, "name"), NOON)
    save_tag(db, "3", make_mood(), Origin("local", "3", 1.0, "isrc"), NOON)
    counts = count_tags(db)
    assert counts.matches == {"isrc": 2, "name": 1}
    assert counts.providers == {"deezer": 2, "local": 1}


def test_another_first_wait_doubles_too(db: sqlite3.Connection) -> None:
    hour = DAY / 24
    save_failure(db, "1", "source_busy", "", NOON, hour)
    assert count_tags(db).retry_at == NOON + hour
    save_failure(db, "1", "source_busy", "", NOON, hour)
    assert count_tags(db).retry_at == NOON + 2 * hour


def test_again_means_every_track(db: sqlite3.Connection) -> None:
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    save_failure(db, "2", "no_clip", "", NOON)
    assert due(db, again=True) == ["2", "3", "4", "1"]


def test_the_wait_doubles_up_to_64_days(db: sqlite3.Connection) -> None:
    at = NOON
    waits = []
    for _ in range(9):
        save_failure(db, "1", "no_clip", "", at)
        wait = next(d for d in range(1, 100) if "1" in due(db, at=at + d * DAY))
        assert "1" not in due(db, at=at + wait * DAY - MOMENT)
        waits.append(wait)
        at += wait * DAY
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_a_hundred_failures_wait_no_longer(db: sqlite3.Connection) -> None:
    for _ in range(100):
        save_failure(db, "1", "no_clip", "", NOON)
    assert "1" not in due(db, at=NOON + 64 * DAY - MOMENT)
    assert "1" in due(db, at=NOON + 64 * DAY)
    assert db.execute("SELECT tries FROM untagged").fetchone()["tries"] == 100


def test_a_tag_ends_the_failures(db: sqlite3.Connection) -> None:
    for _ in range(5):
        save_failure(db, "1", "no_clip", "", NOON)
    save_tag(db, "1", make_mood(), ORIGIN, NOON)
    assert count_tags(db).reasons == {}
    save_failure(db, "1", "no_clip", "", NOON)
    assert "1" in due(db, NEWER, NOON + DAY)  # it counts from one again


def test_the_newest_reason_holds(db: sqlite3.Connection) -> None:
    save_failure(db, "1", "no_clip", "nobody has it", NOON)
    save_failure(db, "1", "wrong_clip", "a cover", NOON)
    row = db.execute("SELECT reason, detail, tries FROM untagged").fetchone()
    assert tuple(row) == ("wrong_clip", "a cover", 2)


def test_counts(db: sqlite3.Connection) -> None:
    save_tag(db, "1", make_mood(Quadrant.Q2), ORIGIN, NOON)
    save_tag(db, "2", make_mood(Quadrant.Q2), ORIGIN, NOON)
    save_failure(db, "2", "no_clip", "", NOON)  # a renewal that failed: the tag stays
    save_failure(db, "3", "no_clip", "", NOON)
    save_failure(db, "4", "damaged_clip", "", NOON)
    assert count_tags(db) == TagCounts(
        tracks=4,
        tagged=2,
        quadrants={Quadrant.Q1: 0, Quadrant.Q2: 2, Quadrant.Q3: 0, Quadrant.Q4: 0},
        reasons={"no_clip": 1, "damaged_clip": 1},
        providers={"local": 2},
        models={MODEL: 2},
        matches={"name": 2},
        retry_at=NOON + DAY,
    )


def test_counts_of_an_empty_library() -> None:
    with open_database(MEMORY) as db:
        assert count_tags(db) == TagCounts(0, 0, dict.fromkeys(Quadrant, 0), {}, {}, {}, {}, None)


events = st.lists(st.tuples(st.sampled_from("1234"), st.booleans()), max_size=12)


@given(events)
def test_every_track_is_tagged_failed_or_new(happened: list[tuple[str, bool]]) -> None:
    with open_database(MEMORY) as db:
        save_tracks(db, [make_track(id_) for id_ in "1234"], NOON)
        for id_, well in happened:
            if well:
                save_tag(db, id_, make_mood(), ORIGIN, NOON)
            else:
                save_failure(db, id_, "no_clip", "", NOON)
        tagged = {id_ for id_, well in happened if well}
        failed = {id_ for id_, _ in happened} - tagged
        counts = count_tags(db)
        assert counts.tagged == len(tagged)
        assert sum(counts.reasons.values()) == len(failed)
        assert set(due(db)) == set("1234") - tagged - failed


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
            for id_, valence, arousal, *_ in read_cell(db, cell):
                assert cell_of(places[int(id_)]) == cell
                assert (valence, arousal) == (places[int(id_)].valence, places[int(id_)].arousal)


def test_a_cell_is_read_from_its_surest_tag_on(db: sqlite3.Connection) -> None:
    for id_, sure in (("a", 0.5), ("b", 0.9), ("c", 0.7)):
        tag(db, id_, Affect(0.5, 0.5), sure)
    tag(db, "d", Affect(-0.5, 0.5))
    assert [(row[0], row[-1]) for row in read_cell(db, cell_of(Affect(0.5, 0.5)))] == [
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
