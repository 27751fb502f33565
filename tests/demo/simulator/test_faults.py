from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from companion.demo.simulator.faults import FAULTS, Answer, Fault, Faults, relinked
from companion.demo.simulator.server import Simulator
from companion.errors import UsageError
from tests.demo.simulator.conftest import TIMEOUT_S, Browser, Call

QUEUE = "/me/player/queue"
OOPS = Fault("GET", "/v1/*", Answer(500, "oops"))
EEK = Fault("*", "/v1/me", Answer(501, "eek"))


@pytest.fixture
def playing(sim: Simulator) -> Simulator:
    sim.player.play(sim.library.tracks)
    return sim


def test_a_fault_hits_once_and_only_what_it_matches() -> None:
    faults = Faults()
    faults.add(OOPS)
    assert faults.take("POST", "/v1/me") is None
    assert faults.take("GET", "/api/token") is None
    assert faults.take("GET", "/v1/me") == OOPS
    assert faults.take("GET", "/v1/me") is None
    assert faults.waiting() == 0


def test_it_can_wait_and_come_back() -> None:
    faults = Faults()
    faults.add(OOPS, after=2, times=2)
    hits = [faults.take("GET", "/v1/me") is not None for _ in range(6)]
    assert hits == [False, False, True, True, False, False]


def test_it_can_stay_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add(OOPS, times=None)
    assert all(faults.take("GET", "/v1/me") for _ in range(50))
    faults.clear()
    assert faults.take("GET", "/v1/me") is None


def test_a_script_goes_step_by_step() -> None:
    faults = Faults()
    faults.script(OOPS, EEK)
    assert [faults.take("GET", "/v1/me") for _ in range(3)] == [OOPS, EEK, None]


def test_an_unknown_name_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="no fault is called gremlins; there are queue_text"):
        Faults().add("gremlins")


@given(after=st.integers(0, 5), times=st.integers(1, 5), asked=st.integers(0, 12))
def test_the_count_of_hits_is_exact(after: int, times: int, asked: int) -> None:
    faults = Faults()
    faults.add(OOPS, after=after, times=times)
    hits = sum(faults.take("GET", "/v1/me") is not None for _ in range(asked))
    assert hits == min(times, max(0, asked - after))


@pytest.mark.parametrize(
    ("name", "status", "words", "queued"),
    [
        ("queue_text", 200, "AgAAA", 1),
        ("queue_502", 502, "Bad gateway", 1),
        ("queue_lost", 502, "Bad gateway", 0),
        ("premium_required", 403, "PREMIUM_REQUIRED", 0),
        ("restriction", 403, "UNKNOWN", 0),
        ("no_active_device", 404, "NO_ACTIVE_DEVICE", 0),
        ("owner_premium", 403, "Active premium subscription required", 0),
        ("not_registered", 403, "may not be registered", 0),
        ("expired", 401, "The access token expired", 0),
        ("rate_limit", 429, "rate limit", 0),
        ("quota", 429, "QUOTA_EXCEEDED", 0),
        ("server_error", 503, "upstream", 0),
    ],
)
def test_what_an_add_meets(
    playing: Simulator, call: Call, name: str, status: int, words: str, queued: int
) -> None:
    playing.faults.add(name)
    answer = call("POST", QUEUE, uri=playing.library.tracks[5].uri)
    assert answer.status_code == status
    assert words in answer.text
    assert len(playing.player.queued()) == queued
    assert playing.count("POST", "/v1/me/player/queue") == 1
    assert call("POST", QUEUE, uri=playing.library.tracks[6].uri).status_code == 204


@pytest.mark.parametrize("name", ["owner_premium", "not_registered", "server_error", "text"])
def test_some_answers_are_no_json(playing: Simulator, call: Call, name: str) -> None:
    playing.faults.add(name)
    answer = call("GET", "/me/player")
    assert answer.headers["content-type"].startswith("text/plain")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("name", "low", "high"), [("rate_limit", 1, 10), ("quota", 46_800, 86_400)]
)
def test_limits_say_how_long_to_wait(
    playing: Simulator, call: Call, name: str, low: int, high: int
) -> None:
    playing.faults.add(name)
    assert low <= int(call("GET", "/me/player").headers["retry-after"]) <= high


def test_what_is_refused_anyway_is_not_called_accepted(sim: Simulator, call: Call) -> None:
    sim.faults.add("queue_502")
    assert call("POST", QUEUE, uri=sim.library.tracks[5].uri).status_code == 404
    assert sim.player.queued() == []


def test_a_late_add_shows_later(playing: Simulator, call: Call) -> None:
    playing.faults.add("queue_late")
    uri = playing.library.tracks[9].uri
    call("POST", QUEUE, uri=uri)
    assert call("GET", QUEUE).json()["queue"][0]["uri"] != uri
    playing.clock.advance(20)
    assert call("GET", QUEUE).json()["queue"][0]["uri"] == uri


