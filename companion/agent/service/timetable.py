"""The jobs in APScheduler: one run at a time, a missed one left out, none caught up."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from typing import TypeVar

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

from companion.agent.service.schedule import Job, Pace

Result = TypeVar("Result")


class _OnPool(BasePoolExecutor):  # type: ignore[misc]  # APScheduler has no types
    """APScheduler's jobs on a pool that other things are done on as well."""

    def __init__(self, pool: Executor) -> None:
        super().__init__(pool)


class Timetable:
    """The time at which each job runs next; `run` does one, in the one thread of the pool."""

    def __init__(
        self, scheduler: BaseScheduler, pool: Executor, run: Callable[[Job], None]
    ) -> None:
        self._scheduler, self._pool, self._run = scheduler, pool, run
        scheduler.configure(executors={"default": _OnPool(pool)}, timezone=UTC)

    def start(self, paces: Mapping[Job, Pace], now: datetime) -> None:
        """Begin, with every job one period from now."""
        self._scheduler.start()
        self.set_paces(paces, now)

    def set_paces(self, paces: Mapping[Job, Pace], now: datetime) -> None:
        """Let every job wait one period, and recur so from then on."""
        for job, pace in paces.items():
            trigger = IntervalTrigger(
                seconds=pace.every.total_seconds(),
                start_date=now + pace.every,
                timezone=UTC,
                jitter=pace.jitter.total_seconds(),
            )
            self._scheduler.add_job(
                self._run,
                trigger,
                (job,),
                id=job.value,
                name=job.value,
                misfire_grace_time=int(pace.grace.total_seconds()),
                coalesce=True,
                max_instances=1,
                replace_existing=True,
            )

    def move(self, job: Job, when: datetime) -> None:
        """Let the job run next at this time."""
        self._scheduler.modify_job(job.value, next_run_time=when)

    def when(self, job: Job) -> datetime | None:
        """The time at which the job runs next."""
        found = self._scheduler.get_job(job.value)
        time: datetime | None = found.next_run_time if found else None
        return time

    def submit(self, call: Callable[[], Result]) -> Future[Result]:
        """Do something between the jobs, in their thread."""
        return self._pool.submit(call)

    def stop(self) -> None:
        """Start no job any more; one that runs is not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
