from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import EMOTION_AFFECT, Affect, Correction, Emotion, FaceMood
from companion.choose.correction import (
    CAUTION,
    CONSISTENT,
    DOUBT,
    Lesson,
    adjust,
    correct,
    learn,
)
from tests.choose.makers import affects

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
CALM = Affect(0.6, -0.6)
MODEL = "face_mood/1"


def reading(emotion: Emotion, sure: float = 0.8) -> FaceMood:
    shares = dict.fromkeys(Emotion, (1 - sure) / 7) | {emotion: sure}
    return FaceMood(shares, EMOTION_AFFECT[emotion], sure, 30)


def wrong(*meant: Affect | None, said: Emotion = Emotion.ANGER) -> list[Correction]:
    return [
        Correction(
            NOON - timedelta(hours=len(meant) - n),
            MODEL,
            said,
            "calm" if place else "",
            place,
        )
        for n, place in enumerate(meant)
    ]


emotions = st.sampled_from(list(Emotion))


@pytest.mark.parametrize(
    "corrections",
    [
        pytest.param([], id="none"),
        pytest.param(wrong(*[CALM] * (CONSISTENT - 1)), id="too few"),
        pytest.param(wrong(CALM, CALM, CALM, Affect(-0.6, 0.6)), id="the newest disagrees"),
        pytest.param(wrong(CALM, CALM, None), id="the newest names nothing"),
        pytest.param(wrong(CALM, Affect(-0.6, -0.6), CALM), id="here and there"),
        pytest.param([*wrong(CALM, CALM), *wrong(CALM, said=Emotion.FEAR)], id="of two kinds"),
    ],
)
def test_nothing_is_learnt_from_few_or_inconsistent_ones(corrections: list[Correction]) -> None:
    assert learn(corrections) == {}
    assert adjust(reading(Emotion.ANGER), learn(corrections)) == reading(Emotion.ANGER)


def test_consistent_ones_move_the_readings_of_that_emotion() -> None:
    lessons = learn(wrong(CALM, CALM, CALM))
    moved = adjust(reading(Emotion.ANGER), lessons)
    share = 3 / (3 + CAUTION)
    assert moved.affect.valence == pytest.approx(-0.51 + share * (0.6 + 0.51))
    assert moved.confidence == 0.8
    assert adjust(reading(Emotion.FEAR), lessons) == reading(Emotion.FEAR)
    assert lessons[Emotion.ANGER].words == (
        "you called anger wrong 3 times and said calm, so it is moved there"
    )


def test_only_the_newest_that_agree_count() -> None:
    lessons = learn(wrong(Affect(-0.6, -0.6), CALM, Affect(0.5, -0.5), CALM))
    assert lessons[Emotion.ANGER].count == 3


def test_what_is_only_called_wrong_is_trusted_less() -> None:
    lessons = learn(wrong(None, None, None))
    doubted = adjust(reading(Emotion.ANGER), lessons)
    assert doubted.confidence == 0.8 * DOUBT
    assert doubted.affect == reading(Emotion.ANGER).affect
    assert "trusted less" in lessons[Emotion.ANGER].words


@given(emotions, affects, st.integers(CONSISTENT, 50))
def test_more_corrections_move_farther_but_never_past(
    said: Emotion, meant: Affect, count: int
) -> None:
    few, more = (
        adjust(reading(said), {said: Lesson(said, n, meant)}).affect for n in (count, count + 1)
    )
    start = EMOTION_AFFECT[said]
    assert more.distance(meant) <= few.distance(meant) + 1e-9
    assert few.distance(meant) <= start.distance(meant)
    assert few.distance(start) + few.distance(meant) == pytest.approx(start.distance(meant))


def test_one_correction_mends_its_own_reading_only() -> None:
    before, after = NOON - timedelta(hours=1), NOON
    readings = [(before, reading(Emotion.ANGER)), (after, reading(Emotion.ANGER))]
    corrected = correct(readings, [Correction(before, MODEL, Emotion.ANGER, "calm", CALM)])
    assert corrected[0][1].affect == CALM
    assert corrected[0][1].confidence == 1
    assert corrected[1] == readings[1]


def test_a_reading_that_is_only_called_wrong_is_left_out() -> None:
    assert correct([(NOON, reading(Emotion.ANGER))], [Correction(NOON, MODEL, Emotion.ANGER)]) == []


@given(st.lists(emotions, max_size=5))
def test_without_corrections_nothing_is_mended(said: list[Emotion]) -> None:
    readings = [(NOON, reading(emotion)) for emotion in said]
    assert correct(readings, []) == readings
