"""The clip providers of the settings, asked at a pace that all processes share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from companion.config.schema import Clips
from companion.errors import ConfigError
from companion.music.clips.provider import ClipProvider
from companion.paths import expand, is_folder
from companion.store.usage import postpone_requests, reserve_request


class StorePace:
    """A `Pacing` on the store; it holds for every process of this user.

    Args:
        db: the store.
        provider: the name of who is asked.
        gap_s: the least time between two requests, in seconds.
        now: the clock.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        provider: str,
        gap_s: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._db = db
        self._provider = provider
        self._gap = timedelta(seconds=gap_s)
        self._now = now
        self._sleep = sleep

    def wait(self) -> None:
        now = self._now()
        turn = reserve_request(self._db, self._provider, self._gap, now)
        if turn > now:
            self._sleep((turn - now).total_seconds())

    def rest(self, seconds: float) -> None:
        now = self._now()
        postpone_requests(self._db, self._provider, now + timedelta(seconds=seconds), now)


def make_providers(clips: Clips, db: sqlite3.Connection) -> list[ClipProvider]:
    """The clip providers of the settings, in their order.

    Raises:
        ConfigError: none is chosen, or the folder of the local files is missing.
    """
    if not clips.providers:
        raise ConfigError(
            "No source of clips is chosen, so nothing can be tagged.",
            "Run `companion setup`.",
        )
    return [_make_provider(name, clips, db) for name in clips.providers]


def _make_provider(name: str, clips: Clips, db: sqlite3.Connection) -> ClipProvider:
    if name == "deezer":
        from companion.music.clips.deezer import GAP_S, DeezerClips

        return DeezerClips(clips.deezer_url, pace=StorePace(db, name, GAP_S))
    from companion.music.clips.local import LocalClips

    folder = expand(clips.folder)
    if not clips.folder or not is_folder(folder):
        raise ConfigError(
            f"The folder of the provider local is not there: {clips.folder or '(not set)'}.",
            "Run `companion setup`.",
        )
    return LocalClips(folder)
