from __future__ import annotations

import sqlite3

import pytest

from companion.store.library import find_tracks, save_tracks, track_id
from companion.track import Track
from tests.store.samples import NOON

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
