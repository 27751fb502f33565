from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.demo.simulator.server import Simulator
from companion.paths import Paths
from companion.store.database import open_database
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.fake_work import BRIGHT
from tests.agent.simulated import Life, scheduled_by
from tests.agent.visitor import to_track
from tests.cli.conftest import home, nothing_else_is_asked, run, signed_in, stage
from tests.cli.shell import HAPPY, Run, Stage

__all__ = ["home", "nothing_else_is_asked", "run", "signed_in", "stage"]


@pytest.fixture
def ready(signed_in: Stage, run: Run) -> Stage:
    """Signed in, something plays, the library is tagged, and the mood is set: no camera opens."""
    signed_in.play()
    signed_in.tag_all(HAPPY)
    assert run("mood", "0.8,0.5").code == 0
    return signed_in


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of the agent's database; a test may override it."""
    return tmp_path / "state"


@pytest.fixture
def life(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """An agent whose music plays round and round, with every track tagged."""
    paths = Paths(tmp_path / "config.toml", state, tmp_path / "cache", tmp_path / "run")
    paths.make()
    with Simulator() as sim:
        made = Life(sim, paths)
        with open_database(paths.database) as db:
            save_tracks(db, map(to_track, sim.library.tracks), made.time.wall)
            for track in sim.library.tracks:
                save_tag(db, track.id, BRIGHT, Origin("deezer", "1", 1.0), made.time.wall)
        sim.player.repeat_state = "context"
        sim.player.play(sim.library.tracks[:3])
        with scheduled_by(made.time, monkeypatch):
            yield made
            made.end()
