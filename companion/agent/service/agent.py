"""The agent: decides when the next visit is, runs the jobs, and takes commands.

APScheduler's thread says when a job is due; one thread does the jobs, one after the other.
`companion.agent.service.serve` is the process.
"""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures import wait as wait_for
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any

from apscheduler.schedulers.base import BaseScheduler

from companion.agent.clock import JumpWatch
from companion.agent.playback.follow import NEXT_SHOWN_AFTER
from companion.agent.service.connections import Connections
from companion.agent.service.jobs import Environment, Jobs
from companion.agent.service.schedule import (
    POLL_RETRY_EVERY,
    Job,
    count_fruitless,
    next_poll,
    next_reading,
    next_visit,
    paces,
)
from companion.agent.service.sign_in import note_sign_in
from companion.agent.service.timetable import Timetable
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import VisitResult
from companion.config.file import load_config
from companion.config.schema import Config, Spotify
from companion.errors import CompanionError, ConfigError, SpotifyError, StoreDamaged, StoreError
from companion.paths import Paths
from companion.spotify.client import SpotifySession
from companion.store.database import set_aside, store_errors
from companion.store.history.visits import last_visit

NOW = timedelta(seconds=2)
"""A job that is due this soon counts as due now."""
TAGGING_TIME = timedelta(seconds=30)
"""No tagging starts when a visit is nearer than this, so that the visit need not wait."""
NOT_DONE = object()
"""The result of an action that has not done its job yet."""
SILENT = {Outcome.NOT_PLAYING, Outcome.NO_DEVICE}

Connect = Callable[[Connection, Spotify], SpotifySession]
_logger = logging.getLogger(__name__)


