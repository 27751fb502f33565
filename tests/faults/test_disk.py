from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from companion.store import database
from tests.agent.service.test_agent import spoil
from tests.agent.simulated import Life
from tests.cli.shell import Run, Stage
from tests.faults.checks import is_whole, nothing_is_lost, queued_once, shows, troubles
from tests.faults.table import FAULTS

CASES = [name for name in FAULTS if name.startswith(("disk", "database"))]
SIZE = "3m"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own in the folder, of a few megabytes."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    words = [mount or "mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "none", str(folder)]
    done = mount and subprocess.run(words, capture_output=True, check=False)  # noqa: S603 - our words
    if not done or done.returncode:
        pytest.skip("needs leave to mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)  # noqa: S603, S607 - our words


def fill(folder: Path) -> Path:
    """A file that takes the last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return ballast


@pytest.fixture
def disk(home: Path) -> Iterator[Path]:
    """The user's folders lie on it."""
    with small_disk(home) as folder:
        yield folder


def test_full(disk: Path, ready: Stage, run: Run) -> None:
    ballast = fill(disk)
    shows("disk full", run("once"))
    assert not ready.spotify.player.queued()
    ballast.unlink()
    assert "Queued: " in run("once").out
    nothing_is_lost(ready)


def test_read_only(disk: Path, ready: Stage, run: Run) -> None:
    words = ["mount", "-o", "remount,ro", str(disk)]
    subprocess.run(words, check=True)  # noqa: S603 - our words
    try:
        shows("disk read-only", run("once"))
    finally:
        words[2] = "remount,rw"
        subprocess.run(words, check=True)  # noqa: S603 - our words
    assert "Queued: " in run("once").out
    nothing_is_lost(ready)


def test_locked(ready: Stage, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.2)
    with closing(sqlite3.connect(ready.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        shows("database locked", run("once"))
    assert "Queued: " in run("once").out
    nothing_is_lost(ready)


def test_damaged(ready: Stage, run: Run) -> None:
    whole = ready.database.read_bytes()
    spoil(ready.database)
    damaged = ready.database.read_bytes()
    shows("database damaged", run("once"))
    shows("database damaged", run("status"))
    assert ready.database.read_bytes() == damaged
    for rest in ready.database.parent.glob(f"{ready.database.name}-*"):
        rest.unlink()
    ready.database.write_bytes(whole)  # the backup put back
    assert "Queued: " in run("once").out
    nothing_is_lost(ready)


class TestAgent:
    @pytest.fixture
    def state(self, tmp_path: Path) -> Iterator[Path]:
        with small_disk(tmp_path / "state") as folder:
            yield folder

    def test_full(self, life: Life) -> None:
        life.start()
        life.live(minutes=1)
        ballast = fill(life.paths.state)
        life.live(minutes=30)
        assert FAULTS["disk full, agent"].shown in troubles(life)
        added = life.sim.count("POST", "/v1/me/player/queue")
        looks = life.models.camera.looks
        assert looks <= 30 / life.config.agent.period_minutes + 1
        ballast.unlink()
        life.live(minutes=40)
        assert troubles(life) == ""
        assert life.sim.count("POST", "/v1/me/player/queue") > added
        queued_once(life)

    def test_damaged(self, life: Life) -> None:
        life.start()
        life.live(minutes=30)
        life.ask(lambda: life.agent._timetable.submit(life.agent._connections.drop))
        spoil(life.paths.database)
        life.live(hours=1)
        assert FAULTS["database damaged, agent"].shown in troubles(life)
        assert list(life.paths.state.glob("companion.db.damaged-*"))
        with closing(sqlite3.connect(life.paths.database)) as db:
            (tracks,) = db.execute("SELECT count(*) FROM tracks").fetchone()
        assert tracks == len(life.sim.library.tracks)
        is_whole(life.paths.database)
