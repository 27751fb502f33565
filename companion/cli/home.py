"""What every command that works begins with: paths, settings, log, store."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from companion.config.file import load_config
from companion.config.schema import Config
from companion.errors import AgentNotRunning
from companion.paths import Paths, find_paths


@dataclass(frozen=True, slots=True)
class Home:
    """This user's folders and settings."""

    paths: Paths
    config: Config

    @contextlib.contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        """The database, for the time of a `with`."""
        from companion.store.database import open_database

        with open_database(self.paths.database) as db:
            yield db

    def wake_agent(self) -> None:
        """Let a running agent know of what has changed in the store; without one, that is all."""
        from companion.agent.service.control import ask

        with contextlib.suppress(AgentNotRunning):
            ask(self.paths, "wake")


def open_home() -> Home:
    """Read the settings, make the folders, start the log.

    Raises:
        ConfigError: the settings have problems.
        StoreError: a folder cannot be made.
    """
    from companion.log import start_log

    paths = find_paths()
    config = load_config(paths.config)
    paths.make()
    start_log(paths.log, config.log.level)
    return Home(paths, config)
