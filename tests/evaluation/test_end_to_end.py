from __future__ import annotations

import pytest
from evaluation.end_to_end import Look, measure_end_to_end

from companion.affect import EMOTION_AFFECT, Abstention, Emotion, FaceReading
from tests.agent.listener import read
from tests.evaluation.sets import make_library

LIBRARY = make_library(right=1.0)


def look(truth: Emotion, said: Emotion, abstention: Abstention | None = None) -> Look:
    return Look(FaceReading(read(said, EMOTION_AFFECT[said]), abstention), truth)


def test_right_faces_and_right_tags_give_right_picks() -> None:
    found = measure_end_to_end(LIBRARY, [look(emotion, emotion) for emotion in Emotion])
    # The targets of weak emotions lie near an axis: a surer track beyond it may be taken.
    assert found["choosers"]["companion"] > 0.9
    assert found["emotions_only"] >= 0.9
    assert found["abstained"] == 0
    assert found["choosers"]["random"] < 0.6


def test_a_wrong_face_gives_wrong_picks() -> None:
    looks = [look(Emotion.SADNESS, Emotion.HAPPINESS), look(Emotion.NEUTRAL, Emotion.NEUTRAL)]
    found = measure_end_to_end(LIBRARY, looks)
    assert found["choosers"]["companion"] == pytest.approx(0.5)
    assert found["emotions_only"] == 0


def test_what_was_abstained_from_is_counted_apart() -> None:
    looks = [
        look(Emotion.NEUTRAL, Emotion.NEUTRAL),
        look(Emotion.HAPPINESS, Emotion.HAPPINESS),
        look(Emotion.SADNESS, Emotion.ANGER, Abstention.LOW_CONFIDENCE),
        Look(FaceReading(None, Abstention.NO_FACE), Emotion.FEAR),
    ]
    found = measure_end_to_end(LIBRARY, looks)
    assert (found["looks"], found["abstained"]) == (4, 0.5)
    assert found["choosers"]["companion"] == 1
