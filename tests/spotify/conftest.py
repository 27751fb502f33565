"""Fixtures of this folder's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from companion.demo.simulator.server import Simulator
from companion.spotify.client import SpotifySession, connect
from tests.spotify.fakes import FakeTime, MemoryKeyring, ScriptedServer, settings, signed_in_keyring
from tests.spotify.memory_quota import MemoryQuota


@pytest.fixture
def backend() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def session(scripted: ScriptedServer, fake_time: FakeTime) -> Iterator[SpotifySession]:
    """Signed in at the scripted server."""
    opened = connect(
        settings(scripted.url),
        MemoryQuota(fake_time.now),
        signed_in_keyring(),
        now=fake_time.now,
        sleep=fake_time.sleep,
    )
    with opened:
        yield opened


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def listen() -> Iterator[Callable[[Simulator], SpotifySession]]:
    """Opens a session at a simulator, by its clock."""
    opened: list[SpotifySession] = []

    def connect_to(simulator: Simulator) -> SpotifySession:
        tokens = simulator.accounts.sign_in()
        session = connect(
            settings(simulator.url),
            MemoryQuota(lambda: datetime.fromtimestamp(simulator.clock.now(), UTC)),
            signed_in_keyring(tokens.refresh),
            now=lambda: datetime.fromtimestamp(simulator.clock.now(), UTC),
            sleep=simulator.clock.advance,
        )
        opened.append(session)
        return session

    yield connect_to
    for session in opened:
        session.close()
