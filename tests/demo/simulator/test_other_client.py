"""Another client at the simulator: spotipy as it comes, with its own sign-in and defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import spotipy
from spotipy.cache_handler import MemoryCacheHandler

from companion.demo.simulator.library import Playlist
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import USER_ID
from tests.demo.simulator.conftest import CALLBACK, CLIENT_ID, TIMEOUT_S


@pytest.fixture
def client(sim: Simulator) -> Iterator[Any]:
    class Accounts(spotipy.SpotifyPKCE):  # type: ignore[misc]  # spotipy has no types
        OAUTH_AUTHORIZE_URL = f"{sim.url}/authorize"
        OAUTH_TOKEN_URL = f"{sim.url}/api/token"

        def get_authorization_code(self, response: str | None = None) -> str:
            page = requests.get(self.get_authorize_url(), allow_redirects=False, timeout=TIMEOUT_S)
            return parse_qs(urlsplit(page.headers["location"]).query)["code"][0]

    scope = "user-library-read user-read-playback-state user-modify-playback-state"
    sign_in = Accounts(
        CLIENT_ID, CALLBACK, scope=scope, cache_handler=MemoryCacheHandler(), open_browser=False
    )
    spotify = spotipy.Spotify(auth_manager=sign_in)
    spotify.prefix = f"{sim.url}/v1/"
    yield spotify
    spotify._session.close()


def test_it_reads_the_library(client: Any, sim: Simulator) -> None:
    page = client.current_user_saved_tracks()
    names = [row["track"]["name"] for row in page["items"]]
    while page["next"]:
        page = client.next(page)
        names += [row["track"]["name"] for row in page["items"]]
    assert names == [track.name for track in sim.library.tracks]


def test_it_queues_a_track(client: Any, sim: Simulator) -> None:
    assert client.current_playback() is None
    sim.player.play(sim.library.tracks[:3])
    track = sim.library.tracks[9]
    client.add_to_queue(track.uri)
    assert client.queue()["queue"][0]["uri"] == track.uri
    assert client.current_playback()["item"]["uri"] == sim.library.tracks[0].uri
    assert [device["name"] for device in client.devices()["devices"]] == ["Desk"]


def test_it_meets_spotifys_refusals(client: Any, sim: Simulator) -> None:
    with pytest.raises(spotipy.SpotifyException) as caught:
        client.add_to_queue(sim.library.tracks[0].uri)
    assert (caught.value.http_status, caught.value.reason) == (404, "NO_ACTIVE_DEVICE")
    sim.library.playlists.append(Playlist("mine", "Mine", (), USER_ID))
    with pytest.raises(spotipy.SpotifyException) as caught:
        client.current_user_playlists()  # its sign-in did not ask for that
    assert caught.value.http_status == 403


def test_an_expired_token_is_renewed_by_it(client: Any, sim: Simulator) -> None:
    assert client.me()["id"] == USER_ID
    sim.accounts._access.clear()
    with pytest.raises(spotipy.SpotifyException) as caught:
        client.me()
    assert caught.value.http_status == 401
