"""The things that every tab of the page works with."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from companion.agent.service.control import ask
from companion.config.file import load_config
from companion.config.schema import Config
from companion.errors import AgentNotRunning, UsageError
from companion.paths import Paths
from companion.store.database import open_database

if TYPE_CHECKING:
    from companion.page.live.task_runner import TaskRunner


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """One user's folders, the background tasks, and the clock."""

    paths: Paths
    tasks: TaskRunner
    now: Callable[[], datetime] = _utc_now

    @property
    def config(self) -> Config:
        """The settings as they are now.

        Raises:
            ConfigError: they have problems.
        """
        return load_config(self.paths.config)

    @contextlib.contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        """Open the database for a `with`."""
        with open_database(self.paths.database) as db:
            yield db

    def tell_agent(self, *commands: str) -> None:
        """Send the agent commands, if one runs."""
        with contextlib.suppress(AgentNotRunning):
            for command in commands:
                ask(self.paths, command)


Given = Mapping[str, Any]
"""The values that a request brings, by name."""
Handler = Callable[[Context, Given], Any]
"""Answers a request with what JSON can hold."""


def text_of(given: Given, name: str) -> str:
    """Return a text that the request brings.

    Raises:
        UsageError: it is missing, or no text.
    """
    value = given.get(name)
    if not isinstance(value, str):
        raise UsageError(f"The request lacks {name}.", "Reload the page.")
    return value


def number_of(given: Given, name: str, low: float, high: float) -> float:
    """Return a number that the request brings.

    Raises:
        UsageError: it is missing, no number, or outside its range.
    """
    value = given.get(name)
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise UsageError(f"{name} must be a number from {low:g} to {high:g}.", "Correct it.")
    return value
