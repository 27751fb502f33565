"""Listening habits by hour and weekday."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from companion.affect import Affect
from companion.choose.fusion.estimate import WIDEST_SPREAD
from companion.choose.fusion.habits import counts_as_habit, habit_at
from companion.playback import Initiative, Play, PlayEnding

ZONE = ZoneInfo("Europe/Zurich")
MONDAY = datetime(2026, 3, 2, tzinfo=ZONE)
CALM, LOUD = Affect(0.4, -0.7), Affect(0.5, 0.7)


def at(day: int, hour: float, affect: Affect, **changes: object) -> Play:
    moment = MONDAY + timedelta(days=day, hours=hour)
    return Play("id", moment, affect, **changes)  # type: ignore[arg-type]


def evenings_and_mornings(days: int) -> list[Play]:
    return [play for day in range(days) for play in (at(day, 8, LOUD), at(day, 21, CALM))]


def test_without_plays_there_is_no_habit() -> None:
    habit = habit_at([], MONDAY)
    assert not habit.is_known
    assert habit.estimate.spread == WIDEST_SPREAD


def test_hours_have_their_own() -> None:
    plays = evenings_and_mornings(12)
    evening = habit_at(plays, MONDAY + timedelta(days=14, hours=21)).estimate.affect
    morning = habit_at(plays, MONDAY + timedelta(days=14, hours=8)).estimate.affect
    assert evening.arousal < -0.2
    assert morning.arousal > 0.2


def test_more_weeks_make_it_surer() -> None:
    few, many = evenings_and_mornings(2), evenings_and_mornings(28)
    later = MONDAY + timedelta(days=28, hours=21)
    assert habit_at(many, later).estimate.spread < habit_at(few, later).estimate.spread
    assert habit_at(many, later).plays > habit_at(few, later).plays


def test_midnight_is_near_to_one() -> None:
    plays = [at(day, 23.8, CALM) for day in range(10)]
    assert habit_at(plays, MONDAY + timedelta(days=11, hours=0.5)).is_known


def test_a_weekend_tells_less_of_a_working_day() -> None:
    saturdays = [at(5 + 7 * week, 21, CALM) for week in range(4)]
    mondays = [at(7 * week, 21, CALM) for week in range(4)]
    later = MONDAY + timedelta(days=28, hours=21)
    assert habit_at(mondays, later).plays > habit_at(saturdays, later).plays


def test_only_what_the_user_started_and_did_not_leave_counts() -> None:
    assert counts_as_habit(at(0, 8, LOUD))
    assert not counts_as_habit(at(0, 8, LOUD, initiative=Initiative.COMPANION))
    assert not counts_as_habit(at(0, 8, LOUD, initiative=Initiative.CONTINUED))
    assert not counts_as_habit(at(0, 8, LOUD, ending=PlayEnding.SKIPPED_EARLY))


def test_plays_of_the_future_are_of_a_wrong_clock() -> None:
    assert not habit_at([at(400, 8, LOUD)], MONDAY).is_known
