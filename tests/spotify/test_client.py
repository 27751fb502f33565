from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from companion.demo.simulator.player import Device
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import ACCOUNT_ID
from companion.errors import LoginNeeded, NoDevice, PremiumNeeded, Restricted
from companion.spotify.client import Account, SpotifySession, connect
from tests.spotify.fakes import MemoryKeyring, Reply, ScriptedServer, settings, signed_in_keyring
from tests.spotify.memory_quota import MemoryQuota

Listen = Callable[[Simulator], SpotifySession]


@pytest.mark.parametrize(
    ("body", "account"),
    [
        ({"account_id": "acc", "id": "old", "display_name": "Ann"}, Account("acc", "old", "Ann")),
        ({"id": "old", "display_name": None}, Account("old", "old", "")),
        ({}, Account("", "", "")),
    ],
)
def test_me(
    body: dict[str, Any], account: Account, scripted: ScriptedServer, session: SpotifySession
) -> None:
    scripted.script("/v1/me/", Reply(200, body))
    assert session.me() == account


def test_opening_asks_nothing(scripted: ScriptedServer) -> None:
    backend = signed_in_keyring()
    reads = backend.reads
    with connect(settings(scripted.url + "/"), MemoryQuota(), backend):
        pass
    assert scripted.asked == []
    assert backend.reads == reads


def test_without_a_sign_in_nothing_opens_and_nothing_is_asked(
    scripted: ScriptedServer, backend: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with (
        connect(settings(scripted.url), MemoryQuota(), backend) as session,
        pytest.raises(LoginNeeded),
    ):
        session.player()
    assert opened == []
    assert scripted.asked == []


def test_refusals_of_the_simulator(simulator: Simulator, listen: Listen) -> None:
    session = listen(simulator)
    uri = simulator.library.tracks[0].uri
    with pytest.raises(NoDevice):
        session.add(uri)
    simulator.player.play(simulator.library.tracks)
    simulator.player.use_device(Device(is_restricted=True))
    with pytest.raises(Restricted):
        session.add(uri)
    simulator.world.premium = False
    with pytest.raises(PremiumNeeded):
        session.add(uri)
    assert simulator.player.queued() == []
    assert simulator.count("POST", "/v1/me/player/queue") == 3


def test_a_day_goes_by(simulator: Simulator, listen: Listen) -> None:
    """Each hour the token ends and is renewed before Spotify refuses it."""
    session = listen(simulator)
    for _ in range(24):
        assert session.me().id == ACCOUNT_ID
        simulator.clock.advance(3600)
    assert simulator.count("POST", "/api/token") == 24
    assert {request.status for request in simulator.requests} == {200}


def test_the_end_of_six_months(simulator: Simulator, listen: Listen) -> None:
    session = listen(simulator)
    session.me()
    simulator.clock.advance(183 * 86_400)
    with pytest.raises(LoginNeeded):
        session.me()


def test_importing_loads_no_spotipy() -> None:
    code = "import sys, companion.spotify.client; print('spotipy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.strip() == "False"
