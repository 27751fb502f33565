from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.spotify import transport
from companion.spotify.auth import tokens
from tests.cli.shell import Run, Stage
from tests.faults.checks import ADD, nothing_is_lost, shows
from tests.faults.faulty_host import FaultyHost, Spoil, in_front_of
from tests.faults.table import FAULTS

pytestmark = pytest.mark.slow

WHERE = {
    "player": ("GET", "/v1/me/player", False),
    "token": ("POST", "/api/token", False),
    "lost": (*ADD, False),
    "done": (*ADD, True),
}
CASES = [name for name in FAULTS if name.split()[0] in WHERE]
SLOW = [
    pytest.param(name, marks=pytest.mark.slow) if name.endswith("drip") else name for name in CASES
]
DEADLINE_SECONDS = 4.0  # which a good answer keeps on a busy machine too


@pytest.fixture
def host(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyHost]:
    monkeypatch.setattr(transport, "RETRY_PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(transport, "DEADLINE_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(tokens, "DEADLINE_SECONDS", DEADLINE_SECONDS)
    with in_front_of(ready.spotify.url) as host:
        monkeypatch.setenv("COMPANION_SPOTIFY_API_URL", host.url)
        monkeypatch.setenv("COMPANION_SPOTIFY_ACCOUNTS_URL", host.url)
        yield host


@pytest.mark.parametrize("name", SLOW)
def test_an_answer_that_goes_wrong(name: str, host: FaultyHost, ready: Stage, run: Run) -> None:
    where, twist = name.split()
    method, path, carried_out = WHERE[where]
    host.spoil = Spoil(method, path, twist, carried_out=carried_out)
    shows(name, run("once"))
    queued = int(where == "done")
    assert len(ready.spotify.player.queued()) == queued
    assert ready.spotify.count(*ADD) == queued
    nothing_is_lost(ready)

    host.spoil = None  # and when Spotify is well again
    again = run("once")
    waits = where in ("lost", "done")  # an unclear one is not repeated
    assert ("own track waiting" in again.out) is waits, again
    assert ("Queued: " in again.out) is not waits, again
    assert len(ready.spotify.player.queued()) == int(where != "lost")
    nothing_is_lost(ready)
