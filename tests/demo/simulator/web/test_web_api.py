from __future__ import annotations

from typing import Any

import pytest
import requests

from companion.demo.simulator.library import Episode, LocalFile, Playlist, Track
from companion.demo.simulator.player import Device
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import USER_ID
from tests.demo.simulator.conftest import TIMEOUT_S, Call

PODCAST = Episode("e" * 22, "On Teapots", "The Kitchen Hour", 1_500_000)
QUEUE = "/me/player/queue"


def get(sim: Simulator, path: str, authorization: str | None) -> requests.Response:
    head = {"Authorization": authorization} if authorization else {}
    return requests.get(f"{sim.url}/v1{path}", headers=head, timeout=TIMEOUT_S)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic abc", "Bearer made-up"])
def test_without_a_good_token_there_is_only_401(sim: Simulator, authorization: str | None) -> None:
    answer = get(sim, "/me", authorization)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, 401)


def test_an_old_token_has_expired(sim: Simulator, call: Call) -> None:
    sim.clock.advance(3600)
    assert call("GET", "/me").json()["error"]["message"] == "The access token expired"


def test_a_scope_that_was_not_granted_is_missed(sim: Simulator) -> None:
    token = sim.accounts.sign_in("user-library-read").access
    assert get(sim, "/me/tracks", f"Bearer {token}").status_code == 200
    answer = get(sim, "/me/player", f"Bearer {token}")
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        403,
        "Insufficient client scope",
    )


@pytest.mark.parametrize("path", ["/me", "/me/"])
def test_me_is_there_with_and_without_the_slash(call: Call, path: str) -> None:
    answer = call("GET", path)
    assert answer.json()["account_id"]
    assert not answer.history


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/audio-features", 404),
        ("GET", "/recommendations", 404),
        ("GET", "/tracks", 404),
        ("PUT", "/me/player/play", 404),
        ("DELETE", "/me/tracks", 405),
    ],
)
def test_what_is_gone_or_not_ours_is_an_error_in_json(
    call: Call, method: str, path: str, status: int
) -> None:
    answer = call(method, path)
    assert (answer.status_code, answer.json()["error"]["status"]) == (status, status)


def test_paging_leads_through_all_saved_tracks_on_the_same_host(sim: Simulator, call: Call) -> None:
    page: dict[str, Any] = call("GET", "/me/tracks", limit=12).json()
    uris = [entry["track"]["uri"] for entry in page["items"]]
    while page["next"]:
        assert page["next"].startswith(f"{sim.url}/v1/me/tracks?")
        path, _, query = page["next"].removeprefix(f"{sim.url}/v1").partition("?")
        page = call("GET", path, **dict(pair.split("=") for pair in query.split("&"))).json()
        uris += [entry["track"]["uri"] for entry in page["items"]]
    assert uris == [track.uri for track in sim.library.tracks]
    assert page["total"] == len(uris)
    assert page["previous"].endswith("offset=12&limit=12")


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 51}, {"limit": "ten"}, {"offset": -1}, {"limit": "²"}]
)
def test_absurd_pages_are_refused(call: Call, query: dict[str, Any]) -> None:
    assert call("GET", "/me/tracks", **query).status_code == 400


def test_a_page_beyond_the_end_is_empty(call: Call) -> None:
    page = call("GET", "/me/tracks", offset=1_000).json()
    assert (page["items"], page["next"], page["total"]) == ([], None, 28)


def test_an_idle_player_is_204_without_a_body(call: Call) -> None:
    for path in ("/me/player", "/me/player/currently-playing"):
        answer = call("GET", path)
        assert (answer.status_code, answer.content) == (204, b"")
    assert call("GET", "/me/player/devices").json() == {"devices": []}
    assert call("GET", QUEUE).json() == {"currently_playing": None, "queue": []}


def test_the_player_tells_what_plays(sim: Simulator, call: Call) -> None:
    sim.player.play(sim.library.tracks, context_uri=f"spotify:user:{USER_ID}:collection")
    sim.clock.advance(61.5)
    state = call("GET", "/me/player").json()
    assert state["item"]["uri"] == sim.library.tracks[0].uri
    assert (state["progress_ms"], state["is_playing"]) == (61_500, True)
    assert state["device"]["is_active"]
    assert state["context"]["uri"].endswith(":collection")
    assert call("GET", "/me/player/currently-playing").json()["progress_ms"] == 61_500
    assert [device["name"] for device in call("GET", "/me/player/devices").json()["devices"]]