class Agent:
    """Runs the jobs. The scheduler is not started yet, and the pool is of one thread."""

    def __init__(
        self,
        paths: Paths,
        config: Config,
        environment: Environment,
        connect: Connect,
        *,
        scheduler: BaseScheduler,
        pool: Executor,
    ) -> None:
        self._paths, self.config, self._environment = paths, config, environment
        self._connections = Connections(paths.database, lambda db: connect(db, self.config.spotify))
        self._jobs = Jobs(config, paths.database, self._connections, environment)
        self._timetable = Timetable(scheduler, pool, self.run)
        self._watch, self._watching = JumpWatch(environment.clock), threading.Lock()
        self._since = self._last = self._poll_at = environment.now()
        self._fruitless = 0
        self._outcome: Outcome | None = None
        self._config_problem = ""
        self._troubles: dict[str, str] = {}

    def start(self) -> None:
        """Begin. The visit before this start counts, so that many starts make no more visits."""
        self._timetable.start(paces(self.config.agent), self._now())
        self._timetable.submit(lambda: self._guard(Job.VISIT, self._begin))

    def stop(self, timeout: float) -> bool:
        """Begin nothing new and release the camera; True where all ended within the seconds."""
        closed = self._timetable.submit(self._connections.drop)
        self._environment.models.stop()
        self._timetable.stop()
        return bool(wait_for([closed], timeout).done)

    def run(self, job: Job) -> None:
        """Do a job; no failure of it escapes."""
        action = {
            Job.VISIT: self._visit_if_due,
            Job.FOLLOW: self._follow,
            Job.SYNC: self._sync,
            Job.TAG: self._tag,
            Job.CLEAN_UP: self._jobs.clean_up,
        }[job]
        if not self.check_clock():
            self._guard(job, action)

    def check_clock(self) -> bool:
        """True where time jumped since the last check; then every job waits one period from now."""
        with self._watching:
            jump = self._watch.check()
        if jump is None:
            return False
        _logger.info("%s: waiting one period", jump)
        self._last = self._now()
        self._timetable.set_paces(paces(self.config.agent), self._last)
        self._timetable.submit(self._connections.drop)
        return True

    def visit_now(self) -> dict[str, Any]:
        """Make a visit at once, whatever the conditions here; tells how it ended."""
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
        self.config = self._jobs.config = config
        self._timetable.set_paces(paces(config.agent), self._now())
        self._timetable.submit(self._connections.drop)
        self.wake()
        _logger.info("read the settings again")

    def wake(self) -> None:
        """Plan the next visit anew: the user has changed something in the store."""
        self._fruitless = 0
        self._timetable.submit(lambda: self._guard(Job.VISIT, self._plan))

    def report(self) -> dict[str, Any]:
        """The state that only the running agent knows, as JSON data; times in ISO 8601.

        `config_problem` is why the settings on disk are not in use, and `troubles` has the
        error of a job's last run, by job.
        """
        due = self._timetable.when(Job.VISIT)
        return {
            "pid": os.getpid(),
            "since": self._since.isoformat(),
            "next_visit": due.isoformat() if due else None,
            "worker": self._environment.models.pid,
            "config_problem": self._config_problem,
            "troubles": dict(self._troubles),
            "tagging": self._jobs.tagging(),
        }

    def _now(self) -> datetime:
        return self._environment.now()

    def _guard(self, job: Job, action: Callable[[], object]) -> None:
        """Do it; its error is kept until the job has been done. `NOT_DONE` is no end of it."""
        try:
            with store_errors(self._paths.database):
                done = action()
        except StoreDamaged as error:
            self._begin_anew(error)
        except CompanionError as error:
            self._connections.drop()
            self._troubles[job.value] = str(error)
            _logger.warning("%s: %s", job.value, error)
        except Exception as error:  # a mistake of ours ends one run of one job
            self._connections.drop()
            self._troubles[job.value] = f"Unexpected {type(error).__name__}: {error}."
            _logger.exception("%s failed", job.value)
        else:
            if done is not NOT_DONE:
                self._troubles.pop(job.value, None)

    def _begin(self) -> None:
        before = last_visit(self._connections.db)
        if before and before.at <= self._since:
            self._last = before.at
        else:
            self._last = self._since - timedelta(minutes=self.config.agent.period_minutes)
        note_sign_in(self._connections.db)
        self._timetable.move(Job.SYNC, self._now() + NOW)
        self._follow()

    def _visit_if_due(self) -> object:
        if self._jobs.obstacle() is None:
            self._learn_what_plays()
            if self._due() > self._now() + NOW:
                return self._plan()
        self._last = self._now()  # also of one that the store breaks off
        result = self._finish(self._jobs.visit())
        return NOT_DONE if _is_paused(result) else result

    def _visit_asked_for(self) -> VisitResult:
        with store_errors(self._paths.database):
            result = self._finish(self._jobs.visit(asked=True))
        if not _is_paused(result):
            self._troubles.pop(Job.VISIT.value, None)
        return result

    def _finish(self, result: VisitResult) -> VisitResult:
        self._last = self._now()
        self._outcome = result.outcome
        self._fruitless = count_fruitless(result.outcome, self._fruitless)
        self._plan()
        if result.outcome is Outcome.QUEUED:
            self._poll_at = (self._jobs.ends_at() or self._last) + NEXT_SHOWN_AFTER
        return result

    def _learn_what_plays(self) -> None:
        """Learn it before it is decided if a visit is due; a call only if need be."""
        if self._jobs.read_signal() is None and self._jobs.ends_at() is None:
            try:
                self._jobs.poll()
            except SpotifyError as error:  # the visit will meet it again, and tell it
                _logger.debug("what plays is not known: %s", error)

    def _follow(self) -> None:
        now = self._now()
        seen = self._jobs.read_signal()
        if seen is None and now >= self._poll_at and self._jobs.obstacle() is None:
            self._poll_at = now + POLL_RETRY_EVERY  # unless it tells
            seen = self._jobs.poll()
            self._poll_at = next_poll(now, seen)
        self._timetable.move(Job.FOLLOW, next_reading(now, seen, self._poll_at))
        if seen and seen.remaining is not None and self._outcome in SILENT:
            self._fruitless, self._outcome = 0, None
        self._plan()

    def _due(self) -> datetime:
        ends_at = self._jobs.ends_at()
        return next_visit(self._now(), self._last, ends_at, self._fruitless, self.config.agent)

    def _plan(self) -> object:
        self._timetable.move(Job.VISIT, self._due())
        return NOT_DONE

    def _tag(self) -> object:
        due = self._timetable.when(Job.VISIT)
        if due and due <= self._now() + TAGGING_TIME:
            return NOT_DONE
        self._timetable.move(Job.TAG, self._now() + self._jobs.tag())
        return None

    def _sync(self) -> None:
        if self._jobs.sync():
            self._timetable.move(Job.TAG, self._now() + NOW)

    def _begin_anew(self, error: StoreDamaged) -> None:
        self._connections.drop()
        try:
            aside = set_aside(self._paths.database, self._now())
        except StoreError as hindrance:
            self._troubles["store"] = f"{error} {hindrance}"
            return
        text = f"The database was damaged. It lies in {aside} now, and a new one was created."
        self._troubles["store"] = text
        _logger.error("%s %s", error, text)
        if self.config.agent.notices:
            self._environment.notify("companion started over", text)
        self._timetable.move(Job.SYNC, self._now() + NOW)


def _is_paused(result: VisitResult) -> bool:
    """True where it came to no end: what kept the last one from its end may still."""
    return result.outcome is not None and result.outcome.kind == "paused"
