from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import (
    EMOTION_AFFECT,
    Abstention,
    Affect,
    Emotion,
    FaceMood,
    FaceReading,
    expected_affect,
)
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import VisitResult
from companion.choose.mood import PresentMood
from companion.choose.pick import BEST_FEW, Pick
from companion.choose.score import SURENESS, weigh
from companion.choose.strategy import WIDE, Target, match
from companion.cli.output import console
from companion.cli.visit.describe import describe_visit, show_candidates, show_visit
from companion.errors import CameraBusy
from companion.track import TaggedTrack, Track
from tests.agent.listener import HAPPY as PLEASED
from tests.choose.makers import tagged
from tests.cli.shell import HAPPY


def face(emotion: Emotion, sure: float) -> FaceMood:
    shares = dict.fromkeys(Emotion, (1 - sure) / 7) | {emotion: sure}
    return FaceMood(shares, expected_affect(shares, EMOTION_AFFECT), sure, 12)


def track(id_: str, title: str) -> Track:
    return Track(id_, f"spotify:track:{id_}", title, ("Who",))


def found(outcome: Outcome | None, title: str = "Song", error: bool = False) -> VisitResult:
    """A visit that came as far as a choice."""
    mood = PresentMood(HAPPY, 1, datetime(2026, 10, 1, tzinfo=UTC))
    target = match(mood, ())
    best = tuple(
        weigh(TaggedTrack(track(str(k), title), HAPPY, sure), target)
        for k, sure in enumerate((0.9, 0.5))
    )
    picked = Pick(best[1], best)
    reading = FaceReading(face(Emotion.HAPPINESS, 0.9))
    wrong = CameraBusy("It broke.") if error else None
    detail = picked.chosen.tagged.track.byline
    return VisitResult(outcome, detail, reading, mood, target, picked, wrong)


