from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.spotify.json_fields import (
    count,
    flag,
    is_local,
    moment,
    obj,
    parse_track,
    rows,
    text,
)
from companion.track import Track

words = st.text("ab:é", max_size=4)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
    max_leaves=8,
)
track_keys = st.sampled_from(
    ["uri", "name", "id", "artists", "album", "show", "duration_ms", "external_ids", "explicit"]
)

FULL: dict[str, Any] = {
    "id": "4uLU6hMCjMI75M1A2tKUQC",
    "uri": "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
    "name": "A Song",
    "artists": [{"name": "First"}, {"name": "Second"}],
    "album": {"name": "An Album", "images": None},
    "duration_ms": 213_000,
    "external_ids": {"isrc": "zzcmp2600001"},
    "explicit": True,
}


def test_reads_a_whole_track() -> None:
    saved = datetime(2026, 9, 1, tzinfo=UTC)
    assert parse_track(FULL, saved) == Track(
        id="4uLU6hMCjMI75M1A2tKUQC",
        uri="spotify:track:4uLU6hMCjMI75M1A2tKUQC",
        title="A Song",
        artists=("First", "Second"),
        album="An Album",
        duration_ms=213_000,
        isrc="ZZCMP2600001",
        explicit=True,
        added_at=saved,
    )


def test_reads_a_track_of_which_only_uri_and_name_are_left() -> None:
    assert parse_track({"uri": "spotify:track:1", "name": "A"}) == Track("", "spotify:track:1", "A")


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"uri": "spotify:track:1"},
        {"name": "A"},
        {"uri": None, "name": "A"},
        {"uri": "spotify:track:1", "name": ""},
        {"uri": 7, "name": ["A"]},
    ],
)
def test_without_uri_or_name_it_is_no_track(item: dict[str, Any] | None) -> None:
    assert parse_track(item) is None


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"id": None}, "id", ""),
        ({"artists": None}, "artists", ()),
        ({"artists": [None, {"name": None}, {}, {"name": "B"}, "C"]}, "artists", ("B",)),
        ({"artists": [], "show": {"name": "A Show"}}, "artists", ("A Show",)),
        ({"album": None}, "album", ""),
        ({"duration_ms": None}, "duration_ms", 0),
        ({"duration_ms": -5}, "duration_ms", 0),
        ({"duration_ms": "213000"}, "duration_ms", 0),
        ({"duration_ms": True}, "duration_ms", 0),
        ({"duration_ms": 204053.0}, "duration_ms", 204_053),
        ({"duration_ms": 2**70}, "duration_ms", 0),
        ({"duration_ms": 1e300}, "duration_ms", 0),
        ({"duration_ms": float("inf")}, "duration_ms", 0),
        ({"duration_ms": float("nan")}, "duration_ms", 0),
        ({"name": "\x1b]0;owned\x07A"}, "title", "A"),
        ({"name": "half \ud83d"}, "title", "half \ufffd"),
        ({"artists": [{"name": "A\nB"}, {"name": "\x00"}]}, "artists", ("A B",)),
        ({"album": {"name": "\x9b1mA"}}, "album", "A"),
        ({"external_ids": None}, "isrc", ""),
        ({"external_ids": {"ean": "1"}}, "isrc", ""),
        ({"explicit": "yes"}, "explicit", False),
        ({"is_playable": False}, "is_playable", False),
        ({"is_playable": None}, "is_playable", True),
        ({"is_playable": "no"}, "is_playable", True),
    ],
)
def test_reads_absurd_fields_as_absent(change: dict[str, Any], field: str, value: object) -> None:
    track = parse_track({**FULL, **change})
    assert track is not None
    assert getattr(track, field) == value


@given(st.dictionaries(track_keys, json_values))
def test_reads_any_json(item: dict[str, Any]) -> None:
    track = parse_track(item)
    assert (track is not None) == bool(text(item, "uri") and text(item, "name"))


@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_what_is_no_object_is_empty(value: object) -> None:
    assert obj({"a": value}, "a") == {}


def test_rows_keep_the_place_of_what_is_no_object() -> None:
    assert rows({"a": [{}, None, 3, {"b": 1}]}, "a") == [{}, None, None, {"b": 1}]
    assert rows({"a": {"b": 1}}, "a") == []


@pytest.mark.parametrize(
    ("value", "number"),
    [(0, 0), (7, 7), (-1, None), (7.0, 7), (7.5, None), (-0.5, None), ("7", None), (2**31, None)],
)
def test_count(value: object, number: int | None) -> None:
    assert count({"a": value}, "a") == number


def test_only_true_is_true() -> None:
    assert flag({"a": True}, "a")
    assert not any(flag({"a": value}, "a") for value in (1, "true", [1], None))


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("2026-09-01T12:00:00Z", datetime(2026, 9, 1, 12, tzinfo=UTC)),
        ("2026-09-01T14:00:00+02:00", datetime(2026, 9, 1, 12, tzinfo=UTC)),
        ("2026-09-01T12:00:00", datetime(2026, 9, 1, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1_788_000_000, None),
    ],
)
def test_moment(value: object, when: datetime | None) -> None:
    assert moment({"a": value}, "a") == when


@pytest.mark.parametrize(
    ("item", "local"),
    [
        ({"is_local": True, "uri": None}, True),
        ({"uri": "spotify:local:A:B:C:200"}, True),
        ({"uri": "spotify:track:1", "is_local": False}, False),
        ({}, False),
    ],
)
def test_local(item: dict[str, Any], local: bool) -> None:
    assert is_local(item) is local
