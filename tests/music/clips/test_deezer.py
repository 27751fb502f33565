from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import requests

from companion.errors import (
    ClipAnswerInvalid,
    ClipDamaged,
    ClipError,
    ClipMismatch,
    ClipMissing,
    ClipSourceBroken,
    ClipSourceBusy,
)
from companion.http_client import BoundedSession
from companion.music.clips import deezer
from companion.music.clips.deezer import DeezerClips
from companion.music.clips.pace import Pace
from companion.music.clips.provider import ClipProvider, ClipQuery, MatchedBy
from tests.music.clips.contract import ISRC, SECONDS, ProviderContract
from tests.music.clips.deezer_host import BAD_QUERY, THROTTLED, Host, serve
from tests.music.sounds import encode, tone
from tests.raw_host import answer, serve_raw

AUDIO = encode(tone(330, SECONDS), kind="MP3")
QUERY = ClipQuery("Song", ("Band",), SECONDS, ISRC)
BY_NAME = ClipQuery("Song", ("Band",), SECONDS)
DEADLINE_S = 5.0
ABSURD_DURATIONS: tuple[object, ...] = (
    *(10**400, -5, 1e308, float("nan"), float("inf")),
    *(True, "5", [5], {}),
)


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def host() -> Iterator[Host]:
    with serve(Host()) as running:
        yield running


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clips(host: Host, time: Time) -> Iterator[DeezerClips]:
    with BoundedSession(DEADLINE_S, deezer.LARGEST_CLIP_BYTES) as session:
        pace = Pace(deezer.GAP_S, lambda: time.now, time.sleep)
        yield DeezerClips(host.url, session, pace)


class TestDeezerClips(ProviderContract):
    @pytest.fixture
    def provider(self, host: Host, clips: DeezerClips) -> ClipProvider:
        host.add(1, AUDIO, isrc=ISRC)
        host.add(2, b"no audio" * 100, title="Broken")
        return clips

    @pytest.fixture
    def empty(self, clips: DeezerClips) -> ClipProvider:
        return clips


def test_the_reference_is_the_id_and_never_the_address(host: Host, clips: DeezerClips) -> None:
    host.add(77, AUDIO, isrc=ISRC)
    clip = clips.find(QUERY)
    assert clip.reference == "77"
    assert clip.audio == AUDIO


def test_an_isrc_costs_one_question_and_one_download(host: Host, clips: DeezerClips) -> None:
    host.add(1, AUDIO, isrc=ISRC)
    clips.find(QUERY)
    assert host.asked == [f"/track/isrc:{ISRC}", "/clips/1.mp3"]


@pytest.mark.parametrize("preview", ["", None])
def test_a_duplicate_without_preview_falls_back_on_the_search(
    host: Host, clips: DeezerClips, preview: str | None
) -> None:
    host.add(1, AUDIO, isrc=ISRC, preview=preview)
    host.add(2, AUDIO)
    clip = clips.find(QUERY)
    assert (clip.reference, clip.match.by) == ("2", MatchedBy.NAME)


def test_no_preview_anywhere_is_missing(host: Host, clips: DeezerClips) -> None:
    host.add(1, AUDIO, isrc=ISRC, preview="")
    with pytest.raises(ClipMissing, match="no preview"):
        clips.find(QUERY)


def test_the_karaoke_version_is_passed_over(host: Host, clips: DeezerClips) -> None:
    host.add(1, AUDIO, title="Song (Karaoke Version)")
    host.add(2, AUDIO)
    assert clips.find(BY_NAME).reference == "2"


def test_only_another_version_is_a_mismatch(host: Host, clips: DeezerClips) -> None:
    host.add(1, AUDIO, title="Song (Sped Up)")
    with pytest.raises(ClipMismatch, match="version"):
        clips.find(BY_NAME)


def test_a_wrong_isrc_entry_is_not_taken(host: Host, clips: DeezerClips) -> None:
    host.add(1, AUDIO, isrc=ISRC, title="Song (Live)")
    host.add(2, AUDIO)
    assert clips.find(QUERY).reference == "2"


def test_contributors_count_as_artists(host: Host, clips: DeezerClips) -> None:
    host.add(
        1, AUDIO, artist={"name": "Some Band"}, contributors=[{"name": "Some"}, {"name": "Band"}]
    )
    assert clips.find(BY_NAME).reference == "1"


def test_short_throttling_is_waited_for(host: Host, clips: DeezerClips, time: Time) -> None:
    host.add(1, AUDIO, isrc=ISRC)
    host.script = [THROTTLED, THROTTLED]
    assert clips.find(QUERY).reference == "1"
    assert time.now >= sum(deezer.BACK_OFF_S)


def test_lasting_throttling_is_busy(host: Host, clips: DeezerClips) -> None:
    host.script = [THROTTLED] * 10
    with pytest.raises(ClipSourceBusy, match="fewer"):
        clips.find(QUERY)
    assert len(host.asked) == 1 + len(deezer.BACK_OFF_S)


