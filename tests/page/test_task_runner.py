from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from companion.errors import ConfigError, UsageError
from companion.page.live.task_runner import Progress, TaskRunner

WAIT = 10.0


class Told:
    def __init__(self) -> None:
        self.states: list[Mapping[str, Any]] = []

    def __call__(self, kind: str, data: Mapping[str, Any]) -> None:
        assert kind == "task"
        self.states.append(data)


def test_its_progress_has_the_time_left() -> None:
    now = 0.0
    told = Told()
    tasks = TaskRunner(told, lambda: now)

    def work(progress: Progress) -> Mapping[str, Any]:
        nonlocal now
        now += 10
        progress(5, 20)
        return {"tagged": 20}

    tasks.start("tag", work)
    tasks.wait("tag", WAIT)
    assert [one["state"] for one in told.states] == ["running", "running", "done"]
    assert told.states[1]["seconds_left"] == 30
    assert tasks.describe()["tag"]["result"] == {"tagged": 20}


def test_it_stops_where_it_is() -> None:
    tasks, begun, go = TaskRunner(), threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        begun.set()
        go.wait(WAIT)
        progress(1, 2)

    tasks.start("tag", work)
    begun.wait(WAIT)
    with pytest.raises(UsageError):
        tasks.start("tag", work)
    tasks.stop("tag")
    go.set()
    tasks.wait("tag", WAIT)
    assert tasks.describe()["tag"]["state"] == "stopped"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ConfigError("It is wrong.", "Mend it."), "It is wrong."),
        (KeyError("x"), "Unexpected KeyError."),
    ],
)
def test_its_failure_is_told(error: Exception, problem: str) -> None:
    tasks = TaskRunner()

    def work(_: Progress) -> None:
        raise error

    tasks.start("sync", work)
    tasks.wait("sync", WAIT)
    assert tasks.describe()["sync"]["state"] == "failed"
    assert tasks.describe()["sync"]["problem"] == problem
    tasks.start("sync", lambda progress: None)  # it may be tried again
    tasks.wait("sync", WAIT)
    assert tasks.describe()["sync"]["state"] == "done"


def test_nothing_is_stopped_where_nothing_runs() -> None:
    TaskRunner().stop("tag")
