"""Eight hours of listening at the simulator with the agent beside: what it costs in calls."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator
from companion.paths import Paths
from companion.store.database import open_database
from companion.store.history.queue import EntryState, entries_in
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.fake_work import BRIGHT
from tests.agent.simulated import Life, scheduled_by
from tests.agent.visitor import to_track

HOURS = 8
SAVED = 200

Step = tuple[float, Callable[[Life], object]]
"""A time of the day in minutes, and what the listener does."""


def pause(life: Life) -> None:
    life.sim.player.pause()


def resume(life: Life) -> None:
    life.desktop.idle = 0.0
    life.sim.player.resume()


def go_to_lunch(life: Life) -> None:
    life.desktop.idle = 3600.0
    life.sim.player.pause()


def skip(life: Life) -> None:
    life.sim.player.skip()


def skip_ours(life: Life) -> None:
    """Leave a track of the companion's, 50 s into it, once one plays."""
    while not _plays_ours(life):
        life.live(seconds=20)
    life.live(seconds=50)
    skip(life)


def _plays_ours(life: Life) -> bool:
    with open_database(life.paths.database) as db:
        return bool(entries_in(db, (EntryState.PLAYING,)))


STEPS: list[Step] = [
    (47, skip_ours),
    (80, pause),
    (87, resume),
    (151.5, skip),
    (210, pause),
    (212, resume),
    (240, go_to_lunch),
    (300, resume),
    (365, skip),
    (420, pause),
    (431, resume),
]


@dataclass(frozen=True)
class Day:
    """The totals of a day.

    Attributes:
        calls: to Spotify, by method and path, refreshes and the library too.
        tracks: how many were played, or begun.
        ends: what was judged of each own track, and whether in truth it was played to its end.
    """

    calls: Counter[str]
    tracks: int
    ends: tuple[tuple[EntryState, bool], ...]

    @property
    def total(self) -> int:
        return self.calls.total()


def live_a_day(folder: Path, *, signal: bool) -> Day:
    """Let the agent live through it, with the desktop's signal or without."""
    with Simulator(library(SAVED)) as sim, pytest.MonkeyPatch.context() as patch:
        life = Life(
            sim,
            Paths(folder / "config.toml", folder / "state", folder / "cache", folder / "runtime"),
        )
        life.paths.make()
        life.desktop.mute = not signal
        with scheduled_by(life.time, patch):
            return _live(life)


def _live(life: Life) -> Day:
    sim = life.sim
    with open_database(life.paths.database) as db:
        save_tracks(db, map(to_track, sim.library.tracks), life.time.wall)
        for track in sim.library.tracks:
            save_tag(db, track.id, BRIGHT, Origin("deezer", "1", 1.0), life.time.wall)
    sim.player.repeat_state = "context"
    sim.player.play(sim.library.tracks[:60])
    life.start()
    began = sim.clock.now()
    for minute, act in [*STEPS, (HOURS * 60.0, lambda _: None)]:
        life.live(seconds=began + 60 * minute - sim.clock.now())
        act(life)
    life.end()
    with open_database(life.paths.database) as db:
        rows = db.execute("SELECT * FROM queue_entries ORDER BY id").fetchall()
    return Day(
        calls=Counter(f"{one.method} {one.path}" for one in sim.requests),
        tracks=len(sim.player.plays()) + 1,
        ends=tuple((EntryState(row["state"]), _was_finished(sim, row)) for row in rows),
    )


def _was_finished(sim: Simulator, entry: sqlite3.Row) -> bool:
    """Tell whether the first play of the track after it was queued reached its end."""
    uri = json.loads(entry["track"])["uri"]
    plays = [play for play in sim.player.plays() if play.started_at >= entry["planned_at"]]
    return next((play.finished for play in plays if play.item.uri == uri), False)
