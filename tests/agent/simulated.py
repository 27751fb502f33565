"""The agent under a clock that the test drives, with all environment it made up but Spotify's HTTP.

The jobs run under APScheduler's own rules; only its idea of the present is ours.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest
from apscheduler.schedulers.base import BaseScheduler

from companion.affect import FaceReading, KeptFeatures, TrackMood
from companion.agent.clock import Moment
from companion.agent.models.messages import Look
from companion.agent.quota import StoreQuota
from companion.agent.service.agent import Agent
from companion.agent.service.jobs import Environment
from companion.config.schema import Agent as AgentSettings
from companion.config.schema import Config
from companion.demo.simulator.library import Track as CatalogueTrack
from companion.demo.simulator.server import Simulator
from companion.paths import Paths
from companion.playback import PlayerSnapshot
from companion.spotify.client import SpotifySession, connect
from companion.track import Track
from tests.agent.fake_work import BRIGHT
from tests.agent.visitor import Camera
from tests.choose.makers import seeded
from tests.spotify.fakes import MemoryKeyring, settings, signed_in_keyring

LONGEST_STEP = 30.0  # seconds; the agent looks at the clock more often still


@dataclass
class Time:
    """True time is the simulator's; the machine sleeps, and its clock may be set wrong."""

    sim: Simulator
    offset: float = 0.0
    slept: float = 0.0

    def __call__(self) -> Moment:
        true = self.sim.clock.now()
        wall = datetime.fromtimestamp(true + self.offset, UTC)
        return Moment(wall, true - self.slept, true)

    def pass_(self, seconds: float) -> None:
        self.sim.clock.advance(seconds)

    def sleep(self, seconds: float) -> None:
        self.pass_(seconds)
        self.slept += seconds

    @property
    def wall(self) -> datetime:
        return self().wall


@dataclass
class Desktop:
    """A fake desktop: its presence, and the notices that it got."""

    sim: Simulator
    locked: bool | None = False
    idle: float | None = 0.0
    battery: bool | None = False
    mute: bool = False
    notices: list[str] = field(default_factory=list)

    def is_locked(self) -> bool | None:
        return self.locked

    def idle_seconds(self) -> float | None:
        return self.idle

    def on_battery(self) -> bool | None:
        return self.battery

    def snapshot(self) -> PlayerSnapshot | None:
        """Return what a player on this machine reports."""
        shown = self.sim.player.now()
        if self.mute or shown is None:
            return None
        if not isinstance(shown.item, CatalogueTrack):
            return PlayerSnapshot(is_playing=shown.is_playing, exact=False)
        item = shown.item
        names = tuple(artist.name for artist in item.artists)
        track = Track(item.id, item.uri, item.name, names, duration_ms=item.duration_ms)
        return PlayerSnapshot(
            track, shown.is_playing, shown.progress_ms, item.duration_ms, exact=False
        )

    def close(self) -> None:
        pass

    def notify(self, title: str, text: str) -> bool:
        self.notices.append(f"{title}: {text}")
        return True


class FakeModels:
    """A worker whose camera shows what the test wants."""

    pid = None
    cpu_seconds = 0.0

    def __init__(self) -> None:
        self.camera = Camera()
        self.stopped = False

    def look(self, question: Look) -> FaceReading:
        return self.camera.look()

    def tag(self, audio: bytes | Path) -> TrackMood:
        return BRIGHT

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        return BRIGHT

    def stop(self) -> None:
        self.stopped = True


class Scheduler(BaseScheduler):  # type: ignore[misc]  # APScheduler has no types
    """APScheduler's, which looks for due jobs when it is told to."""

    def wakeup(self) -> None:
        pass

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def start_due_jobs(self) -> None:
        self._process_jobs()

    def seconds_to_next(self, now: datetime) -> float:
        due: datetime = min(job.next_run_time for job in self.get_jobs())
        return (due - now).total_seconds()


class LaterPool(Executor):
    """Runs what was submitted when it is told to, in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        answer: Future[Any] = Future()
        self._waiting.append((answer, lambda: call(*args, **kwargs)))
        return answer

    def run_all(self) -> None:
        while self._waiting:
            answer, call = self._waiting.popleft()
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 - it is raised where it is awaited
                answer.set_exception(error)


class Life:
    """An agent, and the time that passes for it."""

    def __init__(self, sim: Simulator, paths: Paths, config: Config | None = None) -> None:
        self.sim, self.paths = sim, paths
        self.time, self.desktop, self.models = Time(sim), Desktop(sim), FakeModels()
        self.backend = MemoryKeyring()
        self.sign_in()
        self.config = config or Config(agent=AgentSettings(notices=True))
        self._scheduler, self._pool = Scheduler(), LaterPool()
        self.agent = self._make_agent()

    def sign_in(self) -> None:
        fresh = signed_in_keyring(self.sim.accounts.sign_in().refresh)
        self.backend.entries.update(fresh.entries)

    def start(self) -> None:
        self.agent.start()
        self._pool.run_all()

    def live(self, **span: float) -> None:
        """Let the agent live for a while (hours=1, minutes=30 ...)."""
        end = self.sim.clock.now() + timedelta(**span).total_seconds()
        while (left := end - self.sim.clock.now()) > 0:
            wait = self._scheduler.seconds_to_next(self.time.wall)
            self.time.pass_(min(left, max(0.0, min(wait, LONGEST_STEP))))
            self.tick()

    def tick(self) -> None:
        """Do what the process does at each moment."""
        self.agent.check_clock()
        self._pool.run_all()
        self._scheduler.start_due_jobs()
        self._pool.run_all()

    def end(self) -> None:
        self.agent.stop(0)
        self._pool.run_all()

    def ask(self, call: Callable[[], Any]) -> Any:
        """A command from beside, which waits for the jobs' thread."""
        answer = call()
        self._pool.run_all()
        return answer

    def _make_agent(self) -> Agent:
        environment = Environment(
            clock=self.time,
            models=self.models,
            presence=self.desktop,
            signal=self.desktop,
            notify=self.desktop.notify,
            rng=seeded(1),
        )
        return Agent(
            self.paths,
            self.config,
            environment,
            self._connect,
            scheduler=self._scheduler,
            pool=self._pool,
        )

    def _connect(self, db: Any, _: object) -> SpotifySession:
        now = lambda: self.time.wall  # noqa: E731
        return connect(
            settings(self.sim.url),
            StoreQuota(db, now),
            self.backend,
            now=now,
            sleep=self.sim.clock.advance,
        )


@contextmanager
def scheduled_by(time: Time, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """APScheduler takes the present from this clock."""

    class Present(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return time.wall.astimezone(tz)

    with monkeypatch.context() as patch:
        patch.setattr(apscheduler.schedulers.base, "datetime", Present)
        patch.setattr(apscheduler.executors.base, "datetime", Present)
        yield
