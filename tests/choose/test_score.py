from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.score import (
    DECAY,
    RECOVERY,
    STALEST,
    SURENESS,
    Candidate,
    closeness,
    fit,
    freshness,
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
    changed = Candidate(found.tagged, found.distance, found.closeness, found.fit, 2.0, 0.5)
    assert changed.score == found.fit * 2.0 * 0.5


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_played_track_recovers(since: timedelta) -> None:
    assert STALEST <= freshness(since) <= freshness(since + timedelta(days=1)) <= 1


def test_how_fresh_a_track_is() -> None:
    assert freshness(None) == 1
    assert freshness(timedelta(0)) == STALEST
    assert freshness(RECOVERY) == (1 + STALEST) / 2
    assert freshness(timedelta(days=-1)) == STALEST  # the clock was set back
