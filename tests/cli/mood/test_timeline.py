from __future__ import annotations

from dataclasses import replace

import pytest

from companion.affect import Abstention, Affect, Emotion, FaceMood, FaceReading
from companion.cli.mood.timeline import MOST_SPANS, Followed, curve, describe, show, spans, word_of
from companion.face.follow import Moment


def mood(emotion: Emotion = Emotion.NEUTRAL, share: float = 0.9) -> FaceMood:
    probabilities = dict.fromkeys(Emotion, (1 - share) / 7) | {emotion: share}
    return FaceMood(probabilities, Affect(0.5, -0.25), share, 2)


NEUTRAL, HAPPY = FaceReading(mood()), FaceReading(mood(Emotion.HAPPINESS))
NOBODY = FaceReading(None, Abstention.NO_FACE, "a face in 0 of 2 frames")
UNSURE = FaceReading(mood(share=0.3), Abstention.LOW_CONFIDENCE, "neutral with 30%")


def moments(*readings: FaceReading) -> list[Moment]:
    return [Moment(number / 10, reading) for number, reading in enumerate(readings)]


@pytest.mark.parametrize(
    ("reading", "word"),
    [
        (NEUTRAL, "neutral"),
        (HAPPY, "happiness"),
        (replace(HAPPY, detail="pleasant, perhaps happiness"), "perhaps happiness"),
        (NOBODY, "(no face)"),
        (UNSURE, "(low confidence)"),
        (FaceReading(None, Abstention.SEVERAL_FACES), "(several faces)"),
        (FaceReading(None, Abstention.TOO_DARK), "(too dark)"),
    ],
)
def test_a_word_for_each_reading(reading: FaceReading, word: str) -> None:
    assert word_of(reading) == word


def test_readings_in_a_row_are_one_span() -> None:
    found = spans(moments(NEUTRAL, NEUTRAL, HAPPY, NOBODY, NOBODY, NEUTRAL))
    assert [(one.begin, one.end, one.word) for one in found] == [
        (0.0, 0.2, "neutral"),
        (0.2, 0.3, "happiness"),
        (0.3, 0.5, "(no face)"),
        (0.5, 0.5, "neutral"),
    ]
    assert [len(one.moods) for one in found] == [2, 1, 0, 1]
    assert found[2].detail == "a face in 0 of 2 frames"


def test_no_moments_are_no_spans() -> None:
    assert spans([]) == []


def test_a_curve_has_gaps_where_there_is_no_mood() -> None:
    seen = moments(HAPPY, NOBODY, UNSURE)
    assert curve(seen, lambda one: one.affect.valence) == [0.5, None, 0.5]


def told(capsys: pytest.CaptureFixture[str], *readings: FaceReading) -> list[str]:
    show(Followed("file.mp4", "face_mood/1", adapted=False, moments=moments(*readings)))
    return capsys.readouterr().out.splitlines()


def test_eight_probabilities_and_both_axes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, *[NEUTRAL] * 5, *[HAPPY] * 5)
    names = [line.split()[0] for line in lines[2:12]]
    assert names == [*[emotion.value for emotion in Emotion], "valence", "arousal"]
    assert lines[2].split()[1] == "▇▇▇▇▇▁▁▁▁▁"
    assert "    0.50 s   0.90 s  happiness           90%    +0.50    -0.25" in lines


def test_it_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, *[NEUTRAL, UNSURE, NOBODY] * 300)
    assert max(map(len, lines)) <= 80


def test_of_many_spans_the_longest_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, *[NEUTRAL, HAPPY] * 50, *[NEUTRAL] * 9)
    assert lines[-1] == f"  and {100 - MOST_SPANS + 1} shorter ones; --json has all"
    assert any(line.startswith("   10.00 s") for line in lines)


def test_nothing_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == ["Nothing was seen yet."]


def test_that_it_is_adapted_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show(Followed("camera 0", "face_mood/1", adapted=True, moments=moments(NEUTRAL)))
    assert capsys.readouterr().out.startswith("camera 0: 1 readings in 0.0 s, adapted to your face")


def test_as_data() -> None:
    followed = Followed("a.mp4", "face_mood/1", adapted=True, moments=moments(UNSURE, NOBODY))
    data = describe(followed)
    assert (data["source"], data["model"], data["adapted"]) == ("a.mp4", "face_mood/1", True)
    unsure, nobody = data["moments"]
    assert unsure["reading"]["valence"] == 0.5
    assert unsure["abstention"] == "low_confidence"
    assert nobody == {
        "time": 0.1,
        "reading": None,
        "abstention": "no_face",
        "detail": "a face in 0 of 2 frames",
    }
