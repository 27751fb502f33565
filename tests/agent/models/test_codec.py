from __future__ import annotations

import json
from pathlib import Path

import pytest

from companion import errors
from companion.affect import Abstention, Baseline, FaceReading
from companion.agent.models.codec import (
    Answer,
    Look,
    Question,
    Tag,
    pack_answer,
    pack_question,
    unpack_answer,
    unpack_question,
)
from companion.errors import CameraMissing, ClipDamaged, CompanionError, ModelError, WorkerLost
from tests.agent.fake_work import BRIGHT, HAPPY

BASELINE = Baseline("face_mood/1", (-0.1, -2.0, -3.0, -3.0, -4.0, -5.0, -6.0, -7.0), 10)
MOOD = HAPPY.mood


@pytest.mark.parametrize(
    "question",
    [
        Look(0, 2.0),
        Look(3, 0.5, BASELINE),
        Look(Path("/a film/with ü.mp4"), 2.0),
        Tag(Path("/music/Ære.flac")),
        Tag(b"\x00\xff\n" * 1000),
    ],
    ids=str,
)
def test_a_question_arrives_as_it_was(question: Question) -> None:
    line = pack_question(question)
    assert line.count(b"\n") == 1
    assert unpack_question(line) == question


@pytest.mark.parametrize(
    "answer",
    [
        HAPPY,
        FaceReading(None, Abstention.NO_FACE, "a face in 0 of 16 frames"),
        FaceReading(MOOD, Abstention.LOW_CONFIDENCE, "neutral with 20 %"),
        BRIGHT,
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_an_answer_arrives_as_it_was(answer: Answer) -> None:
    line = pack_answer(answer)
    assert line.count(b"\n") == 1
    assert unpack_answer(line) == answer


@pytest.mark.parametrize("answer", [HAPPY, BRIGHT])
def test_an_answer_is_short_and_holds_numbers_only(answer: Answer) -> None:
    line = pack_answer(answer)
    assert len(line) < 1000  # the smallest crop of a face has four times as many bytes

    def values(node: object) -> list[object]:
        if isinstance(node, dict):
            return [value for child in node.values() for value in values(child)]
        return [node]

    for value in values(json.loads(line)):
        assert value is None or isinstance(value, (int, float)) or value in ("", "track_mood/1")


@pytest.mark.parametrize(
    "error",
    [
        CameraMissing("There is no camera 0."),
        ClipDamaged("It is silent.", "Nothing to do."),
        ModelError("The model is damaged."),
        WorkerLost("line one\nline two"),
    ],
    ids=str,
)
def test_an_error_is_raised_at_the_other_end(error: CompanionError) -> None:
    with pytest.raises(type(error)) as caught:
        unpack_answer(pack_answer(error))
    assert type(caught.value) is type(error)
    assert str(caught.value) == str(error)
    assert caught.value.remedy == error.remedy


def test_every_error_of_the_worker_has_a_name_that_can_be_found() -> None:
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, CompanionError):
            assert getattr(errors, kind.__name__) is kind, name