@pytest.mark.parametrize(
    "answer",
    [
        *((503, "<html>busy</html>"), (500, "{}"), (429, "{}"), (302, "{}"), (200, "not json")),
        *((200, ""), (200, "[" * 100_000)),
        (200, f'{{"data": "{"x" * deezer.LARGEST_JSON_BYTES}"}}'),
    ],
)
def test_what_is_no_answer_is_busy(host: Host, clips: DeezerClips, answer: Any) -> None:
    host.script = [answer]
    with pytest.raises(ClipSourceBusy):
        clips.find(QUERY)


@pytest.mark.parametrize("answer", [[], 7, None, "text", True])
def test_json_that_is_no_object_is_invalid(host: Host, clips: DeezerClips, answer: Any) -> None:
    host.script = [answer]
    with pytest.raises(ClipAnswerInvalid, match="not an object"):
        clips.find(QUERY)


@pytest.mark.parametrize("code", [500, 501, 600, 800, "x", None])
def test_other_error_codes_mean_missing(host: Host, clips: DeezerClips, code: object) -> None:
    error = {"error": {"code": code}}
    host.script = [error, error]
    with pytest.raises(ClipMissing):
        clips.find(QUERY)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": None},
        {"data": {}},
        {"data": [None, 3, "x", {}, {"id": 1}]},
        {"data": [{"id": 1, "title": None, "artist": None, "duration": None, "preview": None}]},
        {"data": [{"id": 1, "title": "Song", "artist": "Band", "duration": "5"}]},
        {"error": "text"},
        BAD_QUERY,
        *[
            {"data": [{"id": 1, "title": "Song", "artist": {"name": "Band"}, "duration": duration}]}
            for duration in ABSURD_DURATIONS
        ],
        {"data": [{"id": 1, "title": 7, "artist": {"name": ["Band"]}, "contributors": 7}]},
        {"data": [{"id": 1, "title": "\ud800", "artist": {"name": "\udfff"}, "duration": 5}]},
        {"data": {"id": 1}},
        {"data": "text"},
    ],
)
def test_absurd_answers_are_no_clip(host: Host, clips: DeezerClips, answer: object) -> None:
    host.script = [answer]
    with pytest.raises((ClipMissing, ClipMismatch)):
        clips.find(BY_NAME)


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, ClipMissing), (404, ClipMissing), (302, ClipMissing), (503, ClipSourceBusy)],
)
def test_a_clip_host_that_refuses(
    host: Host, clips: DeezerClips, status: int, error: type[ClipError]
) -> None:
    host.add(1, AUDIO, isrc=ISRC)
    host.audio_status = status
    with pytest.raises(error, match=str(status)):
        clips.find(QUERY)


def test_a_clip_that_breaks_off_is_damaged(host: Host, clips: DeezerClips) -> None:
    host.add(1, AUDIO, isrc=ISRC)
    host.cut_short = True
    with pytest.raises(ClipDamaged, match="broke off"):
        clips.find(QUERY)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"contributors": 7}, "1"),
        ({"contributors": [None, 7, {"name": 7}, {}]}, "1"),
        ({"title": "\x1b[31mSong\x1b[0m"}, "1"),
        ({"id": "77"}, "77"),
        ({"link": "http://[::1", "explicit_lyrics": [[[]]], "rank": 10**400}, "1"),
    ],
)
def test_odd_fields_beside_a_good_match_do_no_harm(
    host: Host, clips: DeezerClips, changes: dict[str, Any], found: str
) -> None:
    host.add(1, AUDIO, **changes)
    assert clips.find(BY_NAME).reference == found


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"preview": "http://[::1"}, ClipAnswerInvalid),
        ({"preview": "https://[::1"}, ClipAnswerInvalid),
        ({"preview": "https://a..b/1.mp3"}, ClipAnswerInvalid),
        ({"preview": 7}, ClipMissing),
        ({"preview": ["https://x"]}, ClipMissing),
        ({"preview": {}}, ClipMissing),
        ({"id": "../1"}, ClipAnswerInvalid),
        ({"id": None}, ClipAnswerInvalid),
        ({"id": [1]}, ClipAnswerInvalid),
        ({"id": 10**400}, ClipAnswerInvalid),
    ],
)
def test_an_entry_that_makes_no_sense_is_one_tracks_error(
    host: Host, clips: DeezerClips, changes: dict[str, Any], error: type[ClipError]
) -> None:
    host.add(1, AUDIO, **changes)
    with pytest.raises(error):
        clips.find(BY_NAME)
    host.tracks.clear()
    host.add(2, AUDIO)
    assert clips.find(BY_NAME).reference == "2"


