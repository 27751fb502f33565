"""The demo's environment: a temporary home, and the Spotify simulator and its listener."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import keyring
from keyring.backend import KeyringBackend

from companion.errors import LibraryMissing
from companion.log import stop_log

if TYPE_CHECKING:
    from companion.demo.simulator.server import Simulator

CLIENT_ID = "companiondemo"
PLAYED_SECONDS = 20.0
ALBUM = 3  # tracks; what plays and comes anyway is not picked, and the rest is


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets, so that the demo leaves the user's own alone."""

    priority = 1.0

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._secrets[service, username]


@contextlib.contextmanager
def demo_extra() -> Iterator[None]:
    """Say what to install where an import in the `with` fails."""
    try:
        yield
    except ImportError as error:
        raise LibraryMissing(
            f"The demo needs {error.name}, which is not installed.",
            'Install companion with its extra: pip install "companion[demo]".',
        ) from error


@contextlib.contextmanager
def demo_environment() -> Iterator[Simulator]:
    """For the time of a `with`, the program's home, keyring, Spotify and clips are the demo's.

    The simulator's listener plays the first tracks of the library.

    Raises:
        LibraryMissing: the extra `demo` is not installed.
    """
    with demo_extra():
        from companion.demo.simulator.server import Simulator
    with tempfile.TemporaryDirectory(prefix="companion-demo-") as folder, Simulator() as spotify:
        settings = {
            "COMPANION_HOME": folder,
            "COMPANION_SPOTIFY_CLIENT_ID": CLIENT_ID,
            "COMPANION_SPOTIFY_API_URL": spotify.url,
            "COMPANION_SPOTIFY_ACCOUNTS_URL": spotify.url,
            "COMPANION_CLIPS_PROVIDERS": "deezer",
            "COMPANION_CLIPS_DEEZER_URL": spotify.deezer_url,
        }
        with _variables(settings), _backend(MemoryKeyring()):
            spotify.player.play(spotify.library.tracks[:ALBUM])
            spotify.clock.advance(PLAYED_SECONDS)
            try:
                yield spotify
            finally:
                stop_log()


@contextlib.contextmanager
def _variables(settings: dict[str, str]) -> Iterator[None]:
    """Only these of the program's own variables, then those from before again."""
    before = {name: value for name, value in os.environ.items() if name.startswith("COMPANION_")}
    for name in before:
        del os.environ[name]
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(before)


@contextlib.contextmanager
def _backend(backend: KeyringBackend) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def consent(address: str) -> None:
    """Act as the user in the browser, in a thread: open the page and consent."""
    import requests

    threading.Thread(target=requests.get, args=(address,), kwargs={"timeout": 10}).start()