def test_an_episode_is_told_only_to_who_asks(sim: Simulator, call: Call) -> None:
    sim.player.play([PODCAST])
    state = call("GET", "/me/player").json()
    assert (state["item"], state["currently_playing_type"]) == (None, "episode")
    state = call("GET", "/me/player", additional_types="track,episode").json()
    assert state["item"]["uri"] == PODCAST.uri


def test_an_add_is_204_and_stands_first_in_the_queue(sim: Simulator, call: Call) -> None:
    tracks = sim.library.tracks
    sim.player.play(tracks)
    answer = call("POST", QUEUE, uri=tracks[9].uri)
    assert (answer.status_code, answer.content) == (204, b"")
    queue = call("GET", QUEUE).json()
    assert queue["currently_playing"]["uri"] == tracks[0].uri
    assert [item["uri"] for item in queue["queue"][:2]] == [tracks[9].uri, tracks[1].uri]
    assert len(queue["queue"]) == 20


def test_nothing_is_queued_on_an_idle_player(sim: Simulator, call: Call) -> None:
    answer = call("POST", QUEUE, uri=sim.library.tracks[0].uri)
    assert (answer.status_code, answer.json()["error"]["reason"]) == (404, "NO_ACTIVE_DEVICE")
    assert sim.player.queued() == []


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        (None, 400),
        ("", 400),
        ("spotify:local:a:b:c:1", 400),
        ("spotify:album:x", 400),
        ("spotify:track:unknown", 404),
    ],
)
def test_what_cannot_be_queued(sim: Simulator, call: Call, uri: str | None, status: int) -> None:
    sim.player.play(sim.library.tracks)
    assert call("POST", QUEUE, uri=uri).status_code == status
    assert sim.player.queued() == []


def test_who_has_no_premium_queues_nothing(sim: Simulator, call: Call) -> None:
    sim.player.play(sim.library.tracks)
    sim.world.premium = False
    answer = call("POST", QUEUE, uri=sim.library.tracks[1].uri)
    assert (answer.status_code, answer.json()["error"]["reason"]) == (403, "PREMIUM_REQUIRED")


def test_a_restricted_device_takes_nothing(sim: Simulator, call: Call) -> None:
    sim.player.play(sim.library.tracks)
    sim.player.use_device(Device(is_restricted=True))
    answer = call("POST", QUEUE, uri=sim.library.tracks[1].uri)
    assert (answer.status_code, answer.json()["error"]["reason"]) == (403, "UNKNOWN")


def test_only_the_active_device_takes_an_add(sim: Simulator, call: Call) -> None:
    sim.player.play(sim.library.tracks)
    uri = sim.library.tracks[1].uri
    assert call("POST", QUEUE, uri=uri, device_id="other").status_code == 404
    assert call("POST", QUEUE, uri=uri, device_id=Device().id).status_code == 204


def test_what_was_left_with_next_is_not_recent(sim: Simulator, call: Call) -> None:
    tracks = sim.library.tracks
    sim.player.play(tracks)
    sim.clock.advance(tracks[0].duration_ms / 1000)
    sim.player.skip()
    sim.clock.advance(tracks[2].duration_ms / 1000)
    recent = call("GET", "/me/player/recently-played").json()["items"]
    assert [entry["track"]["uri"] for entry in recent] == [tracks[2].uri, tracks[0].uri]
    after = int((sim.clock.now() - 1) * 1000)
    assert len(call("GET", "/me/player/recently-played", after=after).json()["items"]) == 1


def test_top_tracks_are_those_played_most(sim: Simulator, call: Call) -> None:
    favourite = sim.library.tracks[5]
    sim.player.play([favourite])
    sim.player.skip()
    assert call("GET", "/me/top/tracks", limit=1).json()["items"][0]["uri"] == favourite.uri


def test_own_playlists_can_be_read_and_others_not(sim: Simulator, call: Call) -> None:
    file = LocalFile("Rehearsal", "The Garage", "Tapes", 9_000)
    tracks: tuple[Track | LocalFile, ...] = (*sim.library.tracks[:2], file)
    sim.library.playlists += [
        Playlist("own", "Mine", tracks, USER_ID),
        Playlist("other", "Hers", tracks, "somebody"),
    ]
    assert [entry["id"] for entry in call("GET", "/me/playlists").json()["items"]] == [
        "own",
        "other",
    ]
    items = call("GET", "/playlists/own/items").json()["items"]
    assert [entry["is_local"] for entry in items] == [False, False, True]
    assert items[0]["item"] == items[0]["track"]
    assert call("GET", "/playlists/other/items").status_code == 403
    assert call("GET", "/playlists/none/items").status_code == 404