def test_the_next_candidate_is_taken_where_one_makes_no_sense(
    host: Host, clips: DeezerClips
) -> None:
    host.add(1, AUDIO, preview="http://[::1")
    host.add(2, AUDIO, preview="http://example.com/2.mp3")
    host.add(3, AUDIO)
    assert clips.find(BY_NAME).reference == "3"


@pytest.mark.parametrize(
    "query",
    [
        ClipQuery("Song\ud800", ("Band",), SECONDS),
        ClipQuery("Song", ("Band\udfff",), SECONDS),
        ClipQuery("\x1b[31mSong\x00\n", ("Band",), SECONDS),
    ],
)
def test_odd_titles_are_asked_for_cleanly(host: Host, clips: DeezerClips, query: ClipQuery) -> None:
    with pytest.raises(ClipMissing):
        clips.find(query)
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("audio", "reason"), [(b"", "empty"), (b"0" * (deezer.LARGEST_CLIP_BYTES + 1), "larger")]
)
def test_a_clip_of_no_or_too_many_bytes(
    host: Host, clips: DeezerClips, audio: bytes, reason: str
) -> None:
    host.add(1, audio, isrc=ISRC)
    with pytest.raises(ClipDamaged, match=reason):
        clips.find(QUERY)


def test_a_clip_that_drips_is_busy() -> None:
    def drip(connection: socket.socket, head: bytes) -> None:
        if b"GET /clips/" not in head:
            entry = {"id": 1, "title": "Song", "duration": 5, "preview": f"{url[0]}/clips/1"}
            connection.sendall(answer(json.dumps(entry).encode()))
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sleep(0.05)
            connection.sendall(b"x")

    url: list[str] = []
    with serve_raw(drip) as host, BoundedSession(0.5) as session:
        url.append(host.url)
        with pytest.raises(ClipSourceBusy, match="slowly"):
            DeezerClips(host.url, session, Pace(0)).find(QUERY)


@pytest.mark.parametrize("gap", [0.0, 0.05])
def test_an_answer_without_an_end_is_busy(gap: float) -> None:
    def send(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sleep(gap)
            connection.sendall(b"[" if gap else b"[" * 65_536)

    with (
        serve_raw(send) as host,
        BoundedSession(1.0, 1_000_000) as session,
        pytest.raises(ClipSourceBusy, match="does not answer"),
    ):
        DeezerClips(host.url, session, Pace(0)).find(QUERY)


def test_its_own_session_has_bounds_and_no_netrc(
    host: Host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serve_raw(lambda connection, _: connection.sendall(answer(b"{}"))) as raw:
        with pytest.raises(ClipMissing):
            DeezerClips(raw.url, pace=Pace(0)).find(QUERY)
        assert raw.heads
        assert not any(b"Authorization" in head for head in raw.heads)


def test_a_wrong_environment_is_no_tracks_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(ClipSourceBroken, match="REQUESTS_CA_BUNDLE") as raised:
        DeezerClips("https://music.example", pace=Pace(0)).find(QUERY)
    assert "REQUESTS_CA_BUNDLE" in raised.value.remedy


@pytest.mark.parametrize("url", ["http://[::1", "no address", "ftp://music.example", ""])
def test_a_wrong_address_in_the_config_is_no_tracks_fault(url: str) -> None:
    with pytest.raises(ClipSourceBroken, match="address") as raised:
        DeezerClips(url, pace=Pace(0)).find(QUERY)
    assert "clips.deezer_url" in raised.value.remedy


@pytest.mark.parametrize(
    "preview", ["http://example.com/1.mp3", "file:///etc/passwd", "ftp://127.0.0.1/x", "x", "//"]
)
def test_previews_at_odd_addresses_are_not_fetched(
    host: Host, clips: DeezerClips, preview: str
) -> None:
    host.add(1, AUDIO, isrc=ISRC, preview=preview)
    with pytest.raises(ClipMissing, match="https"):
        clips.find(QUERY)
    assert not any(path.startswith("/clips") for path in host.asked)


def test_deezer_itself_cannot_point_at_this_machine() -> None:
    class Answers(requests.Session):
        def get(self, url: str | bytes, **_: Any) -> requests.Response:
            assert str(url).startswith("https://api.deezer.com/")
            response = requests.Response()
            response.status_code = 200
            entry = {"id": 1, "title": "Song", "duration": 5, "preview": "http://127.0.0.1/x"}
            response._content = json.dumps(entry).encode()
            return response

    with Answers() as session, pytest.raises(ClipMissing, match="https"):
        DeezerClips("https://api.deezer.com", session).find(QUERY)


def test_nobody_listening_is_busy() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with requests.Session() as session, pytest.raises(ClipSourceBusy, match="not answer"):
            DeezerClips(url, session).find(QUERY)


def test_it_stays_within_five_requests_a_second(host: Host, clips: DeezerClips, time: Time) -> None:
    host.add(1, AUDIO, isrc=ISRC)
    for _ in range(10):
        clips.find(QUERY)
    assert len(host.asked) / time.now <= 5
