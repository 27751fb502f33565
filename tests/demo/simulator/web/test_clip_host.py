from __future__ import annotations

import io
from typing import Any

import pytest
import requests
import soundfile

from companion.demo.simulator.library import Track
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.clip_host import PREVIEW_SECONDS, clip
from tests.demo.simulator.conftest import TIMEOUT_S


def ask(sim: Simulator, path: str, **query: str) -> dict[str, Any]:
    answer = requests.get(f"{sim.deezer_url}{path}", params=query, timeout=TIMEOUT_S)
    assert answer.status_code == 200  # whatever it says
    shape: dict[str, Any] = answer.json()
    return shape


@pytest.fixture
def track(sim: Simulator) -> Track:
    return sim.library.tracks[4]


def test_a_track_is_found_by_isrc_by_id_and_by_words(sim: Simulator, track: Track) -> None:
    found = ask(sim, f"/track/isrc:{track.isrc}")
    assert (found["title"], found["artist"]["name"]) == (track.name, track.artists[0].name)
    assert found["isrc"] == track.isrc
    assert abs(found["duration"] - track.duration_ms / 1000) <= 0.5
    assert ask(sim, f"/track/{found['id']}")["isrc"] == track.isrc
    words = ask(sim, "/search", q=f"{track.artists[0].name} {track.name}")
    assert [hit["isrc"] for hit in words["data"]] == [track.isrc]
    exact = ask(sim, "/search", q=f'artist:"{track.artists[0].name}" track:"{track.name}"')
    assert exact["data"][0]["isrc"] == track.isrc


@pytest.mark.parametrize(
    "path", ["/track/isrc:ZZXXX0000000", "/track/1", "/track/none", "/track/isrc:"]
)
def test_what_is_not_there_is_no_data(sim: Simulator, path: str) -> None:
    assert ask(sim, path)["error"]["code"] == 800


def test_a_search_for_nothing_is_a_wrong_parameter(sim: Simulator) -> None:
    assert ask(sim, "/search")["error"]["code"] == 500
    assert ask(sim, "/search", q="no such song at all") == {"data": [], "total": 0}


def test_the_preview_is_thirty_seconds_of_mp3(sim: Simulator, track: Track) -> None:
    answer = requests.get(ask(sim, f"/track/isrc:{track.isrc}")["preview"], timeout=TIMEOUT_S)
    assert answer.headers["content-type"] == "audio/mpeg"
    with soundfile.SoundFile(io.BytesIO(answer.content)) as file:
        assert file.format == "MP3"
        assert abs(file.frames / file.samplerate - 30) < 0.1
    assert answer.content == clip(4)


def test_the_address_of_a_preview_dies(sim: Simulator, track: Track) -> None:
    preview = ask(sim, f"/track/isrc:{track.isrc}")["preview"]
    sim.clock.advance(PREVIEW_SECONDS)
    assert requests.get(preview, timeout=TIMEOUT_S).status_code == 403
    assert requests.get(preview.partition("?")[0], timeout=TIMEOUT_S).status_code == 403
