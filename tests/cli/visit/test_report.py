from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from companion.agent.visit.outcome import Outcome
from companion.agent.visit.report import read_report
from companion.store.database import open_database
from companion.store.face.readings import save_reading
from companion.store.history.queue import EntryState
from companion.store.history.visits import Visit, save_visit
from tests.agent.listener import add, choose_and_keep
from tests.cli.agent.test_status import happy
from tests.cli.shell import Run, Stage

NOON = datetime(2026, 5, 20, 12).astimezone()
DAY = NOON.date()


@pytest.fixture
def lived(stage: Stage) -> Stage:
    """Two tracks on the day, one ten days before, and a visit without a face a day before."""
    stage.database.parent.mkdir(parents=True)
    with open_database(stage.database) as db:
        for n in range(9):
            add(db, f"{n}")
        for before in (timedelta(), timedelta(minutes=-20), timedelta(days=10)):
            choose_and_keep(db, NOON - before)
            save_reading(db, happy(), "face_mood/1", NOON - before)
        at = NOON - timedelta(days=1)
        save_visit(db, Visit(at, Outcome.NO_FACE, "", camera=True))
    return stage


def test_the_counts_of_the_days(lived: Stage) -> None:
    with open_database(lived.database) as db:
        week, month = read_report(db, DAY, 7), read_report(db, DAY, 30)
    assert (week.first, week.last) == (DAY - timedelta(days=6), DAY)
    assert (week.visits, month.visits) == (3, 4)
    assert (week.camera_uses, month.camera_uses) == (3, 4)
    assert week.outcomes == {Outcome.QUEUED: 2, Outcome.NO_FACE: 1}
    assert week.endings == {EntryState.FINISHED: 2}
    assert month.heard_out == 1.0
    assert sum(month.strategies.values()) == sum(month.moods.values()) == 3
    assert len(week.queued_by_day) == 7
    assert month.queued_by_day[DAY - timedelta(days=10)] == 1


def test_in_words(run: Run, lived: Stage) -> None:
    out = run("history", "--week", "--day", DAY.isoformat()).out
    assert out.startswith("14 May to 20 May 2026\n")
    assert "3 visits; the camera was opened 3 times." in out
    assert "2 tracks queued: 2 finished." in out
    assert "100% were heard to the end" in out
    assert "Wed 20 May" in out


def test_as_data(run: Run, lived: Stage) -> None:
    data = run("history", "--month", "--day", DAY.isoformat(), "--json").data
    assert (data["schema"], data["visits"], data["camera_uses"]) == (1, 4, 4)
    assert data["endings"] == {"finished": 3}
    assert list(data["moods"]) == ["Q1", "Q2", "Q3", "Q4"]


def test_a_month_without_visits(run: Run, stage: Stage) -> None:
    assert run("history", "--month", "--day", "2026-05-20").out == (
        "No visits from 21 April to 20 May 2026.\n"
    )


@pytest.mark.parametrize("words", [("--month",), ("--plot", "day.png")])
def test_words_that_exclude_each_other(
    words: tuple[str, ...], run: Run, stage: Stage, tmp_path: Path
) -> None:
    assert run("history", "--week", *words).code == 2
