from __future__ import annotations

from pathlib import Path

import pytest

from companion.affect import Emotion, FaceReading
from companion.cli.mood.look_plot import draw_moods
from companion.cli.mood.timeline import Followed
from companion.errors import UsageError
from tests.cli.mood.test_timeline import HAPPY, NEUTRAL, NOBODY, UNSURE, moments


def draw(file: Path, *readings: FaceReading, corrected: bool = False) -> str:
    """The text of the plot."""
    seen = moments(*readings)
    draw_moods(Followed("smile.mp4", "face_mood/1", corrected=corrected, moments=seen), file)
    return file.read_text("utf-8")


def test_it_names_all_that_it_draws(tmp_path: Path) -> None:
    text = draw(tmp_path / "plot.svg", *[NEUTRAL] * 5, *[HAPPY] * 5)
    for word in (*[emotion.value for emotion in Emotion], "seconds"):
        assert f">{word}<" in text
    assert ">smile.mp4 (face_mood/1)<" in text
    assert ">valence (1: pleasant)<" in text
    assert ">arousal (1: excited)<" in text


def test_where_it_abstained_and_why(tmp_path: Path) -> None:
    text = draw(tmp_path / "plot.svg", *[NEUTRAL] * 5, *[NOBODY] * 5, *[UNSURE] * 5)
    assert ">no face<" in text
    assert ">low confidence<" in text
    assert ">no face<" not in draw(tmp_path / "sure.svg", *[NEUTRAL] * 5)


def test_that_it_is_corrected(tmp_path: Path) -> None:
    assert "corrected by the resting face" in draw(tmp_path / "a.svg", NEUTRAL, corrected=True)


@pytest.mark.parametrize("readings", [[], [NOBODY], [NOBODY] * 3, [UNSURE]])
def test_there_may_be_nothing_to_draw(readings: list[FaceReading], tmp_path: Path) -> None:
    assert "<svg" in draw(tmp_path / "plot.svg", *readings)


def test_no_picture_is_in_it(tmp_path: Path) -> None:
    assert "<image" not in draw(tmp_path / "plot.svg", *[NEUTRAL] * 50)


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        draw(tmp_path / "none" / "plot.svg", NEUTRAL)
