from __future__ import annotations

import pytest

from tests.spotify.allowed import is_allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/me/player"),  # transfers, and wakes
        ("PUT", "/v1/me/player/play"),
        ("PUT", "/v1/me/player/pause"),
        ("POST", "/v1/me/player/next"),
        ("POST", "/v1/me/player/previous"),
        ("PUT", "/v1/me/player/seek"),
        ("PUT", "/v1/me/player/volume"),
        ("POST", "/v1/me/player"),
        ("PUT", "/v1/me/tracks"),
        ("DELETE", "/v1/me/tracks"),
        ("POST", "/v1/playlists/1/items"),
        ("GET", "/v1/recommendations"),
        ("GET", "/v1/audio-features/1"),
        ("GET", "/v1/me/player/queue/x"),
    ],
)
def test_what_would_touch_playback_or_is_gone_is_not_allowed(method: str, path: str) -> None:
    assert not is_allowed(method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/me/"),
        ("GET", "/v1/me/player"),
        ("POST", "/v1/me/player/queue"),
        ("GET", "/v1/playlists/1/items"),
        ("POST", "/api/token"),
        ("GET", "/deezer/search"),
        ("GET", "/"),
    ],
)
def test_what_the_companion_needs_is(method: str, path: str) -> None:
    assert is_allowed(method, path)
