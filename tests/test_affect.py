from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import (
    EMOTION_AFFECT,
    QUADRANT_AFFECT,
    Abstention,
    Affect,
    Emotion,
    FaceMood,
    FaceReading,
    PitchRange,
    Quadrant,
    TrackMood,
    expected_affect,
)

coordinates = st.floats(-1, 1)
points = st.builds(Affect, coordinates, coordinates)


def shares(count: int) -> st.SearchStrategy[list[float]]:
    """So many probabilities that sum to 1."""
    weights = st.lists(st.floats(0, 1), min_size=count, max_size=count)
    return weights.filter(lambda w: sum(w) > 1e-3).map(lambda w: [part / sum(w) for part in w])


@pytest.mark.parametrize(
    ("valence", "arousal", "quadrant"),
    [
        pytest.param(0.5, 0.5, Quadrant.Q1, id="inside Q1"),
        pytest.param(-0.5, 0.5, Quadrant.Q2, id="inside Q2"),
        pytest.param(-0.5, -0.5, Quadrant.Q3, id="inside Q3"),
        pytest.param(0.5, -0.5, Quadrant.Q4, id="inside Q4"),
        pytest.param(1, 1, Quadrant.Q1, id="the corner of Q1"),
        pytest.param(-1, 1, Quadrant.Q2, id="the corner of Q2"),
        pytest.param(-1, -1, Quadrant.Q3, id="the corner of Q3"),
        pytest.param(1, -1, Quadrant.Q4, id="the corner of Q4"),
        pytest.param(0, 0, Quadrant.Q1, id="the origin"),
        pytest.param(-0.0, -0.0, Quadrant.Q1, id="the origin with signs"),
        pytest.param(0.3, 0, Quadrant.Q1, id="the right half of the valence axis"),
        pytest.param(-0.3, 0, Quadrant.Q2, id="the left half of the valence axis"),
        pytest.param(0, -0.3, Quadrant.Q4, id="the lower half of the arousal axis"),
        pytest.param(-5e-324, -5e-324, Quadrant.Q3, id="the smallest step below zero"),
    ],
)
def test_a_point_lies_in_one_quadrant(valence: float, arousal: float, quadrant: Quadrant) -> None:
    assert Affect(valence, arousal).quadrant is quadrant


@pytest.mark.parametrize("bad", [1.0001, -1.0001, 1e300, math.inf, -math.inf, math.nan])
def test_a_point_off_the_plane_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match=r"outside \[-1, 1\]"):
        Affect(bad, 0)
    with pytest.raises(ValueError, match=r"outside \[-1, 1\]"):
        Affect(0, bad)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_clipping_gives_the_nearest_point(valence: float, arousal: float) -> None:
    point = Affect.clipped(valence, arousal)
    for got, asked in ((point.valence, valence), (point.arousal, arousal)):
        assert got == asked if abs(asked) <= 1 else got == math.copysign(1, asked)


@pytest.mark.parametrize("place", [(math.nan, 0.0), (0.0, math.nan), (math.nan, math.nan)])
def test_clipping_makes_no_place_of_what_is_no_number(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="nan"):
        Affect.clipped(*place)


@given(points, points, points)
def test_distance_is_a_metric(a: Affect, b: Affect, c: Affect) -> None:
    assert a.distance(a) == 0
    assert a.distance(b) == b.distance(a)
    assert 0 <= a.distance(b) <= 2 * math.sqrt(2) + 1e-12
    assert a.distance(c) <= a.distance(b) + b.distance(c) + 1e-12


def test_opposite_corners_are_farthest_apart() -> None:
    assert Affect(-1, -1).distance(Affect(1, 1)) == pytest.approx(2 * math.sqrt(2))


@given(shares(8))
def test_the_expected_affect_stays_among_the_emotions(probabilities: list[float]) -> None:
    place = expected_affect(dict(zip(Emotion, probabilities, strict=True)), EMOTION_AFFECT)
    valences = [at.valence for at in EMOTION_AFFECT.values()]
    arousals = [at.arousal for at in EMOTION_AFFECT.values()]
    assert min(valences) - 1e-9 <= place.valence <= max(valences) + 1e-9
    assert min(arousals) - 1e-9 <= place.arousal <= max(arousals) + 1e-9


@given(shares(4))
def test_the_expected_affect_mirrors_with_the_quadrants(shares_: list[float]) -> None:
    q1, q2, q3, q4 = shares_
    place = expected_affect(dict(zip(Quadrant, shares_, strict=True)), QUADRANT_AFFECT)
    other = expected_affect(dict(zip(Quadrant, (q2, q1, q4, q3), strict=True)), QUADRANT_AFFECT)
    assert other.valence == pytest.approx(-place.valence, abs=1e-12)
    assert other.arousal == pytest.approx(place.arousal, abs=1e-12)


@pytest.mark.parametrize("sure", Emotion)
def test_a_certain_emotion_gives_its_place(sure: Emotion) -> None:
    probabilities = {emotion: float(emotion is sure) for emotion in Emotion}
    assert expected_affect(probabilities, EMOTION_AFFECT) == EMOTION_AFFECT[sure]


