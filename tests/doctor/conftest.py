from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest

from companion.config.schema import Config, Spotify
from companion.demo.environment import MemoryKeyring
from companion.doctor.check import Subject
from companion.paths import Paths

NOW = datetime(2030, 10, 1, 12, tzinfo=UTC)
CLIENT_ID = "0123456789abcdef"


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A keyring of the test's own, and none of the user's settings."""
    for name in os.environ:
        if name.startswith("COMPANION_"):
            monkeypatch.delenv(name)
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config.toml", tmp_path / "state", tmp_path / "cache", tmp_path / "run")


@pytest.fixture
def subject(paths: Paths) -> Subject:
    """A home in which nothing has happened yet, but the Client ID is set."""
    return Subject(paths, Config(spotify=Spotify(client_id=CLIENT_ID)), NOW)
