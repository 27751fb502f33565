from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect, Emotion, FaceMood
from companion.choose.mood import FORGOTTEN_AFTER_HALF_LIVES, present_mood
from tests.choose.makers import affects, coordinates, face_mood

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
HALF_LIFE = timedelta(minutes=20)
OLDEST = FORGOTTEN_AFTER_HALF_LIVES * HALF_LIFE

Reading = tuple[datetime, FaceMood]


def reading(minutes_ago: float, valence: float, confidence: float = 0.8) -> Reading:
    return NOW - timedelta(minutes=minutes_ago), face_mood(valence, -valence / 2, confidence)


ages = st.floats(0, OLDEST.total_seconds()).map(lambda age: NOW - timedelta(seconds=age))
moods = st.builds(face_mood, coordinates, coordinates, st.floats(0.01, 1))
recent_readings = st.lists(st.tuples(ages, moods), min_size=1, max_size=12)


@pytest.mark.parametrize(
    "readings",
    [
        pytest.param([], id="none"),
        pytest.param([reading(-1, 0.5)], id="of the future"),
        pytest.param([reading(120.001, 0.5)], id="forgotten"),
        pytest.param([reading(60 * 24 * 365, 0.5), reading(-60, 1.0)], id="both"),
        pytest.param([reading(0, 0.5, confidence=0.0)], id="sure of nothing"),
    ],
)
def test_without_a_recent_reading_there_is_no_mood(readings: list[Reading]) -> None:
    assert present_mood(readings, NOW, HALF_LIFE) is None


@pytest.mark.parametrize(
    ("readings", "valence"),
    [
        pytest.param([reading(0, 0.01), reading(20, -0.02)], 0.0, id="one half-life: 2 to 1"),
        pytest.param([reading(0, 0.01), reading(40, -0.04)], 0.0, id="two half-lives: 4 to 1"),
        pytest.param([reading(30, 0.01), reading(50, -0.02)], 0.0, id="only the difference"),
        pytest.param([reading(5, 0.01, 0.9), reading(5, -0.03, 0.3)], 0.0, id="sure: 3 to 1"),
        pytest.param([reading(20, 0.01, 1.0), reading(0, -0.01, 0.5)], 0.0, id="both even out"),
        pytest.param([reading(0, 0.0), reading(120, 0.065)], 0.001, id="the oldest: 1 to 64"),
    ],
)
def test_a_reading_weighs_by_its_confidence_and_age(
    readings: list[Reading], valence: float
) -> None:
    mood = present_mood(readings, NOW, HALF_LIFE)
    assert mood is not None
    assert mood.affect.valence == pytest.approx(valence, abs=1e-4)  # so near, nothing is damped
    assert mood.affect.arousal == pytest.approx(-valence / 2, abs=1e-4)


def test_one_odd_look_among_like_ones_hardly_turns_the_mood() -> None:
    steady = [reading(minutes, 0.6) for minutes in (1, 2, 3, 4)]
    mood = present_mood([*steady, reading(0, -0.6)], NOW, HALF_LIFE)
    assert mood is not None
    assert mood.affect.valence > 0.55  # undamped it would be 0.35


def test_a_second_look_like_the_odd_one_begins_to_turn_it() -> None:
    steady = [reading(minutes, 0.6) for minutes in (30, 35, 40)]
    turned = present_mood([*steady, reading(0, -0.6), reading(1, -0.6)], NOW, HALF_LIFE)
    assert turned is not None
    assert turned.affect.valence < -0.5


@given(ages, moods, st.integers(1, 6))
def test_like_readings_are_not_damped(at: datetime, mood: FaceMood, count: int) -> None:
    found = present_mood([(at, mood)] * count, NOW, HALF_LIFE)
    assert found is not None
    assert found.affect.distance(mood.affect) < 1e-9


def test_it_names_the_emotion_that_the_readings_find_likeliest() -> None:
    shares = dict.fromkeys(Emotion, 0.05)
    sad = replace(face_mood(-0.6, -0.3), probabilities=shares | {Emotion.SADNESS: 0.65})
    happy = replace(face_mood(-0.6, -0.3), probabilities=shares | {Emotion.HAPPINESS: 0.65})
    mood = present_mood([(NOW, sad), (NOW - OLDEST / 3, happy)], NOW, HALF_LIFE)
    assert mood is not None
    assert mood.emotion is Emotion.SADNESS


def test_what_is_passed_over_changes_nothing() -> None:
    recent = [reading(3, 0.4), reading(50, -0.2)]
    passed_over = [reading(-0.001, -1.0), reading(120.001, -1.0)]
    mood = present_mood([*passed_over, *recent], NOW, HALF_LIFE)
    assert mood == present_mood(recent, NOW, HALF_LIFE)
    assert mood is not None
    assert mood.readings == 2


def test_it_says_when_the_newest_was_taken() -> None:
    mood = present_mood([reading(50, 0.1), reading(7, 0.1), reading(90, 0.1)], NOW, HALF_LIFE)
    assert mood is not None
    assert mood.at == NOW - timedelta(minutes=7)


def test_readings_may_come_from_an_iterator() -> None:
    mood = present_mood(iter([reading(1, 0.5), reading(2, 0.5)]), NOW, HALF_LIFE)
    assert mood is not None
    assert mood.readings == 2


@given(recent_readings)
def test_stays_within_the_hull_of_the_readings(readings: list[Reading]) -> None:
    mood = present_mood(readings, NOW, HALF_LIFE)
    assert mood is not None
    for axis in ("valence", "arousal"):
        seen = [getattr(mood.affect, axis) for _, mood in readings]
        assert min(seen) - 1e-9 <= getattr(mood.affect, axis) <= max(seen) + 1e-9
        assert -1 <= getattr(mood.affect, axis) <= 1


@given(ages, affects, st.floats(0.01, 1))
def test_one_reading_gives_itself(at: datetime, affect: Affect, confidence: float) -> None:
    one = (at, face_mood(affect.valence, affect.arousal, confidence))
    mood = present_mood([one], NOW, HALF_LIFE)
    assert mood is not None
    assert mood.affect.distance(affect) < 1e-9
    assert (mood.readings, mood.at) == (1, at)


@given(recent_readings, st.randoms(use_true_random=False))
def test_their_order_does_not_matter(readings: list[Reading], rng: Random) -> None:
    mood = present_mood(readings, NOW, HALF_LIFE)
    shuffled = present_mood(sorted(readings, key=lambda _: rng.random()), NOW, HALF_LIFE)
    assert mood is not None
    assert shuffled is not None
    assert mood.affect.distance(shuffled.affect) < 1e-9
