from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.affect import (
    Abstention,
    Affect,
    Emotion,
    FaceMood,
    FaceReading,
    LookDescription,
    RestingFace,
)
from companion.errors import NotResting
from companion.face.baseline import LEAST_LOOKS, NEVER_AT_REST, WORTH, take_example, take_resting
from tests.face.people import identity_of, look_at, make_population

POPULATION = make_population()
DAY = 739_000


def reading(look: LookDescription | None = None, **shares: float) -> FaceReading:
    """A reading with these shares, the rest evenly among the others."""
    rest = (1 - sum(shares.values())) / (len(Emotion) - len(shares))
    probabilities = {emotion: shares.get(emotion.value, rest) for emotion in Emotion}
    mood = FaceMood(probabilities, Affect(0, 0), max(probabilities.values()), 16)
    return FaceReading(mood, look=look or look_at())


def blind(reason: Abstention) -> FaceReading:
    return FaceReading(None, reason, "why")


CALM = [reading(neutral=0.8)] * 10


def test_a_neutral_face() -> None:
    taken = take_resting([reading(look_at(offset=k), neutral=0.8) for k in (0, 1)] * 5, DAY)
    assert taken.features == pytest.approx(look_at(offset=0.5).features)
    assert taken.identity == pytest.approx(identity_of(0))
    assert (taken.seen, taken.looks, taken.calibrated) == (10, WORTH, True)


@pytest.mark.parametrize(
    "face",
    [
        {"sadness": 0.7},
        {"anger": 0.9},
        {"contempt": 0.6},
        {"neutral": 0.45, "sadness": 0.45},
        {"happiness": 0.5, "neutral": 0.4},
    ],
)
def test_faces_that_may_be_at_rest(face: dict[str, float]) -> None:
    assert take_resting([reading(None, **face)] * 8, DAY).seen == 8


@pytest.mark.parametrize("emotion", NEVER_AT_REST)
def test_faces_that_do_something(emotion: Emotion) -> None:
    with pytest.raises(NotResting, match=f"{NEVER_AT_REST[emotion]}: {emotion} with 90%"):
        take_resting([reading(None, **{emotion.value: 0.9})] * 10, DAY)


def test_one_smile_in_ten_seconds_is_no_smile() -> None:
    assert take_resting([*CALM, reading(happiness=0.99)], DAY).seen == 11


def test_a_face_that_moves() -> None:
    moving = [reading(neutral=0.95), reading(sadness=0.95), reading(anger=0.95)] * 4
    with pytest.raises(NotResting, match="is not at rest"):
        take_resting(moving, DAY)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Abstention.NO_FACE, "No face is visible in 10 of 12 looks"),
        (Abstention.SEVERAL_FACES, "More than one face is visible in 10 of 12 looks"),
        (Abstention.TOO_DARK, "It is too dark in 10 of 12 looks"),
    ],
)
def test_no_face_to_take(reason: Abstention, sentence: str) -> None:
    with pytest.raises(NotResting, match=sentence):
        take_resting([*CALM[:2], *[blind(reason)] * 10], DAY)


def test_the_usual_reason_is_told() -> None:
    looks = [blind(Abstention.NO_FACE), *[blind(Abstention.TOO_DARK)] * 2]
    with pytest.raises(NotResting, match="too dark"):
        take_resting(looks, DAY)


@pytest.mark.parametrize("looks", range(LEAST_LOOKS))
def test_too_few_looks(looks: int) -> None:
    with pytest.raises(NotResting, match=f"too short: {looks} looks"):
        take_resting(CALM[:looks], DAY)


def test_unsure_looks_count_too() -> None:
    unsure = FaceReading(
        reading(neutral=0.4).mood, Abstention.LOW_CONFIDENCE, "why", look=look_at()
    )
    assert take_resting([unsure] * 8, DAY).seen == 8


@settings(deadline=None)
@given(st.lists(st.sampled_from([*Abstention, None]), max_size=20))
def test_it_is_taken_where_two_thirds_show_a_face(looks: list[Abstention | None]) -> None:
    readings = [blind(reason) if reason else CALM[0] for reason in looks]
    seen = looks.count(None)
    if seen >= LEAST_LOOKS and 3 * seen >= 2 * len(looks):
        assert take_resting(readings, DAY).seen == seen
    else:
        with pytest.raises(NotResting) as refused:
            take_resting(readings, DAY)
        assert str(refused.value).endswith(".")


def own_face() -> RestingFace:
    return take_resting(CALM, DAY)


@pytest.mark.parametrize("emotion", [one for one in Emotion if one != Emotion.NEUTRAL])
def test_an_example_is_of_the_looks_that_show_it_most(emotion: Emotion) -> None:
    shown = [reading(look_at(emotion))] * 4
    taken = take_example([*CALM[:8], *shown], emotion, own_face(), POPULATION)
    assert (taken.emotion, taken.looks) == (emotion, 1)
    assert taken.features == pytest.approx(look_at(emotion).features)


def test_an_example_that_shows_nothing() -> None:
    with pytest.raises(NotResting, match="no sadness: it reads as your resting face"):
        take_example(CALM, Emotion.SADNESS, own_face(), POPULATION)


def test_an_example_without_a_face() -> None:
    with pytest.raises(NotResting, match="too dark"):
        take_example([blind(Abstention.TOO_DARK)] * 9, Emotion.ANGER, own_face(), POPULATION)


def test_what_is_taken_is_of_plain_numbers() -> None:
    taken = own_face()
    assert all(type(number) is float for number in (*taken.features, *taken.identity))
    assert np.isfinite(taken.features).all()
