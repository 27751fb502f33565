from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.affect import Affect
from companion.agent.visit.replay import COMPANION, HABIT, LAST_OWN, LISTENING, RANDOM
from companion.cli.visit.replay import NOTHING
from companion.playback import Initiative, PlayerSnapshot
from companion.store.database import open_database
from companion.store.listening.plays import begin_play
from tests.agent.listener import add
from tests.cli.shell import Run, Stage

NOW = datetime.now(UTC)
CALM, WILD = Affect(0.6, -0.6), Affect(-0.5, 0.7)


@pytest.fixture
def listener(stage: Stage) -> Stage:
    """Twelve evenings of three calm tracks each, in a library that is wild too."""
    stage.database.parent.mkdir(parents=True)
    with open_database(stage.database) as db:
        calm = [add(db, f"calm{number}", CALM) for number in range(3)]
        for number in range(3):
            add(db, f"wild{number}", WILD)
        for days in range(12, 0, -1):
            for number, track in enumerate(calm):
                at = NOW - timedelta(days=days) + timedelta(minutes=30 + 4 * number)
                begin_play(db, PlayerSnapshot(track), Initiative.USER, at)
    return stage


def test_a_small_table(run: Run, listener: Stage) -> None:
    """Of all but the first track, before which nothing was known."""
    ended = run("replay")
    assert ended.code == 0
    first, _, head, *rows = ended.out.splitlines()
    assert first == "You started 35 tagged tracks in the last 30 days."
    assert head.split("  ")[0] == "aimed by"
    for name in (COMPANION, LISTENING, LAST_OWN, HABIT, RANDOM):
        assert sum(row.startswith(name) for row in rows) == 1
    assert rows[-1].endswith("lower is better.")


def test_as_data(run: Run, listener: Stage) -> None:
    found = run("replay", "--days", "6", "--json").data
    assert (found["schema"], found["days"], found["moments"]) == (1, 6, 18)
    by_name = {one["chooser"]: one for one in found["choosers"]}
    assert by_name[COMPANION]["mean"] < 0.3 < by_name[RANDOM]["mean"]
    assert by_name[COMPANION]["near"] == 1


@pytest.mark.parametrize("dark", [(), ("--dark",)])
def test_as_a_plot(dark: tuple[str, ...], run: Run, listener: Stage, tmp_path: Path) -> None:
    file = tmp_path / "replay.svg"
    assert run("replay", "--plot", file, *dark).err == f"Drawn: {file}\n"
    drawn = file.read_text("utf-8")
    for name in (COMPANION, LISTENING, LAST_OWN, HABIT, RANDOM):
        assert f"{name}: " in drawn


def test_nothing_is_queued_or_stored(run: Run, listener: Stage) -> None:
    before = listener.database.read_bytes()
    run("replay")
    assert listener.database.read_bytes() == before
    assert not listener.spotify.player.queued()
    assert listener.rows("queue_entries") == 0


def test_before_anything_was_played(run: Run, stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "replay.png"
    ended = run("replay", "--plot", file)
    assert (ended.code, ended.out, file.exists()) == (0, f"{NOTHING}\n", False)
