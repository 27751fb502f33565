"""A real agent in a process of its own, beside the Spotify simulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from companion.affect import Affect
from companion.agent.service.control import ask
from companion.demo.simulator.server import Simulator
from companion.errors import AgentNotRunning, CompanionError
from companion.paths import Paths
from companion.spotify.auth.credentials import SCOPES, Consent
from companion.spotify.auth.credentials import _to_json as consent_json
from companion.store.database import open_database
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.file_keyring import BACKEND, FILE_VARIABLE
from tests.cli.shell import CLIENT_ID, saved, tag_at
from tests.locations import PROJECT

ROOT = PROJECT
COMPANION = (sys.executable, "-m", "companion")
FAKE = (sys.executable, "-m", "tests.agent.fake_agent")
UNWANTED = {
    "PYTHONDONTWRITEBYTECODE",  # the second start is to be quick, as an installed program's
    *(name for name in os.environ if name.startswith("COMPANION_")),
}
HAPPY = Affect(0.8, 0.5)


class Home:
    """A user's home whose Spotify is a simulator; commands run in it as processes."""

    def __init__(self, folder: Path, spotify: Simulator) -> None:
        root = folder / "home"
        self.paths = Paths(root / "config.toml", root / "state", root / "cache", root / "run")
        self.paths.make()
        self.spotify = spotify
        self.environment = {
            **{key: value for key, value in os.environ.items() if key not in UNWANTED},
            "COMPANION_HOME": str(root),
            "COMPANION_SPOTIFY_CLIENT_ID": CLIENT_ID,
            "COMPANION_SPOTIFY_API_URL": spotify.url,
            "COMPANION_SPOTIFY_ACCOUNTS_URL": spotify.url,
            "COMPANION_CLIPS_DEEZER_URL": spotify.deezer_url,
            "PYTHON_KEYRING_BACKEND": BACKEND,
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "companion-bytecode"),
            FILE_VARIABLE: str(folder / "backend.json"),
        }
        self._backend = folder / "backend.json"

    def sign_in(self) -> None:
        refresh = self.spotify.accounts.sign_in(client_id=CLIENT_ID).refresh
        today = datetime.now(UTC).date()
        entry = consent_json(Consent(CLIENT_ID, refresh, " ".join(SCOPES), today))
        self._backend.write_text(json.dumps({"companion spotify": entry}), "utf-8")

    def tag_all(self) -> None:
        now = datetime.now(UTC)
        with open_database(self.paths.database) as db:
            tracks = [saved(track) for track in self.spotify.library.tracks]
            save_tracks(db, tracks, now)
            for track in tracks:
                save_tag(db, track.id, tag_at(HAPPY), Origin("deezer", "1", 1.0), now)

    def run(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program
            [*COMPANION, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *words: str, program: tuple[str, ...] = FAKE) -> Running:
        """An agent; with the fake worker unless another program is given."""
        for word in words[1:]:  # what the fake worker is to do, as a file to look at
            (self.paths.cache / word).touch()
            words = (words[0], str(self.paths.cache / word))
        return Running(self, [*program, "run", *words])


class Running:
    """An agent; use it in a `with`, which kills it if it still runs."""

    def __init__(self, home: Home, words: list[str]) -> None:
        self.home = home
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            words,
            env=home.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Running:
        wait_until(lambda: self._answers() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()[0]
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, command: str, timeout: float = 60) -> Any:
        return ask(self.home.paths, command, timeout)

    def ask_later(self, command: str) -> None:
        """Ask without waiting for the answer."""
        threading.Thread(target=self.try_, args=(command,), daemon=True).start()

    def try_(self, command: str) -> Any:
        """Ask; None where there is no good answer."""
        try:
            return self.ask(command)
        except CompanionError:
            return None

    def end(self, number: int = signal.SIGTERM) -> float:
        """Send a signal; how many seconds the end took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - began

    @property
    def worker(self) -> psutil.Process | None:
        pid = self.ask("status")["worker"]
        return psutil.Process(pid) if pid else None

    def _answers(self) -> bool:
        try:
            self.ask("status", 2)
        except AgentNotRunning:
            return False
        return True


def make_home(folder: Path, spotify: Simulator) -> Home:
    """Signed in, all tracks tagged, and the first of an album plays."""
    home = Home(folder, spotify)
    home.sign_in()
    home.tag_all()
    spotify.player.play(spotify.library.tracks[:3])
    spotify.clock.advance(20)
    return home


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something to become true.

    Raises:
        TimeoutError: it did not.
    """
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(0.02)
