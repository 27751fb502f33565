"""Estimates of the mood: fused by how sure each is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import EMOTION_AFFECT, Affect, Emotion, FaceMood, expected_affect
from companion.choose.fusion.estimate import (
    NARROWEST_SPREAD,
    Estimate,
    Source,
    face_estimate,
    fuse,
    reading_spread,
    shares,
)

FACE, LISTENING = Source.FACE, Source.LISTENING
places = st.builds(Affect, st.floats(-1, 1), st.floats(-1, 1))
estimates = st.builds(Estimate, places, st.floats(0.05, 3))
trusts = st.fixed_dictionaries({FACE: st.floats(0.3, 3), LISTENING: st.floats(0.3, 3)})


def reading(sure: float, emotion: Emotion) -> FaceMood:
    rest = (1 - sure) / (len(Emotion) - 1)
    probabilities = {one: sure if one is emotion else rest for one in Emotion}
    return FaceMood(probabilities, expected_affect(probabilities, EMOTION_AFFECT), sure, 16)


@pytest.mark.parametrize("spread", [0.0, -0.1, math.nan])
def test_a_spread_is_above_zero(spread: float) -> None:
    with pytest.raises(ValueError, match="spread"):
        Estimate(Affect(0, 0), spread)


def test_nothing_is_fused_of_nothing() -> None:
    assert fuse({}, {}) is None


def test_one_source_is_taken_as_it_is() -> None:
    alone = Estimate(Affect(0.3, -0.2), 0.4)
    fused = fuse({FACE: alone}, {})
    assert fused
    assert fused.affect.distance(alone.affect) < 1e-9
    assert fused.spread == pytest.approx(0.4)


def test_the_surer_source_counts_more() -> None:
    fused = fuse({FACE: Estimate(Affect(1, 0), 0.2), LISTENING: Estimate(Affect(0, 0), 0.4)}, {})
    assert fused
    assert fused.affect.valence == pytest.approx(0.8)  # precisions of 25 and 6.25


def test_a_trusted_source_counts_more() -> None:
    told = {FACE: Estimate(Affect(1, 0), 0.4), LISTENING: Estimate(Affect(0, 0), 0.4)}
    assert shares(told, {FACE: 3.0})[FACE] == pytest.approx(0.75)


@given(estimates, estimates, trusts)
def test_the_fused_place_lies_between_the_sources_and_is_surer(
    face: Estimate, listening: Estimate, trust: dict[Source, float]
) -> None:
    told = {FACE: face, LISTENING: listening}
    fused = fuse(told, trust)
    assert fused
    apart = face.affect.distance(listening.affect)
    between = fused.affect.distance(face.affect) + fused.affect.distance(listening.affect)
    assert between == pytest.approx(apart, abs=1e-6)
    trusted = min(one.spread / trust[source] ** 0.5 for source, one in told.items())
    assert fused.spread <= max(trusted, NARROWEST_SPREAD) + 1e-9
    assert sum(shares(told, trust).values()) == pytest.approx(1)


def test_a_sure_expression_is_narrower_than_a_neutral_face_or_a_doubtful_one() -> None:
    sure = reading_spread(reading(0.95, Emotion.SADNESS))
    assert sure < reading_spread(reading(0.4, Emotion.SADNESS))
    assert sure < reading_spread(reading(0.95, Emotion.NEUTRAL)) / 2


def test_readings_that_fade_make_a_wider_estimate() -> None:
    sad = reading(0.9, Emotion.SADNESS)
    fresh = face_estimate(sad.affect, [(0.9, sad)])
    faded = face_estimate(sad.affect, [(0.1, sad)])
    assert fresh
    assert faded
    assert faded.spread == pytest.approx(3 * fresh.spread)


def test_many_looks_are_no_surer_than_one_whole_one() -> None:
    sad = reading(0.9, Emotion.SADNESS)
    many = face_estimate(sad.affect, [(0.9, sad)] * 10)
    assert many
    assert many.spread == pytest.approx(reading_spread(sad))


def test_readings_without_weight_say_nothing() -> None:
    assert face_estimate(Affect(0, 0), []) is None
    assert face_estimate(Affect(0, 0), [(0.0, reading(0.9, Emotion.FEAR))]) is None
