"""Processes to be killed: `python -m tests.agent.killed_process STATE SPOTIFY`.

It loads everything once, then forks a child for each line `WORD SECONDS` on its stdin: what
to do over and over until it is killed, and what time it is. It answers with the child's pid,
and with a word when the child is dead.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from companion.agent.clock import Moment
from companion.agent.library.tagging import tag_tracks
from companion.agent.library.tagging_order import due_tracks
from companion.agent.models.worker import Worker
from companion.agent.quota import StoreQuota
from companion.agent.service.connections import Connections
from companion.agent.service.control import ControlServer
from companion.agent.service.instance import only_instance
from companion.agent.service.jobs import Environment, Jobs
from companion.config.schema import Config, Spotify
from companion.music.clips.provider import Clip, ClipQuery, Match, MatchedBy
from companion.paths import Paths
from companion.spotify.client import SpotifySession, connect
from companion.spotify.quota import Group
from companion.store.database import open_database
from companion.store.metadata import LIBRARY_SYNCED_AT, drop_time
from tests.agent.fake_work import BRIGHT, COMMAND
from tests.agent.file_keyring import FileKeyring

CLIENT_ID = "0123456789abcdef"
MANY = dict.fromkeys(Group, 1_000_000)
OLD = "old.db"
MIGRATED = "migrated.db"


class Nobody:
    """A desktop that tells nothing."""

    def is_locked(self) -> None:
        return None

    def idle_seconds(self) -> None:
        return None

    def on_battery(self) -> None:
        return None


class KilledProcess:
    """One life, which begins at a time of the test's."""

    def __init__(self, paths: Paths, url: str, seconds: float) -> None:
        self.paths = paths
        self._settings = Spotify(client_id=CLIENT_ID, api_url=url, accounts_url=url)
        self._began, self._real = datetime.fromtimestamp(seconds, UTC), time.monotonic()
        self._worker = Worker(paths.cache, lambda: timedelta(seconds=60), COMMAND)
        self._connections = Connections(paths.database, self._connect)
        environment = Environment(
            clock=self.clock,
            models=self._worker,
            presence=Nobody(),
            signal=None,
            notify=lambda *_: True,
            rng=Random(),  # noqa: S311 - a test's draw
            source=Path("slow"),
        )
        self._jobs = Jobs(Config(), paths.database, self._connections, environment)

    def clock(self) -> Moment:
        ran = time.monotonic() - self._real
        return Moment(self._began + timedelta(seconds=ran), ran, ran)

    def now(self) -> datetime:
        return self.clock().wall

    def visit(self) -> None:
        """As the agent does it: under the lock, and with the socket open."""
        with only_instance(self.paths.lock), ControlServer(self.paths, {}):
            while True:
                self._jobs.visit(asked=True)

    def sync(self) -> None:
        while True:
            drop_time(self._connections.db, LIBRARY_SYNCED_AT)
            self._connections.db.execute("DELETE FROM sources")  # so it is read whole
            self._jobs.sync()

    def tag(self) -> None:
        while True:
            db, now = self._connections.db, self.now
            due = due_tracks(db, BRIGHT.model, now(), again=False)[:20]
            tag_tracks(db, due, _find, [self._worker], now, lambda *_: None)

    def migrate(self) -> None:
        migrated = self.paths.state / MIGRATED
        while True:
            for part in self.paths.state.glob(f"{MIGRATED}*"):
                part.unlink()
            shutil.copy(self.paths.state / OLD, migrated)
            with open_database(migrated):
                pass

    def _connect(self, db: object) -> SpotifySession:
        quota = StoreQuota(self._connections.db, self.now, MANY)
        return connect(self._settings, quota, FileKeyring(), now=self.now)


def _find(query: ClipQuery) -> Clip:
    return Clip(b"a clip", "deezer", query.isrc or query.title, Match(MatchedBy.ISRC, 1.0))


def _orders() -> Iterator[tuple[str, float]]:
    for line in sys.stdin:
        word, seconds = line.split()
        yield word, float(seconds)


def main() -> None:
    root, url = Path(sys.argv[1]), sys.argv[2]
    paths = Paths(root / "config.toml", root / "state", root / "cache", root / "run")
    print("ready", flush=True)
    for word, seconds in _orders():
        child = os.fork()
        if child == 0:
            getattr(KilledProcess(paths, url, seconds), word)()
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
