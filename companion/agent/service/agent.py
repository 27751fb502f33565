"""The agent: which job does what, when the next visit is, and how it is steered.

APScheduler's thread says when a job is due; one thread does the jobs, one after the other.
`companion.agent.service.serve` has the process around it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures import wait as wait_for
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any

from apscheduler.schedulers.base import BaseScheduler

from companion.agent.clock import JumpWatch
from companion.agent.playback.follow import BEGUN
from companion.agent.service.connections import Holdings
from companion.agent.service.jobs import Around, Duties
from companion.agent.service.schedule import (
    ASK_AGAIN,
    Job,
    count_fruitless,
    next_ask,
    next_listen,
    next_visit,
    paces,
)
from companion.agent.service.timetable import Timetable
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import VisitResult
from companion.config.file import load_config
from companion.config.schema import Config, Spotify
from companion.errors import CompanionError, ConfigError, SpotifyError, StoreDamaged, StoreError
from companion.paths import Paths
from companion.spotify.client import SpotifySession
from companion.store.database import set_aside, store_errors
from companion.store.visits import last_visit

NOW = timedelta(seconds=2)  # what is due so soon is due now
TAG_BEFORE = timedelta(minutes=1)  # a visit that is nearer than this is not to wait for tagging
SILENT = {Outcome.NOT_PLAYING, Outcome.NO_DEVICE}

Connect = Callable[[Connection, Spotify], SpotifySession]
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What only the running agent knows; times in ISO 8601.

    Attributes:
        pid: of the agent.
        since: when it began.
        next_visit: when it means to make the next visit.
        worker: the pid of the worker, while there is one.
        config_problem: why the settings on disk are not the ones in use; "" where they are.
        troubles: what went wrong with a job's last run, by job.
    """

    pid: int
    since: str
    next_visit: str | None
    worker: int | None
    config_problem: str
    troubles: dict[str, str]


