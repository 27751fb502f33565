"""A week in the life of the agent: everything that can happen to it, within a minute."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

import companion.log
from companion.affect import Abstention
from companion.agent.visit.outcome import Outcome
from companion.demo.simulator.faults import Answer, Fault
from companion.demo.simulator.library import library
from companion.demo.simulator.player import Device
from companion.demo.simulator.server import Simulator
from companion.errors import CameraBusy, CameraDenied, CameraMissing, WorkerLost
from companion.log import start_log, stop_log
from companion.paths import Paths
from companion.spotify.quota import Group, budget_of
from companion.store.database import open_database
from companion.store.history.overrides import Pause, drop_pause, save_pause
from companion.store.history.queue import OUTSTANDING, EntryState, entries_in
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.fake_work import BRIGHT, HAPPY
from tests.agent.simulated import Life, scheduled_by
from tests.agent.visitor import ADD, to_track
from tests.spotify.fakes import settings

pytestmark = pytest.mark.slow

LOG_FILE = 8_000  # bytes; small, so that the log of a week fills it
NETWORK_DOWN = Fault("*", "/*", Answer(503, "no route"))
MEMORY = 10 * 1024 * 1024  # bytes

Step = tuple[float, Callable[[Life], object]]
"""An hour of the day, and what happens then."""


def camera(shows: object) -> Callable[[Life], object]:
    return lambda life: setattr(life.models.camera, "shows", shows)


def abstain(reason: Abstention) -> Callable[[Life], object]:
    return lambda life: life.models.camera.abstain(reason)


def desktop(**state: object) -> Callable[[Life], object]:
    def change(life: Life) -> None:
        for name, value in state.items():
            setattr(life.desktop, name, value)

    return change


def clock(offset: float) -> Callable[[Life], object]:
    return lambda life: setattr(life.time, "offset", offset)


def device(**state: object) -> Callable[[Life], object]:
    return lambda life: life.sim.player.use_device(Device(**state))  # type: ignore[arg-type]


def pause(life: Life) -> None:
    with open_database(life.paths.database) as db:
        save_pause(db, Pause(life.time.wall, life.time.wall + timedelta(hours=1)))
    life.ask(life.agent.wake)


def resume(life: Life) -> None:
    with open_database(life.paths.database) as db:
        drop_pause(db)
    life.ask(life.agent.wake)


def play(life: Life) -> None:
    life.sim.player.use_device(Device())
    life.sim.player.resume()


def sign_in(life: Life) -> None:
    life.sign_in()
    life.ask(life.agent.wake)


def queue_by_hand(life: Life) -> None:
    """The user queues an hour of music, which comes before what the companion queues."""
    for track in life.sim.library.tracks[:20]:
        life.sim.player.add(track)


def hear_nothing(life: Life) -> None:
    """No play is kept, so that only the face tells the mood; what was heard before is forgotten."""
    with open_database(life.paths.database) as db:
        db.execute("DELETE FROM plays")
        db.execute("CREATE TRIGGER unheard BEFORE INSERT ON plays BEGIN SELECT RAISE(IGNORE); END")


def hear_again(life: Life) -> None:
    with open_database(life.paths.database) as db:
        db.execute("DROP TRIGGER unheard")


def forget_tags(life: Life) -> None:
    with open_database(life.paths.database) as db:
        db.execute("DELETE FROM tags")


def tag_all(life: Life) -> None:
    with open_database(life.paths.database) as db:
        save_tracks(db, map(to_track, life.sim.library.tracks), life.time.wall)
        for track in life.sim.library.tracks:
            save_tag(db, track.id, BRIGHT, Origin("deezer", "1", 1.0), life.time.wall)


EVERY_DAY: list[Step] = [
    (7, lambda life: life.sim.player.pause()),
    (9, play),
    (10.2, lambda life: life.sim.player.skip()),
    (10.5, desktop(locked=True)),
    (10.8, desktop(locked=False)),
    (12, lambda life: life.sim.player.pause()),
    (12.05, desktop(idle=3600.0)),
    (13, desktop(idle=0.0)),
    (13, play),
    (15.3, lambda life: life.sim.player.skip()),
    (18, lambda life: life.sim.player.use_device(None)),
    (20, play),
    (22, lambda life: life.sim.player.pause()),
]
DAYS: list[list[Step]] = [  # on the first five, a look that fails or abstains ends the visit
    [
        (8, hear_nothing),
        (11, lambda life: life.sim.faults.add(NETWORK_DOWN, times=None)),
        (14, lambda life: life.sim.faults.clear()),
    ],
    [
        (14, lambda life: life.sim.faults.add("quota")),
        (9.5, abstain(Abstention.NO_FACE)),
        (10.3, abstain(Abstention.SEVERAL_FACES)),
        (11, abstain(Abstention.TOO_DARK)),
        (11.5, abstain(Abstention.LOW_CONFIDENCE)),
        (13, camera(HAPPY)),
    ],
    [
        (10, lambda life: life.backend.entries.clear()),
        (9.5, lambda life: life.sim.accounts.revoke()),
        (15, sign_in),
    ],
    [
        (9, camera(CameraMissing("There is no camera 0."))),
        (11, camera(CameraBusy("Camera 0 is there but cannot be opened."))),
        (14, camera(CameraDenied("The system does not allow access to camera 0."))),
        (16, camera(WorkerLost("The worker did not answer within 22 s."))),
        (17, camera(HAPPY)),
    ],
    [
        (10, clock(-86_400.0)),
        (12, clock(0.0)),
        (14, clock(3 * 86_400.0)),
        (16, clock(0.0)),
        (9, desktop(mute=True)),
        (18, hear_again),
    ],
    [
        (10, lambda life: setattr(life.sim.world, "premium", False)),
        (14, lambda life: setattr(life.sim.world, "premium", True)),
        (15, device(is_private_session=True)),
        (16, device(is_restricted=True)),
        (17, play),
        (20.5, pause),
    ],
    [
        (9, desktop(locked=None, idle=None, battery=None, mute=False)),
        (11, forget_tags),
        (14, tag_all),
        (14.5, queue_by_hand),
        (16, resume),
        (20.2, lambda life: setattr(life.sim.player, "queue_lag_s", 20.0)),
    ],
]


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    monkeypatch.setattr(companion.log, "FILE_SIZE", LOG_FILE)
    paths = Paths(tmp_path / "config.toml", tmp_path, tmp_path / "cache", tmp_path / "run")
    with Simulator(library(300)) as sim:
        sim.player.repeat_state = "context"
        sim.player.play(sim.library.tracks)
        made = Life(sim, paths)
        tag_all(made)
        start_log(paths.log)
        with scheduled_by(made.time, monkeypatch):
            yield made
            made.end()
        stop_log()


def live_a_day(life: Life, steps: list[Step]) -> None:
    """From midnight to midnight; the machine sleeps until seven."""
    midnight = life.sim.clock.now()
    life.time.sleep(7 * 3600)
    for hour, act in sorted(steps, key=lambda step: step[0]):
        life.live(seconds=max(0.0, midnight + hour * 3600 - life.sim.clock.now()))
        act(life)
        check_outstanding(life)
    life.live(seconds=midnight + 24 * 3600 - life.sim.clock.now())
    check_budget(life)


def check_outstanding(life: Life) -> None:
    with open_database(life.paths.database) as db:
        assert len(entries_in(db, OUTSTANDING)) <= 1


def check_budget(life: Life) -> None:
    """No group of endpoints was asked more often than a day allows."""
    asked = Counter(group_of(one.path) for one in life.sim.requests)
    for group, budget in budget_of(settings("")).items():
        assert asked[group] <= budget


def group_of(path: str) -> Group | None:
    if path.startswith("/v1/me/player"):
        return Group.PLAYER
    return Group.LIBRARY if path.startswith("/v1/") else None


def test_a_week(life: Life) -> None:
    life.start()
    memory: list[int] = []
    adds = 0
    for steps in DAYS:
        live_a_day(life, EVERY_DAY + steps)
        adds += life.sim.count(*ADD)
        life.sim.requests.clear()
        gc.collect()
        memory.append(psutil.Process().memory_info().rss)
    with open_database(life.paths.database) as db:
        rows = db.execute("SELECT at, outcome, camera FROM visits ORDER BY id").fetchall()
        states = Counter(row[0] for row in db.execute("SELECT state FROM queue_entries"))
    words = Counter(Outcome(row["outcome"]) for row in rows)

    # Nobody plays an album in this week; see tests/agent/visit/test_conditions.py.
    assert set(words) | {Outcome.LISTENING_IN_ORDER} == set(Outcome)
    assert words[Outcome.QUEUED] > 100
    opened = sum(row["camera"] for row in rows)  # a camera that is missing cannot be
    assert opened + words[Outcome.CAMERA_MISSING] == life.models.camera.looks
    assert adds == states.total()  # one POST for each intent, whatever happened in between
    assert states[EntryState.FINISHED] > 100
    assert memory[-1] - memory[1] < MEMORY
    assert len(life.desktop.notices) == len(set(life.desktop.notices)) == 3
    parts = list(life.paths.state.glob("companion.log*"))
    assert len(parts) == 1 + companion.log.OLD_FILES
    assert all(part.stat().st_size <= LOG_FILE for part in parts)