@pytest.mark.parametrize("sure", Quadrant)
def test_a_certain_quadrant_gives_its_place_and_it_lies_there(sure: Quadrant) -> None:
    probabilities = {quadrant: float(quadrant is sure) for quadrant in Quadrant}
    place = expected_affect(probabilities, QUADRANT_AFFECT)
    assert place == QUADRANT_AFFECT[sure]
    assert place.quadrant is sure


def test_an_even_spread_over_the_quadrants_is_the_origin() -> None:
    place = expected_affect(dict.fromkeys(Quadrant, 0.25), QUADRANT_AFFECT)
    assert place.distance(Affect(0, 0)) == pytest.approx(0)


def test_rounding_does_not_push_the_expected_affect_off_the_plane() -> None:
    corner = dict.fromkeys(Quadrant, Affect(1, 1))
    assert expected_affect(dict.fromkeys(Quadrant, 0.25 + 1e-12), corner) == Affect(1, 1)


def test_probabilities_that_are_no_numbers_have_no_place() -> None:
    with pytest.raises(ValueError, match="nan"):
        expected_affect(dict.fromkeys(Emotion, math.nan), EMOTION_AFFECT)


def test_every_emotion_has_a_place_and_every_quadrant_words() -> None:
    assert set(EMOTION_AFFECT) == set(Emotion)
    assert set(QUADRANT_AFFECT) == set(Quadrant)
    assert len({quadrant.words for quadrant in Quadrant}) == 4


def test_the_networks_outputs_keep_their_order() -> None:
    assert [emotion.value for emotion in Emotion] == [
        *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
    ]
    assert [quadrant.value for quadrant in Quadrant] == ["Q1", "Q2", "Q3", "Q4"]


def face_mood(sure: Emotion = Emotion.HAPPINESS) -> FaceMood:
    rest = dict.fromkeys(Emotion, 0.05)
    return FaceMood(rest | {sure: 0.65}, EMOTION_AFFECT[sure], 0.7, 12)


@pytest.mark.parametrize("sure", Emotion)
def test_the_emotion_is_the_most_probable(sure: Emotion) -> None:
    assert face_mood(sure).emotion is sure


@pytest.mark.parametrize("sure", Quadrant)
def test_the_quadrant_is_the_most_probable_not_the_places(sure: Quadrant) -> None:
    probabilities = dict.fromkeys(Quadrant, 0.2) | {sure: 0.4}
    mood = TrackMood(probabilities, Affect(0, 0), 0.4, 120, PitchRange(80, 400, 0.5), "m/1")
    assert mood.quadrant is sure


def test_a_reading_without_mood_and_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a mood or the reason"):
        FaceReading(None)
    with pytest.raises(ValueError, match="needs a mood or the reason"):
        FaceReading(None, None, "nothing came")


@pytest.mark.parametrize("abstention", Abstention)
def test_a_reading_may_have_a_reason_alone(abstention: Abstention) -> None:
    assert FaceReading(None, abstention, "2 faces").mood is None


def test_a_mood_may_stand_alone_or_beside_a_reason() -> None:
    assert FaceReading(face_mood()).abstention is None
    unsure = FaceReading(face_mood(), Abstention.LOW_CONFIDENCE, "0.31, needed 0.40")
    assert unsure.mood is not None


@pytest.mark.parametrize(
    ("valence", "arousal", "words"),
    [
        (0.0, 0.0, "neutral"),
        (0.09, -0.09, "neutral"),
        (-0.4, -0.2, "unpleasant, low arousal"),
        (-0.4, 0.05, "unpleasant"),
        (0.4, 0.2, "pleasant, high arousal"),
        (0.0, 0.5, "high arousal"),
    ],
)
def test_the_side_in_words(valence: float, arousal: float, words: str) -> None:
    assert Affect(valence, arousal).side == words


def mood_of(**parts: float) -> FaceMood:
    left = (1 - sum(parts.values())) / (len(Emotion) - len(parts))
    found = {emotion: parts.get(emotion, left) for emotion in Emotion}
    return FaceMood(found, expected_affect(found, EMOTION_AFFECT), max(found.values()), 1)


def test_emotions_that_lie_close_spread_little() -> None:
    assert mood_of(sadness=1.0).spread == pytest.approx(0)
    assert mood_of(anger=0.5, fear=0.5).spread < 0.1
    assert mood_of(sadness=0.5, happiness=0.5).spread == pytest.approx(
        EMOTION_AFFECT[Emotion.SADNESS].distance(EMOTION_AFFECT[Emotion.HAPPINESS]) / 2
    )


@given(shares(len(Emotion)))
def test_the_spread_is_bounded(parts: list[float]) -> None:
    found = dict(zip(Emotion, parts, strict=True))
    mood = FaceMood(found, expected_affect(found, EMOTION_AFFECT), max(parts), 1)
    assert 0 <= mood.spread <= 2
