from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path

import pytest
from evaluation.day import fill_library, live_day

from companion.affect import Affect, Quadrant
from companion.agent.visit.history import Day, read_day
from companion.choose.strategy import LEAD, STEP
from companion.cli.visit.day_plot import draw_day
from companion.config.schema import Choose
from companion.store.database import open_database
from tests.choose.makers import seeded

DAY = date(2026, 5, 4)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    midnight = datetime.combine(DAY, time()).astimezone(UTC)
    draws = seeded(5)
    with open_database(tmp_path_factory.mktemp("day") / "companion.db") as opened:
        fill_library(opened, midnight, draws)
        live_day(opened, midnight, Choose(strategy="lift"), draws)
        yield opened


@pytest.fixture(scope="module")
def day(db: sqlite3.Connection) -> Day:
    return read_day(db, DAY)


def places(day: Day, name: str) -> list[Affect]:
    return [Affect(entry.why[name]["valence"], entry.why[name]["arousal"]) for entry in day.entries]


def test_a_day_under_lift_begins_sad_and_ends_happy(day: Day) -> None:
    moods, picks = places(day, "mood"), places(day, "track")
    assert len(picks) > 30
    assert moods[0].quadrant is picks[0].quadrant is Quadrant.Q3
    assert moods[-1].quadrant is picks[-1].quadrant is Quadrant.Q1


def test_the_lead_is_never_long(day: Day) -> None:
    targets = places(day, "target")
    for mood, target in zip(places(day, "mood"), targets, strict=True):
        assert target.distance(mood) <= LEAD + 1e-9
    morning = targets[:15]
    assert all(b.valence >= a.valence - STEP for a, b in pairwise(morning))


def test_nobody_sad_is_made_tense(day: Day) -> None:
    morning = [entry for entry in day.entries if entry.planned_at.astimezone().hour < 12]
    quadrants = {
        Affect(entry.why["track"]["valence"], entry.why["track"]["arousal"]).quadrant
        for entry in morning
    }
    assert quadrants == {Quadrant.Q3, Quadrant.Q4, Quadrant.Q1}


def test_the_day_can_be_drawn(day: Day, tmp_path: Path) -> None:
    draw_day(day, tmp_path / "day.svg")
    drawn = (tmp_path / "day.svg").read_text("utf-8")
    for word in ("first mood, 09:00", "last mood, 17:", "lift", "valence", "arousal", "09:00"):
        assert word in drawn
