"""Spotify's answers drawn at random, read by the real client."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import requests
from urllib3 import HTTPResponse

from companion import http_client
from companion.errors import SpotifyError
from companion.http_client import BoundedSession
from companion.playback import PlayerState, QueueView
from companion.spotify.client import Account, SpotifySession, connect
from companion.spotify.json_fields import LARGEST
from companion.spotify.library import Page, Playlist
from companion.track import Track
from tests.fuzz.drawn_json import change, encode
from tests.spotify.fakes import FakeTime, settings, signed_in_keyring
from tests.spotify.memory_quota import MemoryQuota

URL = "http://127.0.0.1:9"
TRACK = {
    "id": "4uLU6hMCjMI75M1A2tKUQC",
    "uri": "spotify:track:4uLU6hMCjMI75M1A2tKUQC",
    "type": "track",
    "name": "A Song",
    "artists": [{"name": "First", "id": "1"}, {"name": "Second"}],
    "album": {"name": "An Album"},
    "duration_ms": 213_000,
    "external_ids": {"isrc": "ZZCMP2600001"},
    "explicit": False,
    "is_local": False,
}
RIGHT: dict[str, Any] = {
    "player": {
        "is_playing": True,
        "progress_ms": 1000,
        "item": TRACK,
        "currently_playing_type": "track",
        "device": {"id": "d", "name": "Desk", "is_active": True, "is_restricted": False},
        "repeat_state": "off",
        "actions": {"disallows": {"pausing": True}},
    },
    "queue": {"currently_playing": TRACK, "queue": [TRACK, TRACK]},
    "tracks": {
        "items": [{"added_at": "2026-09-01T00:00:00Z", "track": TRACK}],
        "total": 1,
        "next": None,
    },
    "playlists": {
        "items": [{"id": "p", "snapshot_id": "s", "owner": {"id": "me"}}],
        "next": None,
    },
    "me": {"id": "me", "account_id": "me", "display_name": "Me"},
    "token": {"access_token": "access-secret", "expires_in": 3600, "scope": "a b"},
    "error": {"error": {"status": 403, "message": "No", "reason": "PREMIUM_REQUIRED"}},
}
KINDS = ("player", "queue", "tracks", "playlists", "token")
STATUSES = (200, 204, 302, 400, 401, 403, 404, 429, 500, 599)
WAITS = ("", "7", "-1", "9" * 5000, "²", "soon", "\x00")
MOST_PAGES = 3  # a next page may name itself


class Answers:
    """Stands for the network below the session's bounds: one answer for what is asked."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.kind = "player"

    def exchange(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        rng, path = self._rng, str(request.path_url)
        kind = "token" if path.startswith("/api/token") else self.kind
        if path.startswith("/v1/me?") or path.rstrip("/") == "/v1/me":
            kind = "me"
        spoilt = kind == self.kind
        status = rng.choice(STATUSES) if spoilt and rng.random() < 0.2 else 200
        right = RIGHT["error" if status >= 300 else kind]
        body = encode(rng, change(rng, right)) if spoilt else encode(rng, right, damaged=0)
        response = requests.Response()
        response.status_code, response.request = status, request
        response.headers["Retry-After"] = rng.choice(WAITS)
        response.raw = HTTPResponse(io.BytesIO(body), preload_content=False)
        return http_client._read_whole(response, http_client.DEFAULT_MAX_BYTES)


def check(seed: int, count: int) -> Counter[str]:
    """Read so many answers; each is a value that makes sense, or one of our errors.

    Returns:
        how often each kind of result came.

    Raises:
        AssertionError: another error, or a value beyond all measure.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret
    answers, results = Answers(rng), Counter[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BoundedSession, "_exchange", answers.exchange)
        for number in range(count):
            answers.kind = KINDS[number % len(KINDS)]
            results[_ask(answers.kind, number)] += 1
    return results


def _ask(kind: str, number: int) -> str:
    present = FakeTime()
    present.advance(timedelta(minutes=number % 60).total_seconds())
    quota = MemoryQuota(present.now)
    try:
        with connect(
            settings(URL), quota, signed_in_keyring(), now=present.now, sleep=lambda _: None
        ) as session:
            found = _read(session, kind)
    except SpotifyError as error:
        _check_text(str(error), error.remedy)
        return type(error).__name__
    except Exception as error:
        raise AssertionError(f"{kind} {number}: {type(error).__name__}: {error}") from error
    for value in found:
        _check(value)
    return kind


def _read(session: SpotifySession, kind: str) -> list[object]:
    if kind in ("player", "token"):
        return [session.player()]
    if kind == "queue":
        return [session.queue()]
    if kind == "playlists":
        return [one for one, _ in zip(session.own_playlists(), range(MOST_PAGES), strict=False)]
    return [page for page, _ in zip(session.saved_tracks(), range(MOST_PAGES), strict=False)]


def _check(value: object) -> None:
    match value:
        case PlayerState():
            assert value.position_ms is None or 0 <= value.position_ms <= LARGEST
            _check_text(value.device.id, value.device.name)
            _check(value.track)
        case QueueView():
            for track in (value.playing, *value.coming):
                _check(track)
        case Page():
            for track in value.tracks:
                _check(track)
                assert track.id
        case Track():
            assert 0 <= value.duration_ms <= LARGEST
            _check_text(value.title, value.album, value.isrc, value.uri, *value.artists)
        case Playlist():
            _check_text(value.id, value.version)
        case Account():
            _check_text(value.id, value.user, value.name)
        case _:
            assert value is None


def _check_text(*texts: str) -> None:
    for text in texts:
        text.encode()
        assert "\x1b" not in text
        assert "access-secret" not in text
