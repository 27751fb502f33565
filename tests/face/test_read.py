from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from companion.affect import Abstention, Emotion, FaceProfile, RestingFace
from companion.face.camera import capture
from companion.face.detect import Face
from companion.face.model import FaceModel, load_face_model
from companion.face.read import FaceReader, abstain, read_faces
from tests.face.fakes import grey, write_video
from tests.face.portrait import beside, head, moved, webcam

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader() -> Iterator[FaceReader]:
    with FaceReader() as one:
        yield one


def face(width: float = 100) -> Face:
    return Face(width, (40, 50), (80, 50), 0.9)


BRIGHT, DIM = grey(120), grey(12)
ONE, TWO, CHILD = [face()], [face(), face(80)], [face(), face(50)]
NONE: list[Face] = []


@pytest.mark.parametrize(
    ("frames", "found", "reason"),
    [
        ([BRIGHT] * 4, [ONE] * 4, None),
        ([BRIGHT], [ONE], None),
        ([BRIGHT], [NONE], Abstention.NO_FACE),
        ([BRIGHT] * 4, [NONE] * 4, Abstention.NO_FACE),
        ([BRIGHT] * 6, [ONE] * 2 + [NONE] * 4, None),
        ([BRIGHT] * 6, [ONE] + [NONE] * 5, Abstention.NO_FACE),
        ([BRIGHT] * 4, [TWO] * 4, Abstention.SEVERAL_FACES),
        ([BRIGHT] * 4, [TWO] * 3 + [ONE], Abstention.SEVERAL_FACES),
        ([BRIGHT] * 4, [TWO] * 2 + [ONE] * 2, None),
        ([BRIGHT] * 4, [CHILD] * 4, None),
        ([DIM] * 4, [ONE] * 4, Abstention.TOO_DARK),
        ([DIM] * 4, [NONE] * 4, Abstention.TOO_DARK),
        ([DIM] + [BRIGHT] * 3, [NONE] + [ONE] * 3, None),
    ],
)
def test_when_to_abstain(
    frames: list[np.ndarray], found: list[list[Face]], reason: Abstention | None
) -> None:
    reading = abstain(frames, found)
    assert (reading and reading.abstention) == reason
    if reading:
        assert reading.mood is None
        assert reading.detail


