"""The mood that listening tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.fusion.estimate import WIDEST_SPREAD, Estimate
from companion.choose.fusion.habits import Habit
from companion.choose.fusion.listening import UsualVolume, listening_mood
from companion.playback import Initiative, Play, PlayEnding

NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
UNKNOWN = Habit(Estimate(Affect(0, 0), WIDEST_SPREAD), 0.0)
CALM = Affect(0.5, -0.6)
LOUD = Affect(0.4, 0.8)


def play(affect: Affect | None, minutes: float, **changes: object) -> Play:
    made = Play("id", NOW - timedelta(minutes=minutes), affect, ending=PlayEnding.FINISHED)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_without_plays_it_knows_nothing() -> None:
    told = listening_mood([], UNKNOWN, NOW)
    assert told.estimate.affect.distance(Affect(0, 0)) < 1e-9
    assert told.estimate.spread > 0.4


def test_it_follows_what_the_user_started_and_grows_surer() -> None:
    one = listening_mood([play(CALM, 5)], UNKNOWN, NOW).estimate
    four = listening_mood([play(CALM, m) for m in (20, 15, 10, 5)], UNKNOWN, NOW).estimate
    assert four.affect.distance(CALM) < one.affect.distance(CALM) < CALM.distance(Affect(0, 0))
    assert four.spread < one.spread < WIDEST_SPREAD


def test_what_is_long_ago_tells_nothing_of_now() -> None:
    assert listening_mood([play(CALM, 200)], UNKNOWN, NOW).plays == ()


def test_a_track_without_a_tag_tells_nothing() -> None:
    assert listening_mood([play(None, 5)], UNKNOWN, NOW).plays == ()


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({}, {"initiative": Initiative.CONTINUED}),
        ({"initiative": Initiative.CONTINUED}, {"initiative": Initiative.COMPANION}),
        ({}, {"ending": PlayEnding.SKIPPED_LATE}),
        ({"again": True}, {}),
        ({}, {"spread": 1.0}),
    ],
)
def test_some_plays_tell_more_than_others(more: dict[str, object], less: dict[str, object]) -> None:
    strong = listening_mood([play(LOUD, 5, **more)], UNKNOWN, NOW).estimate
    weak = listening_mood([play(LOUD, 5, **less)], UNKNOWN, NOW).estimate
    assert strong.affect.distance(LOUD) < weak.affect.distance(LOUD)


def test_an_early_skip_pushes_away() -> None:
    skipped = play(LOUD, 5, ending=PlayEnding.SKIPPED_EARLY, initiative=Initiative.COMPANION)
    told = listening_mood([skipped], UNKNOWN, NOW)
    assert told.skips == 1
    assert told.estimate.affect.distance(LOUD) > LOUD.distance(Affect(0, 0))


def test_own_picks_have_a_ceiling() -> None:
    own = [play(LOUD, m, initiative=Initiative.COMPANION) for m in range(60, 0, -4)]
    many = listening_mood(own, UNKNOWN, NOW).estimate.affect
    few = listening_mood(own[-4:], UNKNOWN, NOW).estimate.affect
    started = listening_mood([play(LOUD, 1)], UNKNOWN, NOW).estimate.affect
    assert many.distance(few) < 0.05
    assert started.distance(LOUD) < many.distance(LOUD)


def test_the_habit_is_where_it_begins() -> None:
    habit = Habit(Estimate(CALM, 0.3), 9.0)
    assert listening_mood([], habit, NOW).estimate.affect.distance(CALM) < 0.1


@pytest.mark.parametrize(
    ("volume", "usual", "sign"),
    [
        (90, UsualVolume(50, 10, 40), 1),
        (20, UsualVolume(50, 10, 40), -1),
        (90, UsualVolume(50, 10, 3), 0),
        (90, UsualVolume(50, 0, 40), 0),
        (90, None, 0),
        (None, UsualVolume(50, 10, 40), 0),
    ],
)
def test_a_volume_above_the_usual_speaks_for_arousal(
    volume: int | None, usual: UsualVolume | None, sign: int
) -> None:
    told = listening_mood([play(CALM, 5, volume=volume)], UNKNOWN, NOW, usual)
    plain = listening_mood([play(CALM, 5)], UNKNOWN, NOW)
    difference = told.estimate.affect.arousal - plain.estimate.affect.arousal
    assert (abs(difference) < 1e-9) if sign == 0 else (sign * difference > 0.01)


endings = st.sampled_from(PlayEnding)
plays = st.builds(
    play,
    st.builds(Affect, st.floats(-1, 1), st.floats(-1, 1)),
    st.floats(0, 200),
    ending=endings,
    initiative=st.sampled_from(Initiative),
    spread=st.floats(0.01, 2),
    again=st.booleans(),
)


@given(st.lists(plays, max_size=30))
def test_any_listening_gives_a_place_on_the_plane(listened: list[Play]) -> None:
    estimate = listening_mood(listened, UNKNOWN, NOW).estimate
    assert abs(estimate.affect.valence) <= 1
    assert abs(estimate.affect.arousal) <= 1
    assert 0 < estimate.spread <= WIDEST_SPREAD
