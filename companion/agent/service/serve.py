"""The process of the agent: its lock, its socket, its signals, its end."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
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
from companion.agent.service.jobs import Around
from companion.config.schema import Config
from companion.desktop.notices import notify
from companion.desktop.player.signal import find_player_signal
from companion.desktop.presence import presence
from companion.errors import ConfigError, StoreDamaged
from companion.log import stop_log
from companion.paths import Paths
from companion.store.database import open_database

TICK = 2.0  # seconds between two looks at the clock; Windows takes Ctrl-C only between them
PATIENCE = 1.5  # seconds for a job to end; with the worker's one it is less than three

_logger = logging.getLogger(__name__)


class Wish(Enum):
    """What a signal or a command wants of the main thread."""

    STOP = auto()
    RELOAD = auto()


Wishes = queue.SimpleQueue[Wish]  # the one queue that a signal handler may put into


def serve(paths: Paths, config: Config, source: int | Path | None = None) -> None:
    """Run the agent until it is stopped.

    Args:
        paths: this user's folders, which are there.
        config: this user's settings.
        source: looked at in place of the configured camera.

    Raises:
        AgentRunning: there is one already.
        StoreError: the store cannot be used.
    """
    wishes: Wishes = queue.SimpleQueue()
    with only_instance(paths.lock):
        with contextlib.suppress(StoreDamaged), open_database(paths.database):
            pass  # what cannot be mended is told now; the agent sets aside what is damaged
        agent = _build(paths, config, source)
        with _signals(wishes), _control(paths, agent, wishes):
            _logger.info("the agent begins")
            agent.start()
            _watch(agent, wishes)
            ended = agent.stop(PATIENCE)
            _logger.info("the agent ends")
    if not ended:  # a job waits for the network; the store holds at any moment
        stop_log()
        os._exit(0)


def _watch(agent: Agent, wishes: Wishes) -> None:
    """Look at the clock again and again, until somebody wants an end."""
    while True:
        try:
            wish = wishes.get(timeout=TICK)
        except queue.Empty:
            agent.look_at_clock()
            continue
        if wish is Wish.STOP:
            return
        with contextlib.suppress(ConfigError):  # it is logged, and shown in status
            agent.reload()


def _build(paths: Paths, config: Config, source: int | Path | None) -> Agent:
    def rest() -> timedelta:
        return timedelta(minutes=agent.config.agent.worker_rest_minutes)

    around = Around(
        clock=system_clock,
        models=Worker(paths.cache, rest),
        presence=presence,
        signal=find_player_signal(),
        notify=notify,
        rng=SystemRandom(),
        source=source,
    )
    agent = Agent(
        paths,
        config,
        around,
        open_spotify,
        scheduler=BackgroundScheduler(),
        pool=ThreadPoolExecutor(1, "jobs"),
    )
    return agent


def _control(paths: Paths, agent: Agent, wishes: Wishes) -> ControlServer:
    return ControlServer(
        paths,
        {
            "status": agent.report,
            "visit-now": agent.visit_now,
            "wake": agent.wake,
            "reload": agent.reload,
            "stop": lambda: wishes.put(Wish.STOP),
        },
    )


@contextlib.contextmanager
def _signals(wishes: Wishes) -> Iterator[None]:
    """Turn signals into wishes; a service is ended by SIGTERM, and told of settings by SIGHUP."""
    wanted = {"SIGTERM": Wish.STOP, "SIGINT": Wish.STOP, "SIGHUP": Wish.RELOAD}
    before = {}
    for name, wish in wanted.items():
        if number := getattr(signal, name, None):
            before[number] = signal.signal(number, lambda *_, wish=wish: wishes.put(wish))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
