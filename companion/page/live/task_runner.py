"""Runs tasks in the background, one of a kind at a time, with progress and the time left."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from companion.errors import CompanionError, Interrupted, UsageError

TOLD_EVERY_S = 0.25

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """The state of a background task.

    Attributes:
        state: "running", "done", "stopped" or "failed".
        done, total: how many, of how many; total is None where it is not known.
        seconds_left: at the pace so far; None where it is not known.
        result: what came of it, once it is done.
        problem, remedy: why it failed, and what to do.
    """

    kind: str
    state: str = "running"
    done: int = 0
    total: int | None = None
    seconds_left: int | None = None
    result: Mapping[str, Any] | None = None
    problem: str = ""
    remedy: str = ""


class Progress:
    """Handed to the task, which tells how far it is and learns here that it is to stop."""

    def __init__(self, tell: Callable[[int, int | None], None], stop: threading.Event) -> None:
        self._tell = tell
        self._stop = stop

    def __call__(self, done: int, total: int | None) -> None:
        """Tell how many are done, of how many.

        Raises:
            Interrupted: the user stopped it.
        """
        self._tell(done, total)
        if self._stop.is_set():
            raise Interrupted("Stopped.")


TaskFunction = Callable[[Progress], Mapping[str, Any] | None]
Publish = Callable[[str, Mapping[str, Any]], None]


class TaskRunner:
    """Runs tasks in threads and publishes their state.

    Args:
        publish: told "task" with its state.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        publish: Publish = lambda kind, data: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.publish = publish
        self._clock = clock
        self._tasks: dict[str, Task] = {}
        self._stops: dict[str, threading.Event] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._told = 0.0
        self._lock = threading.Lock()

    def start(self, kind: str, function: TaskFunction) -> None:
        """Start a task.

        Raises:
            UsageError: a task of this kind is running.
        """
        with self._lock:
            if kind in self._tasks and self._tasks[kind].state == "running":
                raise UsageError("This is already running.", "Wait until it ends, or stop it.")
            self._tasks[kind] = Task(kind)
            stop = self._stops[kind] = threading.Event()
        thread = threading.Thread(
            target=self._run, args=(kind, function, stop), daemon=True, name=f"task-{kind}"
        )
        self._threads[kind] = thread
        thread.start()

    def stop(self, kind: str) -> None:
        """Have the task end at its next step; nothing where there is none."""
        if kind in self._stops:
            self._stops[kind].set()

    def stop_all(self, seconds: float) -> None:
        """Have all tasks end, and wait so long for each."""
        for stop in self._stops.values():
            stop.set()
        for thread in self._threads.values():
            thread.join(seconds)

    def wait(self, kind: str, seconds: float) -> None:
        """Wait for the end of the task."""
        if kind in self._threads:
            self._threads[kind].join(seconds)

    def describe(self) -> dict[str, Any]:
        """Give the last state of each kind of task as data."""
        return {kind: asdict(task) for kind, task in self._tasks.items()}

    def _run(self, kind: str, function: TaskFunction, stop: threading.Event) -> None:
        began = self._clock()

        def tell(done: int, total: int | None) -> None:
            left = _seconds_left(done, total, self._clock() - began)
            self._set(replace(self._tasks[kind], done=done, total=total, seconds_left=left))

        self._set(self._tasks[kind], at_once=True)
        try:
            result = function(Progress(tell, stop))
        except Interrupted:
            ended = replace(self._tasks[kind], state="stopped")
        except CompanionError as error:
            ended = replace(
                self._tasks[kind], state="failed", problem=str(error), remedy=error.remedy
            )
        except Exception as error:
            _logger.exception("%s failed", kind)
            problem = f"Unexpected {type(error).__name__}."
            ended = replace(
                self._tasks[kind], state="failed", problem=problem, remedy=CompanionError.remedy
            )
        else:
            ended = replace(self._tasks[kind], state="done", result=result)
        self._set(replace(ended, seconds_left=None), at_once=True)

    def _set(self, task: Task, *, at_once: bool = False) -> None:
        self._tasks[task.kind] = task
        now = self._clock()
        if at_once or now - self._told >= TOLD_EVERY_S:
            self._told = now
            self.publish("task", asdict(task))


def _seconds_left(done: int, total: int | None, seconds: float) -> int | None:
    if not done or not total:
        return None
    return math.ceil((total - done) * seconds / done)
