from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from companion.affect import Affect, Emotion
from companion.agent.visit.history import Day
from companion.cli.visit.day_plot import draw_day
from companion.store.history.queue import EntryState, QueueEntry
from tests.agent.listener import read, song

DAY = date(2026, 5, 4)
MIDNIGHT = datetime(2026, 5, 4).astimezone()


def place(valence: float, arousal: float) -> dict[str, float]:
    return {"valence": valence, "arousal": arousal}


def entry(hour: float, state: EntryState = EntryState.FINISHED, mood: float = -0.5) -> QueueEntry:
    at = MIDNIGHT + timedelta(hours=hour)
    why = {
        "mood": place(mood, mood / 2),
        "target": place(mood + 0.2, 0.1),
        "track": place(0.5, 0.5),
        "strategy": "lift",
    }
    return QueueEntry(1, song("1"), state, at, at, why)


def drawn(tmp_path: Path, *entries: QueueEntry) -> str:
    readings = [(one.planned_at, read(Emotion.SADNESS, Affect(-0.5, -0.2))) for one in entries]
    draw_day(Day(DAY, [], readings, entries), tmp_path / "day.svg")
    return (tmp_path / "day.svg").read_text("utf-8")


@pytest.mark.parametrize("hours", [[], [12.0], [0.0, 23.99], [9.0, 9.01, 9.02], [3, 4, 5, 22]])
def test_any_day_can_be_drawn(tmp_path: Path, hours: list[float]) -> None:
    text = drawn(tmp_path, *map(entry, hours))
    assert "04 May 2026" in text
    assert ("first mood" in text) == bool(hours)


def test_the_first_and_the_last_mood_have_their_time(tmp_path: Path) -> None:
    text = drawn(tmp_path, entry(9.5), entry(17.25, mood=0.6))
    assert "first mood, 09:30" in text
    assert "last mood, 17:15" in text
    for hour in ("09:00", "13:00", "18:00"):
        assert hour in text
    assert "19:00" not in text


def test_the_strategies_of_the_day_are_named(tmp_path: Path) -> None:
    calm = entry(10)
    calm = replace(calm, why={**calm.why, "strategy": "calm"})
    text = drawn(tmp_path, entry(9), calm)
    assert "calm and lift" in text
    assert "no picks" in drawn(tmp_path)


@pytest.mark.parametrize("state", list(EntryState))
def test_a_pick_of_any_state_has_its_mark(tmp_path: Path, state: EntryState) -> None:
    assert "skipped" in drawn(tmp_path, entry(9, state))


def test_an_entry_whose_reading_was_forgotten_is_left_out(tmp_path: Path) -> None:
    assert "no picks" in drawn(tmp_path, replace(entry(9), why={}))
