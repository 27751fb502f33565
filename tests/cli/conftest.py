from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from companion.cli.main import main
from companion.demo.environment import MemoryKeyring
from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator
from companion.log import stop_log
from tests.cli.shell import CLIENT_ID, SAVED, Ended, Run, Stage
from tests.spotify.allowed import nothing_else_is_asked

__all__ = ["nothing_else_is_asked"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home and a keyring of the test's own: the user's are never touched."""
    for name in os.environ:
        if name.startswith("COMPANION_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield tmp_path / "home"
    keyring.set_keyring(before)
    stop_log()


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line with these words."""

    def run_main(*words: str | Path) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capfd.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else int(code is not None), out, err)

    return run_main


@pytest.fixture
def stage(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with Simulator(library(SAVED)) as spotify:
        monkeypatch.setenv("COMPANION_SPOTIFY_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("COMPANION_SPOTIFY_API_URL", spotify.url)
        monkeypatch.setenv("COMPANION_SPOTIFY_ACCOUNTS_URL", spotify.url)
        monkeypatch.setenv("COMPANION_CLIPS_DEEZER_URL", spotify.deezer_url)
        yield Stage(home, spotify)


@pytest.fixture
def signed_in(stage: Stage) -> Stage:
    stage.sign_in()
    return stage
