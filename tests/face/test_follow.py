from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from companion.affect import Abstention, Emotion
from companion.face.camera import Frame, Shot, shoot
from companion.face.follow import RATE, Moment, follow
from companion.face.read import FaceReader
from tests.face.fakes import grey
from tests.face.portrait import head, webcam

BLANK = grey(128, (240, 320))


@pytest.fixture(scope="module")
def reader() -> Iterator[FaceReader]:
    with FaceReader() as one:
        yield one


def shots(frames: list[Frame], begin: float = 100.0) -> list[Shot]:
    return [Shot(begin + number / 10, frame) for number, frame in enumerate(frames)]


def test_a_reading_for_each_frame_at_its_time(reader: FaceReader) -> None:
    moments = list(follow(reader, shots(webcam(5))))
    assert [round(one.time, 3) for one in moments] == [0, 0.1, 0.2, 0.3, 0.4]
    moods = [one.reading.mood for one in moments]
    assert [mood and mood.emotion for mood in moods] == [Emotion.HAPPINESS] * 5
    assert [mood and mood.frames for mood in moods] == [1, 2, 2, 2, 2]


def test_what_comes_and_goes_is_seen_when_it_does(reader: FaceReader) -> None:
    moments = follow(reader, shots([BLANK, head(), head(), BLANK, BLANK]))
    assert [one.reading.abstention for one in moments] == [
        Abstention.NO_FACE,
        None,
        None,
        None,  # one of its two frames has the face yet
        Abstention.NO_FACE,
    ]


@pytest.mark.parametrize(("count", "every", "readings"), [(9, 4, 2), (3, 4, 0), (8, 1, 8)])
def test_a_reading_is_due_after_some_frames(
    reader: FaceReader, count: int, every: int, readings: int
) -> None:
    assert len(list(follow(reader, shots([BLANK] * count), 4, every))) == readings


def test_a_window_is_never_longer_than_it_may_be(reader: FaceReader) -> None:
    *_, last = follow(reader, shots(webcam(9)), window=4)
    assert last.reading.mood is not None
    assert last.reading.mood.frames == 4


def test_each_frame_is_searched_once(reader: FaceReader, monkeypatch: pytest.MonkeyPatch) -> None:
    find = Mock(side_effect=reader.find)
    monkeypatch.setattr(reader, "find", find)
    list(follow(reader, shots([BLANK] * 6), window=4))
    assert find.call_count == 6


def test_no_frames_are_no_moments(reader: FaceReader) -> None:
    assert list(follow(reader, [])) == []


def words(moments: list[Moment]) -> list[str]:
    """Return the emotions in order, without repeats."""
    said = [str(one.reading.mood.emotion) for one in moments if one.reading.mood]
    return [word for number, word in enumerate(said) if number == 0 or said[number - 1] != word]


@pytest.mark.data
def test_a_smile_between_two_neutrals(reader: FaceReader, clips: Path) -> None:
    moments = list(follow(reader, shoot(clips / "single_face.mp4", None, rate=RATE)))
    assert words(moments) == ["neutral", "happiness", "neutral"]
    smiling = [one.time for one in moments if words([one]) == ["happiness"]]
    assert 0.4 < smiling[0] < 0.8
    assert smiling[-1] > 2.2
