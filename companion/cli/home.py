"""The user's home, which most commands open first: paths, settings, log, store."""

import contextlib
import sqlite3
from dataclasses import dataclass

from companion.config.file import load_config
from companion.config.schema import Config
from companion.errors import AgentNotRunning
from companion.log import start_log
from companion.paths import Paths, find_paths
from companion.store.database import open_database


@dataclass(frozen=True, slots=True)
class Home:
    """This user's folders and settings."""

    paths: Paths
    config: Config

    def store(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """Open the database for a `with`."""
        return open_database(self.paths.database)

    def wake_agent(self) -> None:
        """Let the agent, if one runs, know of a change in the store."""
        self._ask_agent("wake")

    def reload_agent(self) -> None:
        """Let the agent, if one runs, know of changed settings."""
        self._ask_agent("reload", "wake")

    def _ask_agent(self, *requests: str) -> None:
        from companion.agent.service.control import ask

        with contextlib.suppress(AgentNotRunning):
            for request in requests:
                ask(self.paths, request)


def open_home() -> Home:
    """Read the settings, make the folders, start the log; raise a ConfigError or StoreError."""
    paths = find_paths()
    config = load_config(paths.config)
    paths.make()
    start_log(paths.log, config.log.level)
    return Home(paths, config)
