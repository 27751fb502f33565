from __future__ import annotations

import subprocess
import sys

import pytest

from companion.spotify.spotipy_without_redis import import_spotipy


def printed(program: str) -> str:
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def test_spotipy_is_there_and_redis_is_not() -> None:
    assert import_spotipy().Spotify
    program = (
        "import sys; from companion.spotify.spotipy_without_redis import import_spotipy;"
        "module = import_spotipy(); print(module.Spotify.__name__, 'redis' in sys.modules)"
    )
    assert printed(program) == "Spotify False"


@pytest.mark.parametrize(
    "first", ["redis, spotipy", "companion.spotify.spotipy_without_redis as lean"]
)
def test_who_wants_redis_still_gets_it(first: str) -> None:
    program = (
        f"import {first}; from companion.spotify import spotipy_without_redis as module;"
        "module.import_spotipy();"
        "import redis; print(redis.Redis.__name__)"
    )
    assert printed(program) == "Redis"