class Agent:
    """Keeps the jobs.

    Args:
        paths, config: this user's.
        around: what is around it.
        connect: opens a session with Spotify.
        scheduler: one of APScheduler's, not started yet.
        pool: of one thread.
    """

    def __init__(
        self,
        paths: Paths,
        config: Config,
        around: Around,
        connect: Connect,
        *,
        scheduler: BaseScheduler,
        pool: Executor,
    ) -> None:
        self._paths = paths
        self.config = config
        self._around = around
        self._held = Holdings(paths.database, lambda db: connect(db, self.config.spotify))
        self._duties = Duties(config, paths.database, self._held, around)
        self._timetable = Timetable(scheduler, pool, self.run)
        self._watch, self._watching = JumpWatch(around.clock), threading.Lock()
        self._since = self._last = self._ask_at = around.now()
        self._fruitless = 0
        self._outcome: Outcome | None = None
        self._config_problem = ""
        self._troubles: dict[str, str] = {}

    def start(self) -> None:
        """Begin. The visit before this start counts, so that many starts make no more visits."""
        now = self._around.now()
        self._timetable.start(paces(self.config.agent), now)
        self._timetable.submit(lambda: self._guard(Job.VISIT, self._begin))

    def stop(self, patience: float) -> bool:
        """Begin nothing new, let go of the camera; whether all of it ended within the seconds."""
        closed = self._timetable.submit(self._held.drop)
        self._around.models.stop()
        self._timetable.stop()
        return bool(wait_for([closed], patience).done)

    def run(self, job: Job) -> None:
        """Do a job; no failure of it escapes."""
        duty = {
            Job.VISIT: self._visit_if_due,
            Job.LISTEN: self._listen,
            Job.SYNC: self._duties.sync,
            Job.TAG: self._tag,
            Job.KEEP_HOUSE: self._duties.keep_house,
        }[job]
        if not self.look_at_clock():
            self._guard(job, duty)

    def look_at_clock(self) -> bool:
        """Whether time jumped since the last look; then every job waits one period from now."""
        with self._watching:
            jump = self._watch.look()
        if jump is None:
            return False
        _logger.info("%s: waiting one period", jump)
        self._last = self._around.now()
        self._timetable.set_paces(paces(self.config.agent), self._last)
        self._timetable.submit(self._held.drop)
        return True

    def visit_now(self) -> dict[str, Any]:
        """Make a visit at once, whatever the desk says; how it ended."""
        done = self._timetable.submit(self._visit_asked_for).result()
        word = done.outcome or Outcome.FAILED
        return {"outcome": word.kind, "reason": word.value, "detail": done.detail}

    def reload(self) -> None:
        """Read the settings again.

        Raises:
            ConfigError: they have problems; the ones from before stay in use.
        """
        try:
            config = load_config(self._paths.config)
        except ConfigError as error:
            self._config_problem = str(error)
            _logger.warning("the settings from before stay in use: %s", error)
            raise
        self._config_problem = ""
        self.config = self._duties.config = config
        self._timetable.set_paces(paces(config.agent), self._around.now())
        self._timetable.submit(self._held.drop)
        self.wake()
        _logger.info("read the settings again")

    def wake(self) -> None:
        """Plan the next visit anew: the user has changed something in the store."""
        self._fruitless = 0
        self._timetable.submit(lambda: self._guard(Job.VISIT, self._plan))

    def report(self) -> dict[str, Any]:
        """What only the running agent knows."""
        due = self._timetable.when(Job.VISIT)
        return asdict(
            Report(
                pid=os.getpid(),
                since=self._since.isoformat(),
                next_visit=due.isoformat() if due else None,
                worker=self._around.models.pid,
                config_problem=self._config_problem,
                troubles=dict(self._troubles),
            )
        )

    def _guard(self, job: Job, duty: Callable[[], object]) -> None:
        try:
            with store_errors(self._paths.database):
                duty()
        except StoreDamaged as error:
            self._begin_anew(error)
        except CompanionError as error:
            self._held.drop()
            self._troubles[job.value] = str(error)
            _logger.warning("%s: %s", job.value, error)
        except Exception as error:  # a mistake of ours ends one run of one job
            self._held.drop()
            self._troubles[job.value] = f"Unexpected {type(error).__name__}: {error}."
            _logger.exception("%s failed", job.value)
        else:
            self._troubles.pop(job.value, None)

    def _begin(self) -> None:
        before = last_visit(self._held.db)
        if before and before.at <= self._since:
            self._last = before.at
        else:
            self._last = self._since - timedelta(minutes=self.config.agent.period_minutes)
        self._duties.note_sign_in()
        self._listen()
        self._timetable.move(Job.SYNC, self._around.now() + NOW)

    def _visit_if_due(self) -> None:
        if self._duties.obstacle() is None:
            self._hear()
            if self._due() > self._around.now() + NOW:
                self._plan()
                return
        self._finish(self._duties.visit())

    def _visit_asked_for(self) -> VisitResult:
        with store_errors(self._paths.database):
            return self._finish(self._duties.visit(asked=True))

    def _finish(self, result: VisitResult) -> VisitResult:
        self._last = self._around.now()
        self._outcome = result.outcome
        self._fruitless = count_fruitless(result.outcome, self._fruitless)
        self._plan()
        if result.outcome is Outcome.QUEUED:
            self._ask_at = (self._duties.ends_at() or self._last) + BEGUN
        return result

    def _hear(self) -> None:
        """Learn what plays before it is decided whether a visit is due; a call only if need be."""
        if self._duties.hear() is None and self._duties.ends_at() is None:
            try:
                self._duties.ask()
            except SpotifyError as error:  # the visit will meet it again, and tell it
                _logger.debug("what plays is not known: %s", error)

    def _listen(self) -> None:
        now = self._around.now()
        listening = self._duties.hear()
        if listening is None and now >= self._ask_at and self._duties.obstacle() is None:
            self._ask_at = now + ASK_AGAIN  # unless it tells
            listening = self._duties.ask()
            self._ask_at = next_ask(now, listening)
        self._timetable.move(Job.LISTEN, next_listen(now, listening, self._ask_at))
        if listening and listening.remaining is not None and self._outcome in SILENT:
            self._fruitless, self._outcome = 0, None
        self._plan()

    def _due(self) -> datetime:
        now, ends_at = self._around.now(), self._duties.ends_at()
        return next_visit(now, self._last, ends_at, self._fruitless, self.config.agent)

    def _plan(self) -> None:
        self._timetable.move(Job.VISIT, self._due())

    def _tag(self) -> None:
        due = self._timetable.when(Job.VISIT)
        if due is None or due > self._around.now() + TAG_BEFORE:
            self._duties.tag()

    def _begin_anew(self, error: StoreDamaged) -> None:
        self._held.drop()
        try:
            aside = set_aside(self._paths.database, self._around.now())
        except StoreError as hindrance:
            self._troubles["store"] = f"{error} {hindrance}"
            return
        text = f"The database was damaged. It lies in {aside} now, and a new one has begun."
        self._troubles["store"] = text
        _logger.error("%s %s", error, text)
        if self.config.agent.notices:
            self._around.notify("companion began anew", text)
        self._timetable.move(Job.SYNC, self._around.now() + NOW)
