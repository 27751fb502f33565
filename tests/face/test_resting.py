from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import LEAST_LOOKS, Emotion, RestingFace
from companion.face.adaptation import coordinates
from companion.face.resting import (
    LEAST,
    MANY_STRANGERS,
    MEMORY,
    MOST_A_DAY,
    learn_resting,
    rest_share,
)
from tests.face.people import SAD_LOOKING, identity_of, look_at, make_population

POPULATION = make_population()
A_DAY = 3


def live(
    resting: RestingFace | None,
    days: range,
    emotion: Emotion = Emotion.NEUTRAL,
    offset: np.ndarray | float = 0.0,
    person: int = 0,
) -> RestingFace:
    """So many days with the same look three times each."""
    look = look_at(emotion, offset, person)
    for day in days:
        for _ in range(A_DAY):
            resting = learn_resting(resting, look, day, POPULATION)
    assert resting
    return resting


def distance(one: RestingFace, other: RestingFace) -> float:
    return float(np.linalg.norm(coordinates(one.features) - coordinates(other.features)))


def own_face() -> RestingFace:
    return live(None, range(14), offset=0.8)


def test_it_finds_the_resting_face_within_days() -> None:
    resting = live(None, range(3), offset=SAD_LOOKING)
    assert resting.looks >= LEAST_LOOKS
    apart = coordinates(resting.features) - coordinates(look_at(offset=SAD_LOOKING).features)
    assert np.abs(apart).max() < 0.1
    assert resting.seen == 3 * A_DAY


@pytest.mark.parametrize("emotion", [one for one in Emotion if one != Emotion.NEUTRAL])
def test_a_look_that_shows_something_hardly_counts(emotion: Emotion) -> None:
    before = own_face()
    after = learn_resting(before, look_at(emotion, 0.8), 20, POPULATION)
    assert distance(before, after) < 0.01
    assert after.day_looks < 0.1


def test_a_sad_week_does_not_become_the_resting_face() -> None:
    before = own_face()
    after = live(before, range(14, 21), Emotion.SADNESS, 0.8)
    sad = look_at(Emotion.SADNESS, 0.8)
    whole = np.linalg.norm(coordinates(sad.features) - coordinates(before.features))
    assert distance(before, after) < 0.1 * whole


def test_a_lasting_change_of_the_resting_face_is_learned() -> None:
    before = own_face()
    beard = np.full(13, 0.8)
    beard[8:] += 1.0
    after = live(before, range(14, 60), offset=beard)
    left = np.linalg.norm(coordinates(after.features) - coordinates(look_at(offset=beard).features))
    assert left < 0.2 * np.linalg.norm(beard - 0.8)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(list(Emotion)), min_size=1, max_size=30), st.floats(-2, 2))
def test_a_day_counts_so_many_looks_at_most(moods: list[Emotion], offset: float) -> None:
    resting = before = own_face()
    for mood in moods:
        resting = learn_resting(resting, look_at(mood, offset), 50, POPULATION)
    assert resting.day_looks <= MOST_A_DAY + 1e-9
    assert resting.looks <= min(before.looks + MOST_A_DAY, MEMORY) + 1e-9
    assert np.isfinite(resting.features).all()
    assert np.linalg.norm(resting.identity) == pytest.approx(1)


def test_a_new_day_counts_anew() -> None:
    full = replace(own_face(), day=50, day_looks=MOST_A_DAY)
    assert learn_resting(full, look_at(offset=0.8), 50, POPULATION).looks == full.looks
    assert learn_resting(full, look_at(offset=0.8), 51, POPULATION).looks > full.looks


def test_somebody_else_is_not_mixed_in() -> None:
    before = own_face()
    after = learn_resting(before, look_at(offset=-1.0, person=1), 20, POPULATION)
    assert after == replace(before, strangers=1)
    again = learn_resting(after, look_at(offset=0.8), 20, POPULATION)
    assert again.strangers == 0


def test_who_stays_is_learned_anew() -> None:
    resting = own_face()
    for _ in range(MANY_STRANGERS):
        resting = learn_resting(resting, look_at(offset=-1.0, person=1), 20, POPULATION)
    assert resting.identity == identity_of(0)
    resting = learn_resting(resting, look_at(offset=-1.0, person=1), 20, POPULATION)
    assert (resting.identity, resting.seen) == (identity_of(1), 1)


def test_a_first_look_with_a_smile_is_soon_overruled() -> None:
    smiled = learn_resting(None, look_at(Emotion.HAPPINESS), 0, POPULATION)
    assert smiled.looks < 0.5
    resting = live(smiled, range(1, 4))
    apart = coordinates(resting.features) - coordinates(look_at().features)
    assert np.abs(apart).max() < 0.2


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(list(Emotion)), st.floats(-50, 50))
def test_shares_of_rest_are_shares(mood: Emotion, offset: float) -> None:
    assert LEAST <= rest_share(None, look_at(mood, offset), POPULATION) <= 1
