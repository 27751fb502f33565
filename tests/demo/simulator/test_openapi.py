"""The simulator's answers against Spotify's OpenAPI document, which lies beside the project.

Known holes, where Spotify's real answers break its document and ours follow the answers:
a null context, null images, local files, 204 on currently-playing, `reason` in errors; in
development mode no available_markets; null cursors and next in recently-played.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import jsonschema
import pytest
import requests
import yaml

from companion.demo.simulator.library import Playlist
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import USER_ID
from companion.demo.simulator.web.web_api import WebApi
from tests.demo.simulator.conftest import TIMEOUT_S, Call
from tests.demo.simulator.web.test_web_api import PODCAST
from tests.locations import SHARED

DOCUMENT = SHARED / "reference" / "spotify-openapi.yml"
# Where the document says "an object" and the answer may be null.
NULL_HOLES = ("context", "images", "item", "currently_playing", "cursors", "next")

pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="Spotify's OpenAPI document is not beside the project"
)


@functools.cache
def load() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(DOCUMENT.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@functools.cache
def document() -> dict[str, Any]:
    components: dict[str, Any] = _as_json_schema(load()["components"])
    components["schemas"]["AlbumBase"]["required"].remove("available_markets")
    return components


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 to JSON Schema: nullable to a type, oneOf to anyOf, no discriminator."""
    if isinstance(node, list):
        return [_as_json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    renamed = {"anyOf" if key == "oneOf" else key: value for key, value in node.items()}
    schema = {
        key: _as_json_schema(value)
        for key, value in renamed.items()
        if key not in {"discriminator", "nullable", "example"}
    }
    if node.get("nullable") and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    for name in NULL_HOLES:
        if isinstance(node.get("properties"), dict) and name in node["properties"]:
            schema["properties"][name] = {"anyOf": [schema["properties"][name], {"type": "null"}]}
    return schema


def check(name: str, answer: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()}
    jsonschema.Draft202012Validator(schema).validate(answer)


@pytest.fixture(params=[True, False], ids=["full", "development mode"])
def playing(request: pytest.FixtureRequest, sim: Simulator) -> Simulator:
    sim.world.full = request.param
    sim.library.playlists.append(Playlist("own", "Mine", tuple(sim.library.tracks[:3]), USER_ID))
    sim.player.play(sim.library.tracks, context_uri=f"spotify:user:{USER_ID}:collection")
    sim.clock.advance(1_000)
    return sim


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/me", "PrivateUserObject"),
        ("/me/tracks", "PagingSavedTrackObject"),
        ("/me/playlists", "PagingPlaylistObject"),
        ("/playlists/own", "PlaylistObject"),
        ("/playlists/own/items", "PagingPlaylistTrackObject"),
        ("/me/player", "CurrentlyPlayingContextObject"),
        ("/me/player/currently-playing", "CurrentlyPlayingObject"),
        ("/me/player/queue", "QueueObject"),
        ("/me/player/recently-played", "CursorPagingPlayHistoryObject"),
        ("/me/top/tracks", "PagingTrackObject"),
    ],
)
def test_answers_are_of_the_documents_shape(
    playing: Simulator, call: Call, path: str, schema: str
) -> None:
    answer = call("GET", path)
    assert answer.status_code == 200
    check(schema, answer.json())


def test_every_path_that_is_served_is_documented(sim: Simulator) -> None:
    documented = {
        (method.upper(), re.sub("{.*?}", "{}", path))
        for path, methods in load()["paths"].items()
        for method in methods
    }
    for route in WebApi(sim.world).routes():
        path = re.sub("{.*?}", "{}", route.path.removeprefix("/v1")).rstrip("/")
        assert {(method, path) for method in route.methods or () if method != "HEAD"} <= documented


@pytest.mark.parametrize("owner", [USER_ID, "somebody-else"])
def test_so_is_a_playlist_of_anybody(playing: Simulator, call: Call, owner: str) -> None:
    tracks = tuple(playing.library.tracks)
    playing.library.playlists.append(Playlist("any", "Any", tracks, owner))
    answer = call("GET", "/playlists/any").json()
    check("PlaylistObject", answer)
    assert ("items" in answer) is (owner == USER_ID)
    if owner == USER_ID:
        assert len(answer["items"]["items"]) == 20
        token = {"Authorization": f"Bearer {playing.accounts.sign_in().access}"}
        following = requests.get(answer["items"]["next"], headers=token, timeout=TIMEOUT_S).json()
        check("PagingPlaylistTrackObject", following)
        assert following["items"][0]["item"]["name"] == tracks[20].name


@pytest.mark.parametrize("premium", [True, False])
def test_the_user_has_a_product(playing: Simulator, call: Call, premium: bool) -> None:
    playing.world.premium = premium
    assert call("GET", "/me").json()["product"] == ("premium" if premium else "free")


@pytest.mark.parametrize("what", ["advert", "episode", "private_session", "restricted_device"])
def test_so_are_the_odd_states_of_the_player(playing: Simulator, call: Call, what: str) -> None:
    playing.faults.add(what)
    check(
        "CurrentlyPlayingContextObject",
        call("GET", "/me/player", additional_types="episode").json(),
    )


def test_so_are_devices_and_episodes_in_the_queue(playing: Simulator, call: Call) -> None:
    for device in call("GET", "/me/player/devices").json()["devices"]:
        check("DeviceObject", device)
    playing.player.add(PODCAST)
    queue = call("GET", "/me/player/queue").json()
    assert queue["queue"][0]["type"] == "episode"
    check("QueueObject", queue)
    check("EpisodeObject", queue["queue"][0])


@pytest.mark.parametrize(
    "fault", ["expired", "restriction", "no_active_device", "rate_limit", "quota"]
)
def test_so_are_errors(playing: Simulator, call: Call, fault: str) -> None:
    playing.faults.add(fault)
    answer = call("POST", "/me/player/queue", uri=playing.library.tracks[0].uri)
    check("ErrorObject", answer.json()["error"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("duration_ms", "long"), ("album", {"name": "half an album"}), ("type", "tune"), ("id", 7)],
)
def test_a_wrong_answer_would_be_noticed(
    playing: Simulator, call: Call, key: str, value: Any
) -> None:
    track = call("GET", "/me/top/tracks").json()["items"][0]
    check("TrackObject", track)
    with pytest.raises(jsonschema.ValidationError):
        check("TrackObject", track | {key: value})
