"""Server-sent events: what changes while the page is open, told to every tab."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from companion.errors import CompanionError
from companion.page.server.lifetime import Lifetime

BEAT_SECONDS = 15.0  # so that a connection whose tab is gone is noticed
WATCH_SECONDS = 1.0
MOST_WAITING = 100  # events; a tab that takes none for so long is let go


class Events:
    """Tells all tabs; `publish` may be called from any thread.

    Args:
        lifetime: is told of every tab.
        versions: reads the versions of what is stored, by which tabs see that something changed.
    """

    def __init__(self, lifetime: Lifetime, versions: Callable[[], Mapping[str, Any]]) -> None:
        self._lifetime = lifetime
        self._versions = versions
        self._tabs: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def publish(self, kind: str, data: Mapping[str, Any]) -> None:
        """Send every tab an event."""
        text = _format(kind, data)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(self._put, text)

    async def follow(self) -> AsyncIterator[str]:
        """Yield the events for one tab until it is closed."""
        self._loop = asyncio.get_running_loop()
        mine: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._tabs.add(mine)
        self._lifetime.open_tab()
        try:
            yield _format("hello", {})
            while mine in self._tabs:
                try:
                    yield await asyncio.wait_for(mine.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield ": beat\n\n"
        finally:
            self._tabs.discard(mine)
            self._lifetime.close_tab()

    async def watch(self) -> None:
        """Look at the store again and again while a tab is open, and tell of changes."""
        before: Mapping[str, Any] = {}
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._tabs:
                continue
            with contextlib.suppress(CompanionError):  # which whoever asks next will meet
                now = await asyncio.to_thread(self._versions)
                if now != before:
                    self._put(_format("versions", now))
                before = now

    def _put(self, text: str) -> None:
        for tab in list(self._tabs):
            try:
                tab.put_nowait(text)
            except asyncio.QueueFull:
                self._tabs.discard(tab)


def _format(kind: str, data: Mapping[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
