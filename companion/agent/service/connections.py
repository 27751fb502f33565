"""The store and the session with Spotify, which the agent keeps open between its jobs."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from companion.playback import PlayerState, QueueView
from companion.spotify.client import SpotifySession
from companion.store.database import open_database

Connect = Callable[[sqlite3.Connection], SpotifySession]


class Connections:
    """Opened when first needed, kept, and dropped together. One thread owns it.

    It serves a visit as its Spotify, so that the keyring is not asked before a visit comes to that.

    Raises (every method):
        StoreError: the database cannot be opened.
        ConfigError: no Client ID is set.
        KeyringMissing: there is no keyring.
        SpotifyError: its class says why Spotify did not answer.
    """

    def __init__(self, database: Path, connect: Connect) -> None:
        self._database, self._connect = database, connect
        self._open = ExitStack()
        self._db: sqlite3.Connection | None = None
        self._session: SpotifySession | None = None

    @property
    def db(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = self._open.enter_context(open_database(self._database))
        return self._db

    def player(self) -> PlayerState | None:
        return self.session().player()

    def queue(self) -> QueueView:
        return self.session().queue()

    def add(self, uri: str) -> None:
        self.session().add(uri)

    def drop(self) -> None:
        """Close both; what is needed next is opened anew."""
        self._db = self._session = None
        self._open.close()

    def session(self) -> SpotifySession:
        if self._session is None:
            self._session = self._open.enter_context(self._connect(self.db))
        return self._session
