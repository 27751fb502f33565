"""All that the companion may ask of Spotify: nothing that wakes, moves, skips or replaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from companion.demo.simulator.web.requests_log import LoggedRequest, RequestLog

ALLOWED = {
    "GET": (
        "/authorize",
        "/v1/me/?",
        "/v1/me/tracks",
        "/v1/me/playlists",
        "/v1/playlists/[^/]+/items",
        "/v1/me/player",
        "/v1/me/player/queue",
        "/v1/me/player/recently-played",
    ),
    "POST": ("/api/token", "/v1/me/player/queue"),
}
NOT_SPOTIFY = re.compile("/(deezer/.*|clips/.*|listener/.*|requests|clock|faults)?")


def is_allowed(method: str, path: str) -> bool:
    """Tell whether the companion may make this request, or it is not for Spotify."""
    spotify = any(re.fullmatch(known, path) for known in ALLOWED.get(method, ()))
    return spotify or NOT_SPOTIFY.fullmatch(path) is not None


@pytest.fixture(autouse=True)
def nothing_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Import it into a conftest: every simulator of these tests is then watched."""
    asked: set[tuple[str, str]] = set()
    add = RequestLog.add

    def watch(self: RequestLog, at: float, method: str, path: str, query: object) -> LoggedRequest:
        asked.add((method, path))
        return add(self, at, method, path, query)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(RequestLog, "add", watch)
    yield
    assert {one for one in asked if not is_allowed(*one)} == set()
