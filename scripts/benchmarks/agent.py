"""Measure the agent: idle for five minutes of music, with and without the camera, in visits, and
when queried.

The agent and its worker are the real processes; Spotify, the player and the camera are
stand-ins. As in an installed program, Python's bytecode is there before anything is measured.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil

from benchmarks.previews import previews
from benchmarks.row import Row
from companion.agent.models.messages import Look
from companion.agent.models.worker import Worker
from companion.demo.portrait import portrait_frames
from companion.demo.simulator.server import Simulator
from companion.face.camera import Frame, Shot, Source, capture
from tests.agent.live import COMPANION, Home, Running, make_home, wait_until
from tests.desktop.buses import PrivateBus
from tests.desktop.players import Player
from tests.face.fakes import write_video

IDLE_SECONDS = 300.0
SETTLE_SECONDS = 15.0
TRACK_SECONDS = 180.0
CAMERA_RATE = 30.0  # frames a second
LOOK_SECONDS = 2.0
STARTS = 15
MEGABYTE = 1024 * 1024
NO_CAMERA = "[camera]\nenabled = false\n"
REST = "[agent]\nworker_rest_minutes = 0.2\n"


def rows() -> list[Row]:
    """All of the part."""
    with tempfile.TemporaryDirectory() as folder, Simulator() as spotify:
        home = make_home(Path(folder), spotify)
        film = write_video(Path(folder) / "film.avi", portrait_frames(), rate=8.0)
        home.run("status")  # the bytecode
        return [
            *_idle(home, Path(folder), "agent idle"),
            *_idle_without_camera(home, Path(folder)),
            _camera(portrait_frames()),
            *_visits(home, film),
            _unseen(home),
            _both(home, film),
            _status(home),
        ]


def _idle_without_camera(home: Home, folder: Path) -> Iterator[Row]:
    home.paths.config.write_text(NO_CAMERA, "utf-8")
    yield from _idle(home, folder, "the same without the camera")
    home.paths.config.unlink()


def _idle(home: Home, folder: Path, words: str) -> Iterator[Row]:
    bus = PrivateBus(folder / "bus")
    bus.start()
    home.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.address
    try:
        with Player(bus) as player, home.start(program=COMPANION) as agent:
            process = psutil.Process(agent.process.pid)
            _play(player, SETTLE_SECONDS)
            before = _cpu(process)
            _play(player, IDLE_SECONDS)
            used = _cpu(process) - before
            held = process.memory_info().rss / MEGABYTE
    finally:
        bus.stop()
        del home.environment["DBUS_SESSION_BUS_ADDRESS"]
    yield Row(f"{words}, resident memory", held, "MB", limit=80, beyond=50)
    minutes = IDLE_SECONDS / 60
    share = 100 * used / IDLE_SECONDS
    what = f"{words}, CPU over {minutes:.0f} min, track playing"
    yield Row(what, share, "% of a core", limit=0.2, beyond=0.05)


def _play(player: Player, seconds: float) -> None:
    """Let the player's track run on, again and again."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        player.tell(position=now % TRACK_SECONDS)
        time.sleep(1)


