from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.score import (
    DECAY,
    MAY_BE_SUNG,
    RECOVERY,
    STALEST,
    SUNG,
    SURENESS,
    closeness,
    fit,
    freshness,
    sureness,
    voice_worth,
    weigh,
)
from companion.choose.strategy import Target
from tests.choose.makers import affects, tagged, targets

CENTRE = Target(Affect(0.0, 0.0), tolerance=0.9, strategy="match")


def test_closeness_is_one_at_the_target_and_decays() -> None:
    at = [closeness(distance, 0.9) for distance in (0.0, 0.45, 0.9)]
    assert at == pytest.approx([1.0, math.exp(-DECAY / 2), math.exp(-DECAY)])


@given(affects, st.floats(0, 1), targets)
def test_the_numbers_of_a_candidate(affect: Affect, sure: float, target: Target) -> None:
    candidate = weigh(tagged("a", affect.valence, affect.arousal, sure), target)
    assert candidate.distance == affect.distance(target.affect)
    assert 0 <= candidate.fit <= candidate.closeness <= 1
    assert candidate.fit == pytest.approx(candidate.closeness * sure**SURENESS)
    assert candidate.score == candidate.fit


@given(st.floats(0, 2), st.floats(0, 1), st.floats(0.01, 0.8), st.floats(0.01, 0.8))
def test_nearer_and_surer_is_never_worse(
    distance: float, sure: float, farther: float, surer: float
) -> None:
    here = fit(distance, 0.9, sure)
    assert fit(distance + farther, 0.9, sure) <= here
    assert fit(distance, 0.9, min(1.0, sure + surer)) >= here


def test_the_score_is_the_product_of_all_four() -> None:
    found = weigh(tagged("a", sure=0.5), CENTRE)
    changed = replace(found, taste=2.0, freshness=0.5, voice=0.25)
    assert changed.score == found.fit * 2.0 * 0.5 * 0.25


CORNER, LOW = Affect(0.6, 0.6), Affect(0.6, -0.6)


@pytest.mark.parametrize(
    ("place", "spread", "confidence", "target", "sure"),
    [
        (CORNER, (0.0, 0.0), 0.7, CORNER, 0.7),  # where no spread is known the confidence says it
        (CORNER, (0.0, 0.0), 0.7, LOW, 0.7),
        (CORNER, (0.01, 0.01), 0.7, CORNER, 0.7),
        (CORNER, (0.01, 0.01), 1.0, LOW, 0.0),
        (Affect(0.6, 0.0), (0.01, 0.3), 1.0, CORNER, 0.5),
        (Affect(0.0, 0.0), (0.3, 0.3), 1.0, CORNER, 0.25),
        (Affect(0.6, 0.0), (0.01, 0.3), 0.4, CORNER, 0.4),
        (Affect(0.6, 0.3), (0.01, 0.3), 1.0, CORNER, 0.841),  # one standard deviation
        (Affect(0.6, -0.3), (0.01, 0.3), 1.0, CORNER, 0.159),
        (Affect(0.6, -0.3), (0.01, 0.3), 1.0, Affect(0.6, 0.0), 1.0),  # on neither side
        (Affect(0.6, -0.3), (0.01, 0.3), 1.0, Affect(0.6, 0.15), 1 - 0.841 / 2),
    ],
)
def test_how_sure_a_track_is_of_the_targets_mood(
    place: Affect, spread: tuple[float, float], confidence: float, target: Affect, sure: float
) -> None:
    assert sureness(place, spread, confidence, target) == pytest.approx(sure, abs=1e-3)


@given(affects, st.floats(0.01, 1), st.floats(1, 5), targets)
def test_a_wider_spread_counts_less_on_the_right_side_of_the_axes(
    place: Affect, spread: float, wider: float, target: Target
) -> None:
    right = Affect(
        math.copysign(place.valence, target.affect.valence),
        math.copysign(place.arousal, target.affect.arousal),
    )
    narrow = sureness(right, (spread, spread), 1.0, target.affect)
    assert sureness(right, (spread * wider,) * 2, 1.0, target.affect) <= narrow + 1e-12


@pytest.mark.parametrize(
    ("words", "worth"),
    [
        ((), MAY_BE_SUNG),
        (("acoustic", "slow"), MAY_BE_SUNG),
        (("acoustic", "sung by a woman"), SUNG),
        (("sung by a man",), SUNG),
        (("ambient", "instrumental"), 1.0),
        (("sungai",), MAY_BE_SUNG),
    ],
)
def test_what_a_track_is_worth_where_no_voice_is_wanted(
    words: tuple[str, ...], worth: float
) -> None:
    assert voice_worth(words) == worth


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_played_track_recovers(since: timedelta) -> None:
    assert STALEST <= freshness(since) <= freshness(since + timedelta(days=1)) <= 1


def test_how_fresh_a_track_is() -> None:
    assert freshness(None) == 1
    assert freshness(timedelta(0)) == STALEST
    assert freshness(RECOVERY) == (1 + STALEST) / 2
    assert freshness(timedelta(days=-1)) == STALEST  # the clock was set back
