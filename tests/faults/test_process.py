"""A real `companion run`, beside a real command: what fails for a while ends nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from companion.demo.simulator.server import Simulator
from tests.agent.live import COMPANION, Home, make_home
from tests.cli.shell import Ended
from tests.faults.checks import ADD, is_whole, shows
from tests.faults.faulty_host import FaultyHost, Spoil, in_front_of
from tests.faults.test_disk import fill, small_disk

pytestmark = pytest.mark.slow

CASES = ["process spotify", "process keyring", "process disk"]
Break = Callable[[Home, FaultyHost], Callable[[], object]]


@contextlib.contextmanager
def agents_home(folder: Path) -> Iterator[tuple[Home, FaultyHost]]:
    """A home on a small disk, whose mood is set, so that no camera opens."""
    with (
        small_disk(folder / "home"),
        Simulator() as sim,
        in_front_of(sim.url) as host,
    ):
        home = make_home(folder, sim)
        home.environment["COMPANION_SPOTIFY_API_URL"] = host.url
        assert home.run("mood", "0.8,0.5").returncode == 0
        yield home, host


def break_spotify(_: Home, host: FaultyHost) -> Callable[[], object]:
    host.spoil = Spoil("GET", "/v1/me", "error")
    return lambda: setattr(host, "spoil", None)


def break_keyring(home: Home, _: FaultyHost) -> Callable[[], object]:
    file = Path(home.environment["TEST_RING"])
    good = file.read_text("utf-8")
    file.write_text("gone", "utf-8")
    return lambda: file.write_text(good, "utf-8")


def break_disk(home: Home, _: FaultyHost) -> Callable[[], object]:
    ballast = fill(home.paths.state)
    return ballast.unlink


BREAKS: dict[str, Break] = dict(zip(CASES, (break_spotify, break_keyring, break_disk), strict=True))


def command(home: Home, *words: str) -> Ended:
    done = home.run(*words)
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("name", CASES)
def test_what_fails_for_a_while(name: str, tmp_path: Path) -> None:
    with agents_home(tmp_path) as (home, host):
        mend = BREAKS[name](home, host) if name != "process disk" else None
        with home.start(program=COMPANION) as agent:
            mend = mend or BREAKS[name](home, host)
            shows(name, command(home, "visit-now"))
            assert not home.spotify.player.queued()
            mend()
            assert "Queued: " in command(home, "visit-now").out
            assert "Trouble" not in command(home, "status").out
            assert "own track waiting" in command(home, "visit-now").out
            assert agent.process.poll() is None
            agent.end()
        assert home.spotify.count(*ADD) == 1
        is_whole(home.paths.database)
