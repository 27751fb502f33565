from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect, Emotion
from companion.choose.mood import PresentMood
from companion.choose.strategy_rules import find_rule, strategy_name
from companion.config.schema import Choose, Rule

ANGRY = PresentMood(Affect(-0.5, 0.6), 1, datetime(2026, 10, 1, tzinfo=UTC), Emotion.ANGER)
SET = PresentMood(Affect(0.6, -0.6), 0, datetime(2026, 10, 1, tzinfo=UTC), None, "calm")
NOON = time(12)


def holds(rule: Rule, mood: PresentMood = ANGRY, clock: time = NOON) -> bool:
    return find_rule([rule], mood, clock) is rule


@pytest.mark.parametrize(
    ("when", "mood", "held"),
    [
        ("anger", ANGRY, True),
        ("fear", ANGRY, False),
        ("q2", ANGRY, True),
        ("tense", ANGRY, True),
        ("angry", ANGRY, True),
        ("calm", ANGRY, False),
        ("calm", SET, True),
        ("neutral", SET, False),
    ],
)
def test_by_mood(when: str, mood: PresentMood, *, held: bool) -> None:
    assert holds(Rule(when, "", "calm"), mood) is held


@pytest.mark.parametrize(
    ("between", "clock", "held"),
    [
        ("09:00-17:30", time(9), True),
        ("09:00-17:30", time(17, 29, 59), True),
        ("09:00-17:30", time(17, 30), False),
        ("09:00-17:30", time(8, 59), False),
        ("22:00-06:00", time(23), True),
        ("22:00-06:00", time(5, 59), True),
        ("22:00-06:00", time(6), False),
        ("22:00-06:00", time(12), False),
        ("00:00-00:00", time(0), False),
    ],
)
def test_by_time_of_day(between: str, clock: time, *, held: bool) -> None:
    assert holds(Rule("", between, "calm"), clock=clock) is held


def test_both_must_hold() -> None:
    rule = Rule("anger", "22:00-06:00", "calm")
    assert not holds(rule, clock=NOON)
    assert holds(rule, clock=time(23))
    assert not holds(rule, SET, time(23))


def test_the_first_that_holds_wins_else_the_usual_one() -> None:
    rules = (Rule("fear", "", "calm"), Rule("q2", "", "lift"), Rule("anger", "", "focus"))
    assert strategy_name(Choose(strategy="energise", rules=rules), ANGRY, NOON) == "lift"
    assert strategy_name(Choose(strategy="energise", rules=rules), SET, NOON) == "energise"


@given(st.times(), st.times(), st.times())
def test_a_span_and_its_complement_make_the_day(begin: time, end: time, clock: time) -> None:
    marks = [f"{one:%H:%M}" for one in (begin, end)]
    if marks[0] == marks[1]:
        return
    there = Rule("", "-".join(marks), "calm")
    back = Rule("", "-".join(reversed(marks)), "calm")
    assert holds(there, clock=clock) != holds(back, clock=clock)