def printed(result: VisitResult, capsys: pytest.CaptureFixture[str]) -> str:
    show_visit(result)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (found(Outcome.QUEUED), "Queued: Who - Song"),
        (found(None), "Would queue: Who - Song"),
        (VisitResult(Outcome.QUOTA), "Paused (quota)"),
        (VisitResult(Outcome.NO_DEVICE, "it is off"), "Paused (no device): it is off"),
        (VisitResult(Outcome.OWN_TRACK_WAITING, "X"), "Paused (own track waiting): X"),
        (VisitResult(Outcome.NOTHING_FITS, "too sad"), "Nothing fits: too sad"),
        (
            VisitResult(Outcome.NO_FACE, "0 of 9", FaceReading(None, Abstention.NO_FACE)),
            "Abstained (no face): 0 of 9",
        ),
        (
            VisitResult(
                Outcome.LOW_CONFIDENCE,
                "30% sure",
                FaceReading(face(Emotion.FEAR, 0.3), Abstention.LOW_CONFIDENCE),
            ),
            "Abstained (low confidence): 30% sure",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_last_line_says_how_it_ended(
    result: VisitResult, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(result, capsys).splitlines()[-1] == line


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_line_and_a_kind(
    outcome: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    result = VisitResult(outcome, "the detail")
    line = printed(result, capsys)
    assert line == f"{outcome.words.capitalize()}: the detail\n"
    assert "_" not in line
    kinds = {"queued", "abstained", "paused", "nothing_fits", "failed"}
    assert describe_visit(result)["outcome"] in kinds


def test_what_failed_is_said_by_the_error_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        printed(VisitResult(Outcome.FAILED, "It broke.", error=CameraBusy("It broke.")), capsys)
        == ""
    )
    out = printed(found(Outcome.FAILED, error=True), capsys)
    assert "Face    " in out
    assert "Queued" not in out


def test_the_whole_of_a_visit(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(found(Outcome.QUEUED), capsys)
    assert "Face    12 frames, 90% sure" in out
    assert [line.split()[0] for line in out.splitlines()[2:10]] == [one.value for one in Emotion]
    assert "Mood    happy, excited (valence +0.80, arousal +0.50)" in out
    assert "Target  happy, excited (valence +0.80, arousal +0.50), match, within 0.9" in out
    assert out.count("Who - Song ") == 2


def test_an_unsure_look_is_shown_but_not_gone_by(capsys: pytest.CaptureFixture[str]) -> None:
    reading = FaceReading(face(Emotion.FEAR, 0.3), Abstention.LOW_CONFIDENCE)
    result = VisitResult(Outcome.LOW_CONFIDENCE, "30%", reading)
    out = printed(result, capsys)
    assert "fear       30.0%" in out
    assert "Target" not in out
    assert describe_visit(result)["reading"]["emotion"] == "fear"
    assert describe_visit(result)["chosen"] is None


def test_an_unsure_emotion_shows_the_side_that_is_sure(capsys: pytest.CaptureFixture[str]) -> None:
    unsure = FaceReading(face(Emotion.SADNESS, 0.4), detail="unpleasant, perhaps sadness")
    out = printed(VisitResult(Outcome.QUEUED, "a track", unsure), capsys)
    assert "Face    12 frames, 40% sure: unpleasant, perhaps sadness" in out


@pytest.mark.parametrize(
    "title", ["Song [live]", "[/]", "[bold]loud[/bold]", ":smile:", "a\\[b]", "片想い", "[red]"]
)
def test_a_title_is_printed_as_it_is(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(found(Outcome.QUEUED, title), capsys)
    assert out.count(f"Who - {title}") == 3


def test_a_long_title_takes_one_line_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(found(Outcome.QUEUED, "long " * 50), capsys)
    assert sum(line.startswith("Who - long") for line in out.splitlines()) == 2
    assert out.splitlines()[-1].endswith("long long ")


@pytest.mark.parametrize("columns", ["20", "40", "80", "400"])
def test_any_width_of_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    *lines, last = printed(found(Outcome.QUEUED), capsys).splitlines()
    assert max(map(len, lines)) <= min(int(columns), 100)
    assert last == "Queued: Who - Song"


def test_data_of_a_visit() -> None:
    data = describe_visit(found(None))
    assert (data["outcome"], data["reason"], data["detail"]) == ("dry_run", None, "Who - Song")
    assert data["mood"] == data["target"] == {"valence": 0.8, "arousal": 0.5}
    assert data["chosen"] == data["best"][1]
    assert data["chosen"] == {
        "uri": "spotify:track:1",
        "title": "Song",
        "artists": ["Who"],
        "valence": 0.8,
        "arousal": 0.5,
        "distance": 0.0,
        "closeness": 1.0,
        "confidence": 0.5,
        "fit": 0.5**SURENESS,
        "taste": 1.0,
        "freshness": 1.0,
        "voice": 1.0,
        "score": 0.5**SURENESS,
    }


def test_data_of_a_visit_that_saw_nothing() -> None:
    data = describe_visit(VisitResult(Outcome.NOT_PLAYING, "paused"))
    assert (data["outcome"], data["reason"]) == ("paused", "not_playing")
    assert [data[name] for name in ("reading", "mood", "target", "chosen")] == [None] * 4
    assert data["best"] == []


@given(st.floats(-1, 1), st.floats(-1, 1), st.text())
def test_data_is_always_json(valence: float, arousal: float, title: str) -> None:
    place = Affect(valence, arousal)
    mood = PresentMood(place, 1, datetime(2026, 10, 1, tzinfo=UTC))
    target = match(mood, ())
    best = weigh(TaggedTrack(track("1", title), place, 0.9), target)
    data = describe_visit(VisitResult(None, title, None, mood, target, Pick(best, (best,))))
    assert json.loads(json.dumps(data, allow_nan=False)) == data


TARGET = Target(PLEASED, WIDE, "match")


@pytest.mark.parametrize("columns", ["30", "80", "200"])
def test_every_candidate_has_its_numbers(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    found = [weigh(tagged(name, 0.6, 0.6, 0.5), TARGET) for name in "ab"]
    show_candidates(console(), "Two", found, found[0])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= min(int(columns), 100)
    if columns != "30":
        assert out.count("0.50") == 2
        assert out.count(f"{0.5**SURENESS:.2f}") >= 2


def test_a_long_name_leaves_the_numbers_their_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = [weigh(tagged("The Lighthouse Next Door" * 3, -0.6, -0.6, 0.5), TARGET)]
    show_candidates(console(), "The best that fit", found)
    head, row, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[-7:] == ["valence", "arousal", "near", "sure", "taste", "fresh", "score"]
    assert row.split()[-7:-5] == ["-0.60", "-0.60"]


def test_the_formula_is_the_one_that_decides(capsys: pytest.CaptureFixture[str]) -> None:
    show_candidates(console(), "None", [])
    out = " ".join(capsys.readouterr().out.split())
    assert f"score = near x sure^{SURENESS:g} x taste x fresh" in out
    assert f"one of the best {BEST_FEW} is drawn" in out