def test_a_slow_answer_was_carried_out_before_the_client_gave_up(
    playing: Simulator, call: Call
) -> None:
    assert FAULTS["queue_slow"].delay_s > 10
    playing.faults.add(replace(FAULTS["queue_slow"], delay_s=0.3))
    begun = time.monotonic()
    call("POST", QUEUE, uri=playing.library.tracks[5].uri)
    assert time.monotonic() - begun >= 0.3
    assert len(playing.player.queued()) == 1


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("restricted_device", {"is_restricted": True}),
        ("private_session", {"is_private_session": True}),
    ],
)
def test_the_device_changes(
    playing: Simulator, call: Call, name: str, tells: dict[str, bool]
) -> None:
    playing.faults.add(name)
    device = call("GET", "/me/player").json()["device"]
    assert tells.items() <= device.items()


def test_the_device_goes(playing: Simulator, call: Call) -> None:
    playing.faults.add("no_device")
    assert call("GET", "/me/player").status_code == 204


@pytest.mark.parametrize(
    ("name", "kind", "uri"),
    [
        ("advert", "ad", None),
        ("episode", "episode", "spotify:episode:"),
        ("local_file", "track", "spotify:local:"),
    ],
)
def test_something_else_plays(
    playing: Simulator, call: Call, name: str, kind: str, uri: str | None
) -> None:
    playing.faults.add(name)
    state = call("GET", "/me/player", additional_types="episode").json()
    assert state["currently_playing_type"] == kind
    assert state["item"]["uri"].startswith(uri) if uri else state["item"] is None


def test_a_queued_track_plays_under_another_id(playing: Simulator, call: Call) -> None:
    playing.faults.add("relinked")
    track = playing.library.tracks[5]
    call("POST", QUEUE, uri=track.uri)
    playing.player.skip()
    item = call("GET", "/me/player").json()["item"]
    assert item["id"] == relinked(track).id != track.id
    assert item["external_ids"]["isrc"] == track.isrc


@pytest.mark.parametrize(("name", "change"), [("library_grows", 1), ("library_shrinks", -1)])
def test_totals_change_half_way(sim: Simulator, call: Call, name: str, change: int) -> None:
    sim.faults.add(name, after=1)
    totals = [call("GET", "/me/tracks", limit=10, offset=at).json()["total"] for at in (0, 10, 20)]
    assert totals == [28, 28 + change, 28 + change]


def test_consent_is_denied(sim: Simulator, browser: Browser) -> None:
    sim.faults.add("denied")
    assert "error=access_denied" in browser.authorize().headers["location"]


def refresh(sim: Simulator, browser: Browser) -> requests.Response:
    return browser.refresh(sim.accounts.sign_in().refresh)


def test_the_token_endpoint_is_down_for_a_moment(sim: Simulator, browser: Browser) -> None:
    sim.faults.add("token_503")
    assert (refresh(sim, browser).status_code, refresh(sim, browser).status_code) == (503, 200)


def test_a_grant_is_void(sim: Simulator, browser: Browser) -> None:
    sim.faults.add("invalid_grant")
    answer = refresh(sim, browser)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_refresh_answers_vary(sim: Simulator, browser: Browser) -> None:
    usual = refresh(sim, browser).json()
    assert ("refresh_token" in usual, "scope" in usual) == (False, True)
    sim.faults.script("token_rotates", "token_no_scope")
    refresh(sim, browser)
    changed = refresh(sim, browser).json()
    assert ("refresh_token" in changed, "scope" in changed) == (True, False)


@pytest.mark.parametrize(("name", "code"), [("clip_throttled", 4), ("clip_unknown", 800)])
def test_the_clip_host_errs_with_200(sim: Simulator, name: str, code: int) -> None:
    sim.faults.add(name)
    url = f"{sim.deezer_url}/track/isrc:{sim.library.tracks[0].isrc}"
    answer = requests.get(url, timeout=TIMEOUT_S)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, code)
    assert "preview" in requests.get(url, timeout=TIMEOUT_S).json()


@pytest.mark.parametrize(("name", "status"), [("clip_damaged", 200), ("clip_gone", 403)])
def test_the_clip_itself_fails(sim: Simulator, name: str, status: int) -> None:
    track: dict[str, Any] = requests.get(
        f"{sim.deezer_url}/track/isrc:{sim.library.tracks[0].isrc}", timeout=TIMEOUT_S
    ).json()
    sim.faults.add(name)
    answer = requests.get(track["preview"], timeout=TIMEOUT_S)
    assert answer.status_code == status
    assert not answer.content.startswith((b"ID3", b"\xff"))
