from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from companion import errors
from companion.affect import (
    Abstention,
    Emotion,
    FaceProfile,
    FaceReading,
    LookDescription,
    MoodExample,
    RestingFace,
)
from companion.agent.models.messages import Answer, Failure, Look, Question, Tag
from companion.errors import CameraMissing, ClipDamaged, CompanionError, ModelError, WorkerLost
from tests.agent.fake_work import BRIGHT, HAPPY

RESTING = RestingFace("face_adaptation/1", (0.1,) * 14, (0.25,) * 16, 10.0, 12, 739_000, 1.0)
PROFILE = FaceProfile("face_adaptation/1", RESTING, (MoodExample(Emotion.SADNESS, (0.1,) * 14),))
SEEN = replace(
    HAPPY,
    look=LookDescription("face_adaptation/1", (0.1,) * 14, (0.25,) * 16),
    resting=RESTING,
)


@pytest.mark.parametrize(
    "message",
    [
        Look(0, 2.0),
        Look(3, 0.5, PROFILE),
        Look(Path("/a film/with ü.mp4"), 2.0),
        Tag(Path("/music/Ære.flac")),
        Tag(b"\x00\xff\n" * 1000),
        HAPPY,
        SEEN,
        FaceReading(None, Abstention.NO_FACE, "a face in 0 of 16 frames"),
        FaceReading(HAPPY.mood, Abstention.LOW_CONFIDENCE, "neutral with 20 %"),
        BRIGHT,
        Failure("It failed.", "Traceback"),
    ],
    ids=str,
)
def test_a_message_arrives_as_it_was(message: Question | Answer | Failure) -> None:
    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301 - our own


@pytest.mark.parametrize("answer", [HAPPY, SEEN, BRIGHT])
def test_an_answer_is_short(answer: Answer) -> None:
    assert len(pickle.dumps(answer)) < 1500  # the smallest crop of a face has 4096 bytes


def test_a_clip_is_not_shown_in_a_log() -> None:
    assert repr(Tag(b"secret")) == "Tag()"


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
def test_an_error_arrives_as_it_was(error: CompanionError) -> None:
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(arrived) is type(error)
    assert (str(arrived), arrived.remedy) == (str(error), error.remedy)


def test_every_error_can_be_sent() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    for kind in kinds:
        if issubclass(kind, CompanionError) and kind is not errors.QuotaExceeded:
            assert type(pickle.loads(pickle.dumps(kind("It failed.")))) is kind  # noqa: S301