class RealTimeCamera:
    """Gives its frames at a webcam's pace, and knows how long it was open."""

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = frames
        self._count = 0
        self._opened = time.monotonic()
        self.seconds = 0.0

    def read(self) -> Shot:
        self._count += 1
        due = self._opened + self._count / CAMERA_RATE
        time.sleep(max(0.0, due - time.monotonic()))
        return Shot(time.monotonic(), self._frames[self._count // 4 % len(self._frames)])

    def close(self) -> None:
        self.seconds = time.monotonic() - self._opened


def _camera(frames: list[Frame]) -> Row:
    opened: list[RealTimeCamera] = []

    def open_camera(_: Source) -> RealTimeCamera:
        opened.append(RealTimeCamera(frames))
        return opened[-1]

    list(capture(0, LOOK_SECONDS, open_camera))
    what = f"camera open for a visit with {LOOK_SECONDS:.0f} s of frames"
    return Row(what, opened[0].seconds, "s", limit=3, beyond=2.3)


def _visits(home: Home, film: Path) -> Iterator[Row]:
    home.paths.config.write_text(REST, "utf-8")
    _warm_caches(home, film)
    home.spotify.player.repeat_state = "context"
    with Running(home, [*COMPANION, "run", "--source", str(film)]) as agent:
        process = psutil.Process(agent.process.pid)
        resting = process.memory_info().rss
        cold, peak = _visit(agent, process)
        warm = statistics.median(_visit(agent, process)[0] for _ in range(3))
        wait_until(lambda: agent.ask("status")["worker"] is None, 60)
        kept = sum(child.memory_info().rss for child in process.children(recursive=True))
        grown = process.memory_info().rss - resting
    yield Row("CPU of a visit, cold worker", cold, "s CPU", limit=6, beyond=3)
    yield Row("CPU of a visit, warm worker", warm, "s CPU", limit=0.5, beyond=0.3)
    yield Row("worker's peak memory in visits", peak, "MB", limit=700, beyond=450)
    yield Row("held by workers after the worker's rest", kept / MEGABYTE, "MB", limit=0)
    yield Row("  what the agent grew by in these visits", grown / MEGABYTE, "MB")


def _unseen(home: Home) -> Row:
    """Visits without a camera, in which listening tells the mood and no worker starts."""
    home.paths.config.write_text(NO_CAMERA, "utf-8")
    home.spotify.player.repeat_state = "context"
    costs = []
    with Running(home, [*COMPANION, "run"]) as agent:
        process = psutil.Process(agent.process.pid)
        for _ in range(4):
            _play_what_was_queued(home.spotify)
            before = _cpu(process)
            ended = agent.ask("visit-now", 120)
            costs.append(_cpu(process) - before)
            if agent.worker or ended["outcome"] not in ("queued", "abstained"):
                raise RuntimeError(f"the visit did not go by listening alone: {ended}")
    used = statistics.median(costs)
    return Row("CPU of a visit without a camera", used, "s CPU", limit=0.5, beyond=0.1)


def _both(home: Home, film: Path) -> Row:
    """One worker that looks, and tags while it is warm."""
    worker = Worker(home.paths.cache, lambda: timedelta(minutes=1))
    try:
        worker.look(Look(film, LOOK_SECONDS))
        for preview in previews():
            worker.tag(preview)
        peak = _peak(psutil.Process(worker.pid))
    finally:
        worker.stop()
    return Row("worker's peak memory, looks and tags", peak, "MB", limit=700, beyond=450)


def _warm_caches(home: Home, film: Path) -> None:
    """Fill the caches that an earlier visit would have filled: bytecode and compiled networks."""
    for name, value in home.environment.items():
        os.environ[name] = value
    worker = Worker(home.paths.cache, lambda: timedelta(minutes=1))
    worker.look(Look(film, LOOK_SECONDS))
    worker.stop()


def _visit(agent: Running, process: psutil.Process) -> tuple[float, float]:
    """The CPU seconds of a visit in both processes, and the worker's peak memory in MB."""
    worker = agent.worker
    before = _cpu(process) + (_cpu(worker) if worker else 0.0)
    _play_what_was_queued(agent.home.spotify)
    ended = agent.ask("visit-now", 120)
    worker = agent.worker
    if worker is None or ended["outcome"] != "queued":
        raise RuntimeError(f"the visit did not go through: {ended}")
    return _cpu(process) + _cpu(worker) - before, _peak(worker)


def _play_what_was_queued(spotify: Simulator) -> None:
    shown = spotify.player.now()
    if shown and spotify.player.queued():
        spotify.clock.advance((shown.item.duration_ms - shown.progress_ms) / 1000 + 5)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    return int(kilobytes) / 1024


def _status(home: Home) -> Row:
    with home.start(program=COMPANION):
        pairs = [
            (
                _seconds(home, *COMPANION, "status"),
                _seconds(home, sys.executable, "-c", "import typer"),
            )
            for _ in range(STARTS)
        ]
    asked, bare = map(min, zip(*pairs, strict=True))  # what else runs makes it only longer
    return Row("status against Python that imports typer", asked / bare, "times", 3, 2)


def _seconds(home: Home, *words: str) -> float:
    began = time.perf_counter()
    subprocess.run(words, env=home.environment, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - began
