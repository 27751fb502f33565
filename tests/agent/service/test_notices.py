from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.affect import Affect
from companion.agent.service.notices import NEEDS_USER, notify_of, notify_of_track
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import VisitResult
from companion.choose.mood import PresentMood
from companion.choose.strategy import Target
from companion.store.database import open_database

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Desktop:
    def __init__(self) -> None:
        self.shown: list[str] = []

    def notify(self, title: str, text: str) -> bool:
        assert title
        self.shown.append(text)
        return True


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


def end(db: sqlite3.Connection, desktop: Desktop, *outcomes: Outcome, wanted: bool = True) -> None:
    for outcome in outcomes:
        notify_of(db, outcome, NOW, desktop.notify if wanted else None)


@pytest.mark.parametrize("outcome", NEEDS_USER)
def test_a_state_is_told_once(outcome: Outcome, db: sqlite3.Connection, desktop: Desktop) -> None:
    end(db, desktop, outcome, outcome, Outcome.NOT_PLAYING, outcome)
    assert desktop.shown == [NEEDS_USER[outcome]]


def test_it_is_told_again_after_all_was_well(db: sqlite3.Connection, desktop: Desktop) -> None:
    end(db, desktop, Outcome.LOGIN_NEEDED, Outcome.QUEUED, Outcome.LOGIN_NEEDED)
    assert len(desktop.shown) == 2


def test_a_restart_tells_nothing_again(file: Path, desktop: Desktop) -> None:
    for _ in range(3):
        with open_database(file) as db:
            end(db, desktop, Outcome.PREMIUM_NEEDED)
    assert len(desktop.shown) == 1


def test_each_state_is_told_for_itself(db: sqlite3.Connection, desktop: Desktop) -> None:
    end(db, desktop, *NEEDS_USER, *NEEDS_USER)
    assert len(desktop.shown) == len(NEEDS_USER)


def test_unwanted_nothing_is_shown_then_or_later(db: sqlite3.Connection, desktop: Desktop) -> None:
    end(db, desktop, Outcome.CAMERA_DENIED, wanted=False)
    end(db, desktop, Outcome.CAMERA_DENIED)
    assert not desktop.shown


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - set(NEEDS_USER)))
def test_nothing_else_is_told(outcome: Outcome, db: sqlite3.Connection, desktop: Desktop) -> None:
    end(db, desktop, outcome)
    assert not desktop.shown


HAPPY = PresentMood(Affect(0.8, 0.5), 1, NOW)
CALM = Target(Affect(0.6, -0.6), 1.0, "calm")


@pytest.mark.parametrize(
    ("mood", "text"),
    [
        (HAPPY, "A - B. Your mood, read as happy, excited; the strategy, calm."),
        (replace(HAPPY, name="joy"), "A - B. Your mood, set by you: joy; the strategy, calm."),
    ],
)
def test_what_was_queued_is_told_with_its_reason(
    mood: PresentMood, text: str, desktop: Desktop
) -> None:
    result = VisitResult(Outcome.QUEUED, "A - B", mood=mood, target=CALM)
    notify_of_track(result, desktop.notify)
    assert desktop.shown == [text]
