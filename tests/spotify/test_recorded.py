"""The whole client against Spotify's answers as they come, over HTTP."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from companion.playback import Device, ItemKind, Repeat
from companion.spotify.client import Account, SpotifySession
from companion.spotify.json_fields import parse_track
from companion.spotify.library import Playlist, Skipped, parse_page
from companion.spotify.player import parse_player, parse_queue
from companion.track import Track
from tests.spotify import recorded
from tests.spotify.fakes import Reply, ScriptedServer

OURS = Track(
    id="3n3Ppam7vgaVa1iaRUc9Lp",
    uri="spotify:track:3n3Ppam7vgaVa1iaRUc9Lp",
    title="Lantern Street",
    artists=("The Harbour Lights", "Ida Quill"),
    album="Night Ferry",
    duration_ms=222_075,
    isrc="ZZCMP0300027",
)
Shape = Callable[[Any], Any]


@pytest.fixture(params=[copy.deepcopy, recorded.stripped], ids=["every field", "development mode"])
def shape(request: pytest.FixtureRequest) -> Shape:
    chosen: Shape = request.param
    return chosen


@pytest.fixture
def spotify(scripted: ScriptedServer, session: SpotifySession, shape: Shape) -> SpotifySession:
    """Signed in at a server that gives these answers."""
    for path, answer in (
        ("me/player", recorded.PLAYER),
        ("me/player/queue", recorded.QUEUE),
        ("me/tracks", recorded.SAVED),
        ("me/", recorded.ME),
        ("me/playlists", recorded.PLAYLISTS),
        ("playlists/mine/items", recorded.PLAYLIST_ITEMS),
    ):
        scripted.script(f"/v1/{path}", Reply(200, shape(answer)))
    return session


def test_the_two_shapes_differ() -> None:
    assert recorded.stripped(recorded.TRACK) != recorded.TRACK
    assert "available_markets" not in repr(recorded.stripped(recorded.SAVED))


def test_the_player(spotify: SpotifySession) -> None:
    state = spotify.player()
    assert state is not None
    assert (state.is_playing, state.kind, state.track) == (True, ItemKind.TRACK, OURS)
    assert state.position_ms == 44_272
    assert state.device == Device("74ASZWbe4lXaubB36ztrGX", "desk", active=True)
    assert state.repeat is Repeat.OFF
    assert state.disallows == {"resuming", "toggling_repeat_track"}


def test_the_queue(spotify: SpotifySession) -> None:
    view = spotify.queue()
    assert view.playing == OURS
    assert [track.title for track in view.coming] == ["Lantern Street", "Lighthouses", "Rehearsal"]
    assert view.coming[1].artists == ("The Long Coast",)
    assert view.holds(OURS)


def test_the_saved_tracks(spotify: SpotifySession) -> None:
    (page,) = spotify.saved_tracks()
    (track,) = page.tracks
    assert track.added_at == datetime(2026, 9, 30, 21, 4, 11, tzinfo=UTC)
    assert track.is_same(OURS)
    assert page.skipped == {Skipped.LOCAL: 1, Skipped.EMPTY: 1, Skipped.EPISODE: 1}
    assert (page.done, page.total) == (4, 4)


def test_the_playlists(spotify: SpotifySession) -> None:
    version = "MTgsZWFmNmZiNTIzYTg4ODM0OGQzZWQzOGI4NTdkNTJlMjU0OWFkYTUxMA=="
    assert list(spotify.own_playlists()) == [Playlist("mine", version)]
    (page,) = spotify.playlist_tracks("mine")
    assert page.tracks == (OURS,)
    assert page.skipped == {Skipped.LOCAL: 1, Skipped.EMPTY: 1, Skipped.EPISODE: 1}


@pytest.mark.parametrize("kept", ["item", "track"])
def test_a_playlists_entry_under_its_old_or_its_new_name(kept: str) -> None:
    row = {kept: recorded.TRACK}
    assert parse_page({"items": [row]}, 0, set()).tracks == (OURS,)


def test_who_is_signed_in(spotify: SpotifySession) -> None:
    assert spotify.me() == Account("acc7d1c2", "ann1985", "Ann")


def places(answer: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value in an answer."""
    parts = answer.items() if isinstance(answer, dict) else enumerate(answer)
    for key, value in parts:
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from places(value, (*above, key))


def without(answer: Any, place: tuple[Any, ...], value: object) -> Any:
    """The answer with another value at one place."""
    changed = copy.deepcopy(answer)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


@pytest.mark.parametrize(
    "absurd", [None, "", "text", 7, -1, 1.5, True, [], [None], {}, {"a": None}]
)
def test_anything_but_uri_and_name_may_be_absurd(absurd: object) -> None:
    for place in places(recorded.TRACK):
        track = parse_track(without(recorded.TRACK, place, absurd))
        if place not in (("uri",), ("name",)):
            assert track is not None
            assert (track.uri, track.title) == (OURS.uri, OURS.title)
    for answer, parse in (
        (recorded.PLAYER, parse_player),
        (recorded.QUEUE, parse_queue),
        (recorded.SAVED, lambda body: parse_page(body, 0, set())),
        (recorded.PLAYLIST_ITEMS, lambda body: parse_page(body, 0, set())),
    ):
        for place in places(answer):
            assert parse(without(answer, place, absurd)) is not None
