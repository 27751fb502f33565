"""The choice over past listening."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.affect import Affect
from companion.agent.visit.replay import COMPANION, FACE, LAST_OWN, RANDOM, replay, score
from companion.config.schema import Choose
from companion.playback import Initiative
from tests.agent.listener import NOW, add
from tests.agent.visit.test_listening import hear, play

HOUR = timedelta(hours=1)


@pytest.fixture
def library(db: sqlite3.Connection) -> sqlite3.Connection:
    for name, place in (("calm", Affect(0.6, -0.6)), ("wild", Affect(-0.5, 0.7))):
        for number in range(5):
            add(db, f"{name}{number}", place)
    return db


def test_a_listener_of_habit_is_met_better_than_by_chance(library: sqlite3.Connection) -> None:
    for days in range(12, 0, -1):
        morning = NOW - timedelta(days=days)
        hear(library, "wild0", "wild1", "wild2", until=morning)
        hear(library, "calm0", "calm1", "calm2", until=morning + 8 * HOUR)
    scores = {one.chooser: one for one in score(replay(library, Choose(), NOW, 6))}
    assert scores[COMPANION].mean < scores[RANDOM].mean
    assert scores[COMPANION].mean < scores[LAST_OWN].mean + 0.35
    assert FACE not in scores  # there are no readings


def test_only_what_was_known_before_counts(library: sqlite3.Connection) -> None:
    play(library, "calm0", NOW - HOUR)
    assert replay(library, Choose(), NOW, 30) == []
    play(library, "calm1", NOW - HOUR / 2)
    [moment] = replay(library, Choose(), NOW, 30)
    assert moment.distances[LAST_OWN] == 0
    later = [one.distances for one in replay(library, Choose(), NOW, 30)]
    play(library, "wild0", NOW - HOUR / 4, Initiative.CONTINUED)
    assert [one.distances for one in replay(library, Choose(), NOW, 30)] == later


def test_without_plays_there_is_no_score(library: sqlite3.Connection) -> None:
    assert score(replay(library, Choose(), NOW, 30)) == []
