"""200 kills at random moments: nothing is lost, nothing is done twice, nothing stays behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.agent.service.instance import only_instance
from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator
from companion.store.database import migrations, open_database, schema_version
from companion.store.history.queue import OUTSTANDING, entries_in
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.fake_work import BRIGHT, CAMERA_VARIABLE
from tests.agent.killed_process import MIGRATED, OLD
from tests.agent.live import Home, wait_until
from tests.agent.models.test_worker import gone, is_open
from tests.agent.visitor import ADD, to_track
from tests.choose.makers import seeded

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed processes are forked"),
]

LIVES = ["visit"] * 90 + ["sync"] * 35 + ["tag"] * 45 + ["migrate"] * 30
LONGEST_LIFE = 1.3  # times what a visit takes on this machine
BETWEEN = 200.0  # seconds by the simulator's clock: about a track
TRACKS, TAGGED = 1200, 300


class Nursery:
    """Starts killed processes, and checks what they leave behind."""

    def __init__(self, home: Home) -> None:
        self.home, self.sim = home, home.spotify
        self.camera = home.paths.runtime / "camera"
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [
                sys.executable,
                "-m",
                "tests.agent.killed_process",
                home.paths.state.parent,
                self.sim.url,
            ],
            env=home.environment | {CAMERA_VARIABLE: str(self.camera)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "ready"
        self.tagged: set[str] = set()

    def kill_one(self, word: str, after: float) -> None:
        pid = self._start(word)
        time.sleep(after)
        self._kill(pid)

    def visit_once(self) -> float:
        """Let one live until it has queued a track; how long that took, in seconds."""
        began, before = time.monotonic(), self.sim.count(*ADD)
        pid = self._start("visit")
        wait_until(lambda: self.sim.count(*ADD) > before)
        took = time.monotonic() - began
        self._kill(pid)
        return took

    def _start(self, word: str) -> int:
        assert self._process.stdin
        self._process.stdin.write(f"{word} {self.sim.clock.now()}\n")
        self._process.stdin.flush()
        return int(self._line())

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        assert self._line() == str(-signal.SIGKILL), "it ended before it was killed"

    def check(self) -> None:
        """Check what must hold after every kill."""
        wait_until(lambda: all(map(gone, self._workers())) and not is_open(self.camera), 5)
        with only_instance(self.home.paths.lock):
            pass
        with open_database(self.home.paths.database) as db:
            assert len(entries_in(db, OUTSTANDING)) <= 1
            for table in ("readings", "queue_entries"):
                orphans = f"SELECT count(*) FROM {table} WHERE visit_id IS NULL"  # noqa: S608 - our own names
                assert db.execute(orphans).fetchone()[0] == 0
            tagged = {row[0] for row in db.execute("SELECT track_id FROM tags")}
            assert tagged >= self.tagged
            self.tagged = tagged
            self._check_adds(db)

    def _check_adds(self, db: sqlite3.Connection) -> None:
        """Each intent was POSTed once at most, after it was stored."""
        asked = [request for request in self.sim.requests if request.path == ADD[1]]
        posts = Counter(dict(one.query)["uri"] for one in asked if one.method == "POST")
        intents = Counter(
            row[0]
            for row in db.execute(
                "SELECT json_extract(track, '$.uri') FROM queue_entries WHERE state != 'planned'"
            )
        )
        assert posts <= intents

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout
        self._process.stdout.close()

    def _workers(self) -> list[int]:
        notes = Path(f"{self.camera}.pids")
        return [int(line) for line in notes.read_text().split()] if notes.exists() else []

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    with Simulator(library(TRACKS)) as sim:
        home = Home(tmp_path, sim)
        home.sign_in()
        now = datetime.now(UTC)
        with open_database(home.paths.database) as db:
            save_tracks(db, map(to_track, sim.library.tracks), now)
            for track in sim.library.tracks[:TAGGED]:
                save_tag(db, track.id, BRIGHT, Origin("deezer", "1", 1.0), now)
        make_old(home.paths.state / OLD)
        sim.player.repeat_state = "context"
        sim.player.play(sim.library.tracks[:3])
        started = Nursery(home)
        yield started
        started.end()


def make_old(file: Path) -> None:
    """A database of the first schema, with tracks in it."""
    with sqlite3.connect(file) as db:
        db.executescript(migrations()[1])
        db.execute("PRAGMA user_version = 1")
        rows = [(f"{n}", f"spotify:track:{n}", n) for n in range(500)]
        db.executemany("INSERT INTO tracks VALUES (?, ?, 'A', '[]', '', ?, '', 0, NULL, 1.0)", rows)
    db.close()


def test_two_hundred_kills(nursery: Nursery) -> None:
    draw = seeded(7)
    lives = list(LIVES)
    draw.shuffle(lives)
    longest = LONGEST_LIFE * nursery.visit_once()
    for word in lives:
        nursery.kill_one(word, draw.uniform(0, longest * (1 if word == "visit" else 0.6)))
        nursery.check()
        nursery.sim.clock.advance(BETWEEN)
    state = nursery.home.paths.state
    with open_database(nursery.home.paths.database) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        entries = db.execute("SELECT count(*) FROM queue_entries").fetchone()[0]
        assert db.execute("SELECT count(*) FROM tracks").fetchone()[0] == TRACKS
    with open_database(state / MIGRATED) as db:
        assert schema_version(db) == max(migrations())
        assert db.execute("SELECT count(*) FROM tracks").fetchone()[0] == 500
    assert len(nursery.tagged) > TAGGED + 20
    assert entries > 10  # so that the kills met something
