from __future__ import annotations

import math
from dataclasses import fields
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import EMOTION_AFFECT, QUADRANT_AFFECT, Affect, Emotion, Quadrant
from companion.choose.mood import PresentMood
from companion.choose.strategy import (
    INTENSITY,
    JUMP,
    LEAD,
    PLEASANT,
    STEP,
    STRATEGIES,
    RecentPick,
    calm,
    energise,
    focus,
    lift,
    match,
    towards,
)
from companion.config.schema import Choose
from tests.choose.makers import affects

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
SAD = Affect(-0.6, -0.4)
ROUNDING = 1e-9

picks = st.lists(
    st.builds(
        RecentPick, affects, st.sampled_from(list(STRATEGIES)), st.sampled_from([None, True, False])
    ),
    max_size=6,
)


def mood(affect: Affect) -> PresentMood:
    return PresentMood(affect, 1, NOW)


@pytest.mark.parametrize("name", STRATEGIES)
@given(affect=affects, recent=picks)
def test_every_target_is_open_to_something_but_not_to_all(
    name: str, affect: Affect, recent: list[RecentPick]
) -> None:
    target = STRATEGIES[name](mood(affect), recent)
    assert target.strategy == name
    assert 0 < target.tolerance < 1


@pytest.mark.parametrize("name", STRATEGIES)
@given(affect=affects, recent=picks)
def test_a_strategy_is_a_pure_function(name: str, affect: Affect, recent: list[RecentPick]) -> None:
    before = list(recent)
    assert STRATEGIES[name](mood(affect), recent) == STRATEGIES[name](mood(affect), before)
    assert recent == before


def test_the_settings_allow_exactly_the_strategies_there_are() -> None:
    setting = next(part for part in fields(Choose) if part.name == "strategy")
    check = setting.metadata["check"]
    assert [check(name) for name in STRATEGIES] == [None] * len(STRATEGIES)
    assert all(name in check("no such") for name in STRATEGIES)
    assert setting.default in STRATEGIES


@given(affects, picks)
def test_match_wants_music_like_a_mood_that_is_one(
    affect: Affect, recent: list[RecentPick]
) -> None:
    target = match(mood(affect), recent).affect
    if affect.distance(Affect(0, 0)) >= INTENSITY:
        assert target == affect
    else:
        assert target.valence >= affect.valence
        assert target.arousal <= affect.arousal


@pytest.mark.parametrize(
    ("affect", "place"),
    [
        (Affect(0, 0), (0.35, -0.35)),
        (Affect(-0.08, 0.08), (0.27, -0.27)),  # as a face at rest may be read: wholly at rest
        (Affect(0.225, 0.0), (0.4, -0.175)),
        (Affect(-0.3, 0.0), (-0.3, 0.0)),
    ],
)
def test_a_weak_mood_is_matched_by_mildly_pleasant_quiet_music(
    affect: Affect, place: tuple[float, float]
) -> None:
    target = match(mood(affect), ()).affect
    assert (target.valence, target.arousal) == pytest.approx(place)


def test_match_takes_a_neutral_face_for_calm() -> None:
    assert match(mood(EMOTION_AFFECT[Emotion.NEUTRAL]), ()).affect.quadrant is Quadrant.Q4


@pytest.mark.parametrize("strategy", [lift, calm])
@given(affect=affects)
def test_leading_begins_where_the_mood_is(strategy: object, affect: Affect) -> None:
    assert callable(strategy)
    assert strategy(mood(affect), ()).affect == affect
    other = [RecentPick(Affect(0.6, 0.6), "match", finished=True)]
    assert strategy(mood(affect), other).affect == affect


@pytest.mark.parametrize("name", ["lift", "calm"])
@given(affect=affects, recent=picks)
def test_leading_is_never_more_than_its_lead_ahead_of_the_mood(
    name: str, affect: Affect, recent: list[RecentPick]
) -> None:
    target = STRATEGIES[name](mood(affect), recent).affect
    assert target.distance(affect) <= LEAD + ROUNDING


@given(affects, st.sampled_from([None, True, False]))
def test_one_track_leads_one_step_and_only_if_it_was_heard(
    last: Affect, finished: bool | None
) -> None:
    target = lift(mood(last), [RecentPick(last, "lift", finished)]).affect
    assert target.distance(last) <= STEP + ROUNDING
    if not finished:
        assert target.distance(last) <= ROUNDING


def test_a_skip_leads_a_step_back_to_the_mood() -> None:
    ahead = Affect(-0.1, -0.4)
    back = lift(mood(SAD), [RecentPick(ahead, "lift", finished=False)]).affect
    assert back.distance(SAD) == pytest.approx(ahead.distance(SAD) - STEP)


def follow(name: str, start: Affect, picks: int) -> list[Affect]:
    """The targets for a listener whose mood comes along at once, track by track."""
    targets: list[Affect] = []
    place, recent = start, list[RecentPick]()
    for _ in range(picks):
        place = STRATEGIES[name](mood(place), recent).affect
        targets.append(place)
        recent.append(RecentPick(place, name, finished=True))
    return targets


@pytest.mark.parametrize(("name", "goal"), [("lift", Quadrant.Q1), ("calm", Quadrant.Q4)])
@given(start=affects)
def test_who_comes_along_arrives(name: str, goal: Quadrant, start: Affect) -> None:
    targets = follow(name, start, 25)
    assert targets[0] == start
    assert targets[-1].distance(QUADRANT_AFFECT[goal]) < ROUNDING
    steps = [one.distance(next_) for one, next_ in pairwise(targets)]
    assert max(steps) <= STEP + ROUNDING


@pytest.mark.parametrize("name", ["lift", "calm"])
@given(start=affects)
def test_the_way_leads_through_no_other_unpleasant_quadrant(name: str, start: Affect) -> None:
    unpleasant = [place for place in follow(name, start, 25) if place.valence < PLEASANT]
    assert all(math.isclose(place.arousal, start.arousal) for place in unpleasant)


def test_who_stays_sad_is_waited_for() -> None:
    recent = [RecentPick(SAD, "lift", finished=True)]
    for _ in range(10):
        target = lift(mood(SAD), recent).affect
        recent.append(RecentPick(target, "lift", finished=True))
    assert target.distance(SAD) == pytest.approx(LEAD)


@given(affects)
def test_energise_is_wide_awake_and_never_unpleasant(affect: Affect) -> None:
    target = energise(mood(affect), ()).affect
    assert target.quadrant is Quadrant.Q1
    assert target.arousal > 0.5


@given(affects, picks)
def test_focus_stays_in_the_middle_and_makes_no_jump(
    affect: Affect, recent: list[RecentPick]
) -> None:
    alone = focus(mood(affect), ())
    assert abs(alone.affect.arousal) <= JUMP + ROUNDING
    assert alone.tolerance < match(mood(affect), ()).tolerance
    before = [one.target for one in recent if one.strategy == "focus"]
    if before:
        assert focus(mood(affect), recent).affect.distance(before[-1]) <= JUMP + ROUNDING


@given(affects, affects, st.floats(0.01, 1))
def test_towards_goes_so_far_and_no_farther(start: Affect, end: Affect, most: float) -> None:
    place = towards(start, end, most)
    assert place.distance(start) <= min(most, start.distance(end)) + ROUNDING
    left, whole = place.distance(end), start.distance(end)
    assert left == pytest.approx(max(0.0, whole - most), abs=1e-6)
