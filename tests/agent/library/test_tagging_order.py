from __future__ import annotations

import sqlite3
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.agent.library.tagging_order import due_tracks, order, spread
from companion.store.history.feedback import FeedbackKind, save_feedback
from companion.store.listening.snapshots import save_played
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import save_tag
from companion.track import Track
from tests.store.samples import MODEL, NOON, ORIGIN, make_mood

NEWER = "track_mood/2"


def song(number: int, artist: str = "", album: str = "") -> Track:
    """A track that was saved so many days ago."""
    artists = (artist,) if artist else ()
    at = NOON - timedelta(days=number)
    return Track(f"{number:04}", f"u{number}", f"Song {number}", artists, album, added_at=at)


def library() -> list[Track]:
    """400 tracks: one artist has most of the newest, as after a phase."""
    return [
        song(n, "Phase" if n < 150 else f"Artist {n % 60}", f"Album {n % 7}") for n in range(400)
    ]


def test_no_artist_comes_twice_before_all_have_come_once() -> None:
    first = spread(library())[:61]
    assert len({track.artist for track in first}) == 61


def test_no_album_of_an_artist_comes_twice_before_all_have_come_once() -> None:
    own = [track for track in spread(library()) if track.artist == "Phase"]
    assert len({track.album for track in own[:7]}) == 7


def test_the_first_lie_evenly_over_the_years() -> None:
    tracks = [song(n, f"Artist {n}") for n in range(1000)]
    first = [int(track.id) for track in spread(tracks)[:50]]
    for begin in range(0, 1000, 100):
        assert 3 <= sum(begin <= age < begin + 100 for age in first) <= 8


def test_what_is_played_and_liked_comes_first() -> None:
    tracks = library()
    played, liked = {tracks[3].id, tracks[390].id}, {tracks[200].id, "elsewhere"}
    found = order(tracks, played, liked)
    assert {track.id for track in found[:3]} == {"0003", "0390", "0200"}
    assert len(found) == len(tracks)


@given(
    st.lists(
        st.builds(
            Track,
            id=st.uuids().map(str),
            uri=st.just(""),
            title=st.just(""),
            artists=st.lists(st.sampled_from(["A", "a", "B", ""]), max_size=2).map(tuple),
            album=st.sampled_from(["", "X", "Y"]),
            added_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        ),
        unique_by=lambda track: track.id,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_every_track_comes_once_whatever_their_order_was(tracks: list[Track], draw: object) -> None:
    found = spread(tracks)
    assert sorted(track.id for track in found) == sorted(track.id for track in tracks)
    shuffled = list(tracks)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    assert spread(shuffled) == found


@pytest.mark.parametrize("again", [False, True])
def test_due_tracks_come_in_this_order_and_those_to_renew_last(
    db: sqlite3.Connection, *, again: bool
) -> None:
    tracks = [song(n, f"Artist {n}") for n in range(6)]
    save_tracks(db, tracks, NOON)
    save_tag(db, tracks[0].id, make_mood(model=MODEL), ORIGIN, NOON)
    save_played(db, tracks[5].id, NOON)
    save_feedback(db, tracks[4], FeedbackKind.LIKE, None, NOON)
    found = [track.id for track in due_tracks(db, NEWER, NOON, again=again)]
    assert set(found[:2]) == {"0004", "0005"}
    assert found[-1] == "0000"
    assert len(found) == 6


def test_an_empty_library() -> None:
    assert order([], set(), set()) == []
