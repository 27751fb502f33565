from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from companion.affect import Affect, Emotion
from companion.playback import Initiative, PlayerSnapshot
from companion.store.database import open_database
from companion.store.face.readings import save_reading
from companion.store.history.trust import save_trust
from companion.store.listening.plays import begin_play
from tests.agent.listener import add, read
from tests.cli.shell import Run, Stage

ANGRY = read(Emotion.ANGER, Affect(-0.5, 0.6))


@pytest.fixture
def seen(stage: Stage) -> Stage:
    """The camera saw anger five minutes ago."""
    see(stage, minutes=5)
    return stage


def see(stage: Stage, minutes: float) -> None:
    stage.database.parent.mkdir(parents=True, exist_ok=True)
    with open_database(stage.database) as db:
        save_reading(db, ANGRY, "face_mood/1", datetime.now(UTC) - timedelta(minutes=minutes))


def test_it_is_unknown_at_first(run: Run) -> None:
    assert run("mood").out == "The mood is unknown: there is nothing recent to go by.\n"
    assert run("mood", "--json").data["mood"] is None


def test_what_the_camera_saw(run: Run, seen: Stage) -> None:
    out = run("mood").out
    assert out == (
        "tense, angry (valence -0.50, arousal +0.60), by 1 reading, the last 5 min ago.\n"
    )
    data = run("mood", "--json").data
    assert (data["mood"]["emotion"], data["mood"]["readings"]) == ("anger", 1)
    assert data["strategy"] == "match"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["calm"], "calm: calm, content (valence +0.60, arousal -0.60), set by hand until"),
        (["anger"], "anger: tense, angry (valence -0.51, arousal +0.59), set by hand until"),
        (["Q3"], "q3: sad, tired (valence -0.60, arousal -0.60), set by hand until"),
        (["0.3,-0.5"], "0.3,-0.5: calm, content (valence +0.30, arousal -0.50), set by hand"),
        (["-0.5,0.2"], "-0.5,0.2: tense, angry (valence -0.50, arousal +0.20), set by hand"),
    ],
)
def test_it_can_be_set_by_hand(run: Run, seen: Stage, words: list[str], told: str) -> None:
    assert run("mood", *words).out.startswith(told)
    assert run("mood").out.startswith(told)
    assert run("mood", "auto").out.startswith("tense, angry")


def test_it_can_be_set_for_a_while(run: Run, seen: Stage) -> None:
    data = run("mood", "calm", "--for", "1h", "--json").data["mood"]
    left = datetime.fromisoformat(data["until"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    with open_database(seen.database) as db:
        db.execute("UPDATE set_mood SET until = until - 3600")
    assert run("mood").out.startswith("tense, angry")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["clam"], "'clam' is not a mood. Did you mean calm?"),
        (["2,0"], "is not a place on the affect plane"),
        (["calm", "--for", "soon"], "'soon' is not a duration"),
        (["--for", "1h"], "--for needs a mood"),
        (["auto", "--for", "1h"], "auto lasts until you set a mood"),
    ],
)
def test_what_cannot_be_set(run: Run, seen: Stage, words: list[str], told: str) -> None:
    ended = run("mood", *words)
    assert ended.code == 2
    assert told in ended.err
    assert run("mood").out.startswith("tense, angry")


def test_a_wrong_reading_is_kept_and_mended(run: Run, seen: Stage) -> None:
    ended = run("wrong", "calm")
    assert "said anger, you say calm." in ended.out
    assert "From now on" not in ended.out
    assert run("mood").out.startswith("calm, content")


def test_after_a_few_the_readings_are_adjusted(run: Run, stage: Stage) -> None:
    for minutes in (300, 200, 100):
        see(stage, minutes)
        ended = run("wrong", "calm")
    assert "you called anger wrong 3 times and said calm, so it is moved there" in ended.out
    see(stage, 0)
    assert not run("mood").out.startswith("tense, angry")
    assert run("forget", "--readings", "--yes").code == 0
    see(stage, 0)
    assert run("mood").out.startswith("tense, angry")


def test_what_was_only_wrong_is_gone_by_no_more(run: Run, seen: Stage) -> None:
    assert run("wrong").out.endswith("said anger.\n")
    assert run("mood").out.startswith("The mood is unknown")


@pytest.mark.parametrize(
    ("words", "told"),
    [(["clam"], "Did you mean calm?"), ([], "There is no reading to correct.")],
)
def test_what_cannot_be_corrected(run: Run, words: list[str], told: str) -> None:
    ended = run("wrong", *words)
    assert ended.code == 2
    assert told in ended.err


@pytest.mark.parametrize("told", [True, False], ids=["the face tells", "nothing tells"])
def test_the_learned_trust_is_shown_and_reset(told: bool, run: Run, stage: Stage) -> None:
    see(stage, minutes=5 if told else 5000)
    with open_database(stage.database) as db:
        save_trust(db, {"listening": 1.25, "face": 0.8})
    out = run("mood").out
    assert "face 0.80 times" in out
    assert "listening 1.25 times" in out
    assert run("mood", "--json").data["trust"] == {"face": 0.8, "listening": 1.25}
    reset = run("mood", "--reset-trust").out
    assert reset.startswith("Face and listening are trusted alike again.\n")
    assert "times" not in reset
    assert run("mood", "--json").data["trust"] == {}
    assert run("mood", "--reset-trust").out.startswith(
        "Face and listening are trusted alike already."
    )


def test_the_trust_of_a_source_that_tells_stands_beside_it(run: Run, stage: Stage) -> None:
    see(stage, minutes=5)
    now = datetime.now(UTC)
    with open_database(stage.database) as db:
        save_trust(db, {"listening": 1.25})
        for number in range(3):
            track = add(db, f"{number}", Affect(0.6, -0.6))
            seen = PlayerSnapshot(track, is_playing=True)
            begin_play(db, seen, Initiative.USER, now - timedelta(minutes=9 - 3 * number))
    lines = run("mood").out.splitlines()
    [told] = [line for line in lines if line.startswith("Listening ")]
    assert told.endswith("% of it, trusted 1.25 times")
    assert not any(line.startswith("Trusted") for line in lines)