def test_a_smile_is_happiness(reader: FaceReader) -> None:
    reading = reader.read(webcam())
    assert reading.abstention is None
    assert reading.mood is not None
    assert reading.mood.emotion is Emotion.HAPPINESS
    assert reading.mood.frames == 16
    assert reading.mood.affect.valence > 0.5
    assert sum(reading.mood.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert reading.mood.confidence == max(reading.mood.probabilities.values())


@pytest.mark.parametrize("count", [1, 2, 64, 200])
def test_any_number_of_frames(reader: FaceReader, count: int) -> None:
    mood = reader.read([webcam()[k % 16] for k in range(count)]).mood
    assert mood is not None
    assert mood.frames == min(count, 64)


def test_no_frames(reader: FaceReader) -> None:
    with pytest.raises(ValueError, match="needs a frame"):
        reader.read([])


def test_nobody_there(reader: FaceReader) -> None:
    assert reader.read([grey(128, (240, 320))] * 16).abstention is Abstention.NO_FACE


def test_two_people(reader: FaceReader) -> None:
    reading = reader.read([beside(head(), head())] * 8)
    assert reading.abstention is Abstention.SEVERAL_FACES
    assert reading.detail == "several faces in 8 of 8 frames"


def test_dark(reader: FaceReader) -> None:
    reading = reader.read([moved(head(), light=0.1)] * 8)
    assert reading.abstention is Abstention.TOO_DARK


def test_unsure() -> None:
    model = replace(load_face_model(), threshold=1.0, least_confidence=1.0, spread=0.0)
    noise = np.random.default_rng(0).integers(0, 255, (100, 120, 3), dtype=np.uint8)
    reading = read_faces(model, [noise], [[face()]])
    assert reading.abstention is Abstention.LOW_CONFIDENCE
    assert reading.mood is not None
    assert reading.mood.emotion in reading.detail
    assert "100% are needed" in reading.detail


def prefers(emotion: Emotion) -> FaceModel:
    """A model that is never sure, and whose prior is all but that emotion."""
    prior = tuple(4.0 if one is emotion else 0.0 for one in Emotion)
    model = load_face_model()
    return replace(model, threshold=1.0, least_confidence=1.0, spread=2.0, prior=prior)


def test_from_the_least_confidence_on_the_emotion_counts_with_doubt() -> None:
    model = replace(load_face_model(), threshold=1.0, spread=0.0, least_confidence=0.0)
    grey_face = np.full((100, 120, 3), 128, np.uint8)
    reading = read_faces(model, [grey_face], [[face()]])
    assert reading.abstention is None
    assert reading.mood is not None
    assert reading.detail == f"perhaps {reading.mood.emotion}"


@pytest.mark.parametrize(
    ("emotion", "detail"),
    [
        (Emotion.SADNESS, "unpleasant, low arousal, perhaps sadness"),
        (Emotion.HAPPINESS, "pleasant, high arousal, perhaps happiness"),
    ],
)
def test_a_clear_place_is_gone_by_where_the_emotion_is_unsure(
    emotion: Emotion, detail: str
) -> None:
    grey_face = np.full((100, 120, 3), 128, np.uint8)
    reading = read_faces(prefers(emotion), [grey_face], [[face()]])
    assert reading.abstention is None
    assert reading.mood is not None
    assert reading.detail == detail


def test_frames_without_a_face_are_skipped(reader: FaceReader) -> None:
    blank = grey(128, head().shape[:2])
    seen = reader.read([head()] * 3)
    gaps = reader.read([head(), blank, head(), blank, head(), blank])
    assert seen.mood is not None
    assert gaps.mood is not None
    assert gaps.mood.frames == 3
    assert gaps.mood.affect.distance(seen.mood.affect) < 0.01


def test_a_video_file_is_read(reader: FaceReader, tmp_path: Path) -> None:
    file = write_video(tmp_path / "smile.avi", [webcam()[k // 4 % 16] for k in range(80)])
    mood = reader.read(list(capture(file, 2))).mood
    assert mood is not None
    assert mood.emotion is Emotion.HAPPINESS


def test_the_label_is_the_weights(reader: FaceReader) -> None:
    assert reader.label == load_face_model().label


def smiling_profile(reader: FaceReader, model: str | None = None) -> FaceProfile:
    """That of somebody whose resting face is the smile of the portrait."""
    look = reader.read(webcam()).look
    assert look
    label = model or look.model
    resting = RestingFace(label, look.features, look.identity, 60, 60, 1, 0)
    return FaceProfile(label, resting)


def test_a_reading_is_adapted_to_the_users_face(reader: FaceReader) -> None:
    plain = reader.read(webcam()).mood
    with FaceReader(profile=smiling_profile(reader)) as adapted:
        assert adapted.is_adapted
        mood = adapted.read(webcam()).mood
        adapted.know(None)
        assert not adapted.is_adapted
        assert adapted.read(webcam()).mood == plain
    assert plain is not None
    assert mood is not None
    assert sum(mood.probabilities.values()) == pytest.approx(1)
    assert mood.probabilities[Emotion.HAPPINESS] < plain.probabilities[Emotion.HAPPINESS]
    assert mood.affect.valence < plain.affect.valence


def test_a_profile_of_other_weights_is_left_out(reader: FaceReader) -> None:
    with FaceReader(profile=smiling_profile(reader, "face_adaptation/0")) as other:
        assert not other.is_adapted
        assert other.read(webcam()).mood == reader.read(webcam()).mood


def test_what_was_seen_does_not_depend_on_the_profile(reader: FaceReader) -> None:
    with FaceReader(profile=smiling_profile(reader)) as adapted:
        assert adapted.read(webcam()).look == reader.read(webcam()).look


def test_a_look_tells_of_the_resting_face(reader: FaceReader) -> None:
    profile = smiling_profile(reader)
    with FaceReader(profile=profile) as known:
        resting = known.read(webcam(), date(2030, 1, 1)).resting
    first = reader.read(webcam(), date(2030, 1, 1)).resting
    assert resting
    assert first
    assert profile.resting
    assert resting.seen == profile.resting.seen + 1
    assert (first.seen, first.day) == (1, date(2030, 1, 1).toordinal())


def test_a_look_without_a_face_tells_nothing(reader: FaceReader) -> None:
    reading = reader.read([grey(128)] * 4)
    assert (reading.look, reading.resting) == (None, None)


def test_a_look_is_read_again(reader: FaceReader) -> None:
    reading = reader.read(webcam())
    assert reading.look
    assert reading.mood
    again = reader.reread(reading.look)
    assert again.probabilities == pytest.approx(reading.mood.probabilities, abs=1e-5)


@pytest.mark.data
class TestRealClips:
    @pytest.mark.parametrize("seconds", [2.0, None])
    def test_a_smile_in_a_video(
        self, reader: FaceReader, clips: Path, seconds: float | None
    ) -> None:
        reading = reader.read(list(capture(clips / "single_face.mp4", seconds)))
        assert reading.abstention is None
        assert reading.mood is not None
        assert reading.mood.emotion is Emotion.HAPPINESS

    def test_before_the_smile(self, reader: FaceReader, clips: Path) -> None:
        mood = reader.read(list(capture(clips / "single_face.mp4", 0.5))).mood
        assert mood is not None
        assert mood.emotion is Emotion.NEUTRAL

    @pytest.mark.parametrize(
        ("clip", "reason"),
        [
            ("no_face.mp4", Abstention.NO_FACE),
            ("two_faces.mp4", Abstention.SEVERAL_FACES),
            ("book.mkv", None),
            ("hungry.mkv", None),
        ],
    )
    def test_clip(
        self, reader: FaceReader, clips: Path, clip: str, reason: Abstention | None
    ) -> None:
        reading = reader.read(list(capture(clips / clip, 2)))
        if reason:
            assert reading.abstention is reason
        else:  # one face, of whose mood the model may be unsure
            assert reading.mood is not None
            assert reading.abstention in (None, Abstention.LOW_CONFIDENCE)
