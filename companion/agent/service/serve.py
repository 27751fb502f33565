"""The process of the agent: its lock, its socket, its signals, its end."""

import contextlib
import logging
import os
import queue
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from enum import Enum, auto
from pathlib import Path
from random import SystemRandom

from apscheduler.schedulers.background import BackgroundScheduler

from companion.agent.clock import system_clock
from companion.agent.models.worker import Worker
from companion.agent.quota import open_spotify
from companion.agent.service.agent import Agent
from companion.agent.service.control import ControlServer
from companion.agent.service.instance import only_instance
from companion.agent.service.jobs import Environment
from companion.config.schema import Config
from companion.desktop.load import busy_seconds
from companion.desktop.notices import notify
from companion.desktop.player.signal import find_player_signal
from companion.desktop.presence import presence
from companion.errors import ConfigError, StoreDamaged
from companion.local_time import zone_problem
from companion.log import stop_log
from companion.paths import Paths
from companion.store.database import open_database

CLOCK_CHECK_SECONDS = 2.0  # between two checks; Windows takes Ctrl-C only between them
STOP_SECONDS = 1.5  # for a job to end; with the worker's one it is less than three

_logger = logging.getLogger(__name__)


class Request(Enum):
    """A request to the main thread, by a signal or a command."""

    STOP = auto()
    RELOAD = auto()


Requests = queue.SimpleQueue[Request]  # the one queue that a signal handler may put into


def serve(
    paths: Paths,
    config: Config,
    source: int | Path | None = None,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Run the agent until it is stopped; the folders are there.

    `source` is looked at in place of the configured camera; `started` is called once it runs.

    Raises:
        AgentRunning: there is one already.
        StoreError: the store cannot be used.
    """
    requests: Requests = queue.SimpleQueue()
    with only_instance(paths.lock):
        with contextlib.suppress(StoreDamaged), open_database(paths.database):
            pass  # what cannot be repaired is told now; the agent sets aside what is damaged
        agent = _build(paths, config, source)
        with _signals(requests), _control(paths, agent, requests):
            _logger.info("the agent begins")
            if problem := zone_problem():
                _logger.warning(problem)
            agent.start()
            started()
            _wait_for_end(agent, requests)
            ended = agent.stop(STOP_SECONDS)
            _logger.info("the agent ends")
    if not ended:  # a job waits for the network; the store holds at any moment
        stop_log()
        os._exit(0)


def _wait_for_end(agent: Agent, requests: Requests) -> None:
    """Check the clock again and again, until the end is requested."""
    while True:
        try:
            request = requests.get(timeout=CLOCK_CHECK_SECONDS)
        except queue.Empty:
            agent.check_clock()
            continue
        if request is Request.STOP:
            return
        with contextlib.suppress(ConfigError):  # it is logged, and shown in status
            agent.reload()


def _build(paths: Paths, config: Config, source: int | Path | None) -> Agent:
    def rest() -> timedelta:
        return timedelta(minutes=agent.config.agent.worker_rest_minutes)

    environment = Environment(
        clock=system_clock,
        models=Worker(paths.cache, rest),
        presence=presence,
        signal=find_player_signal(),
        notify=notify,
        rng=SystemRandom(),
        source=source,
        busy_seconds=busy_seconds,
    )
    agent = Agent(
        paths,
        config,
        environment,
        open_spotify,
        scheduler=BackgroundScheduler(timezone=UTC),  # its own look at TZ may fail
        pool=ThreadPoolExecutor(1, "jobs"),
    )
    return agent


def _control(paths: Paths, agent: Agent, requests: Requests) -> ControlServer:
    return ControlServer(
        paths,
        {
            "status": agent.report,
            "visit-now": agent.visit_now,
            "wake": agent.wake,
            "reload": agent.reload,
            "stop": lambda: requests.put(Request.STOP),
        },
    )


@contextlib.contextmanager
def _signals(requests: Requests) -> Iterator[None]:
    """Turn signals into requests: SIGTERM ends a service, SIGHUP tells it of new settings."""
    wanted = {"SIGTERM": Request.STOP, "SIGINT": Request.STOP, "SIGHUP": Request.RELOAD}
    before = {}
    for name, request in wanted.items():
        if number := getattr(signal, name, None):
            before[number] = signal.signal(
                number, lambda *_, request=request: requests.put(request)
            )
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
