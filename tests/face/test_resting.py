from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Abstention, Affect, Emotion, FaceMood, FaceReading
from companion.errors import NotResting
from companion.face.resting import LEAST_LOOKS, NEVER_AT_REST, take_baseline

MODEL = "face_mood/1"


def reading(**shares: float) -> FaceReading:
    """A reading with these shares, the rest evenly among the others."""
    rest = (1 - sum(shares.values())) / (len(Emotion) - len(shares))
    probabilities = {emotion: shares.get(emotion.value, rest) for emotion in Emotion}
    mood = FaceMood(probabilities, Affect(0, 0), max(probabilities.values()), 16)
    return FaceReading(mood)


def blind(reason: Abstention) -> FaceReading:
    return FaceReading(None, reason, "why")


CALM = [reading(neutral=0.8)] * 10


def test_a_neutral_face() -> None:
    taken = take_baseline(CALM, MODEL)
    assert (taken.model, taken.looks) == (MODEL, 10)
    assert taken.log_shares[0] == pytest.approx(math.log(0.8))
    assert taken.log_shares[1:] == pytest.approx([math.log(0.2 / 7)] * 7)


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
    assert take_baseline([reading(**face)] * 8, MODEL).looks == 8


@pytest.mark.parametrize("emotion", NEVER_AT_REST)
def test_faces_that_do_something(emotion: Emotion) -> None:
    with pytest.raises(NotResting, match=f"{NEVER_AT_REST[emotion]}: {emotion} with 90%"):
        take_baseline([reading(**{emotion.value: 0.9})] * 10, MODEL)


def test_one_smile_in_ten_seconds_is_no_smile() -> None:
    assert take_baseline([*CALM, reading(happiness=0.99)], MODEL).looks == 11


def test_a_face_that_moves() -> None:
    moving = [reading(neutral=0.95), reading(sadness=0.95), reading(anger=0.95)] * 4
    with pytest.raises(NotResting, match="does not rest"):
        take_baseline(moving, MODEL)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Abstention.NO_FACE, "No face is to be seen in 10 of 12 looks"),
        (Abstention.SEVERAL_FACES, "More than one face is to be seen in 10 of 12 looks"),
        (Abstention.TOO_DARK, "It is too dark in 10 of 12 looks"),
    ],
)
def test_no_face_to_take(reason: Abstention, sentence: str) -> None:
    with pytest.raises(NotResting, match=sentence):
        take_baseline([*CALM[:2], *[blind(reason)] * 10], MODEL)


def test_the_usual_reason_is_told() -> None:
    looks = [blind(Abstention.NO_FACE), *[blind(Abstention.TOO_DARK)] * 2]
    with pytest.raises(NotResting, match="too dark"):
        take_baseline(looks, MODEL)


@pytest.mark.parametrize("looks", range(LEAST_LOOKS))
def test_too_few_looks(looks: int) -> None:
    with pytest.raises(NotResting, match=f"too short: {looks} looks"):
        take_baseline(CALM[:looks], MODEL)


def test_a_face_that_is_gone_for_a_moment_is_taken() -> None:
    assert take_baseline([*CALM, *[blind(Abstention.NO_FACE)] * 3], MODEL).looks == 10


def test_unsure_looks_count_too() -> None:
    unsure = FaceReading(reading(neutral=0.4).mood, Abstention.LOW_CONFIDENCE, "why")
    assert take_baseline([unsure] * 8, MODEL).looks == 8


@given(st.lists(st.sampled_from([*Abstention, None]), max_size=20))
def test_it_is_taken_where_two_thirds_show_a_face(looks: list[Abstention | None]) -> None:
    readings = [blind(reason) if reason else CALM[0] for reason in looks]
    seen = looks.count(None)
    if seen >= LEAST_LOOKS and 3 * seen >= 2 * len(looks):
        assert take_baseline(readings, MODEL).looks == seen
    else:
        with pytest.raises(NotResting) as refused:
            take_baseline(readings, MODEL)
        assert str(refused.value).endswith(".")
