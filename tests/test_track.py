from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.track import Track

TRACK = Track(
    id="1",
    uri="spotify:track:1",
    title="A Song",
    artists=("Who", "Whom"),
    album="An Album",
    duration_ms=200_000,
    isrc="ZZAAA2600001",
)
RELINKED = {"id": "2", "isrc": ""}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param({}, True, id="itself"),
        pytest.param({"title": "B", "isrc": "ZZAAA2600009"}, True, id="the id alone"),
        pytest.param({"id": "2"}, True, id="relinked: the ISRC stays"),
        pytest.param({"id": "2", "title": "A Song - Remastered"}, True, id="ISRC before title"),
        pytest.param({"id": "2", "artists": (), "duration_ms": 0}, True, id="ISRC before all else"),
        pytest.param({"id": "2", "isrc": "ZZAAA2600002"}, False, id="another ISRC, same names"),
        pytest.param(RELINKED, True, id="names and duration"),
        pytest.param(RELINKED | {"id": ""}, True, id="a local file has no id"),
        pytest.param(RELINKED | {"title": " a  SONG\t"}, True, id="case and spaces"),
        pytest.param(RELINKED | {"title": "\uff21 \uff33ong"}, True, id="wide letters"),
        pytest.param(RELINKED | {"title": "Á Sông"}, True, id="accents that one leaves out"),
        pytest.param(RELINKED | {"title": "A Song (Live)"}, False, id="another version"),
        pytest.param(RELINKED | {"title": ""}, False, id="no title"),
        pytest.param(RELINKED | {"artists": ("WHOM",)}, True, id="one artist in common"),
        pytest.param(RELINKED | {"artists": ("Nobody",)}, False, id="no artist in common"),
        pytest.param(RELINKED | {"artists": ()}, False, id="no artist at all"),
        pytest.param(RELINKED | {"duration_ms": 202_000}, True, id="two seconds longer"),
        pytest.param(RELINKED | {"duration_ms": 198_000}, True, id="two seconds shorter"),
        pytest.param(RELINKED | {"duration_ms": 202_001}, False, id="a moment more"),
        pytest.param(RELINKED | {"duration_ms": 0}, False, id="no duration"),
        pytest.param(RELINKED | {"duration_ms": -200_000}, False, id="a negative duration"),
        pytest.param(RELINKED | {"album": "Hits", "explicit": True}, True, id="another release"),
    ],
)
def test_is_same(change: dict[str, Any], same: bool) -> None:
    other = replace(TRACK, **change)
    assert TRACK.is_same(other) is same
    assert other.is_same(TRACK) is same


def test_composed_and_decomposed_letters_are_one() -> None:
    composed, decomposed = ("Caf\u00e9", "Cafe\u0301")
    other = replace(TRACK, id="2", isrc="", title=decomposed)
    assert replace(TRACK, title=composed).is_same(other)


@pytest.mark.parametrize("duration_ms", [0, 1, 2000])
def test_unknown_durations_are_never_alike(duration_ms: int) -> None:
    unknown = replace(TRACK, id="2", isrc="", duration_ms=0)
    assert not unknown.is_same(replace(TRACK, id="3", isrc="", duration_ms=duration_ms))


def test_two_empty_tracks_are_not_the_same() -> None:
    assert not Track("", "", "").is_same(Track("", "", ""))
    assert not Track("", "spotify:local:a", "A").is_same(Track("", "spotify:local:b", "B"))


few_tracks = st.builds(
    Track,
    id=st.sampled_from(["", "1", "2"]),
    uri=st.just("spotify:track:1"),
    title=st.sampled_from(["A", "a ", "B"]),
    artists=st.lists(st.sampled_from(["X", "x", "Y"]), max_size=2).map(tuple),
    duration_ms=st.sampled_from([0, 1000, 2000, 200_000]),
    isrc=st.sampled_from(["", "I1", "I2"]),
)


@given(few_tracks, few_tracks)
def test_is_same_is_symmetric_and_follows_the_id(a: Track, b: Track) -> None:
    assert a.is_same(b) == b.is_same(a)
    if a.id and a.id == b.id:
        assert a.is_same(b)


@given(few_tracks, st.booleans())
def test_nothing_but_names_codes_and_durations_counts(a: Track, explicit: bool) -> None:
    saved = datetime(2026, 1, 1, tzinfo=UTC)
    other = replace(a, uri="other", album="other", explicit=explicit, added_at=saved)
    assert a.is_same(other) == a.is_same(replace(a))


@pytest.mark.parametrize(
    ("artists", "title", "byline"),
    [
        (("Who",), "A Song", "Who - A Song"),
        (("Who", "Whom"), "A Song", "Who, Whom - A Song"),
        ((), "A Song", "A Song"),
        ((), "", ""),
        (("Who",), "", "Who - "),
    ],
)
def test_byline(artists: tuple[str, ...], title: str, byline: str) -> None:
    assert replace(TRACK, artists=artists, title=title).byline == byline
