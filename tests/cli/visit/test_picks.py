from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from companion.affect import Affect, Quadrant
from companion.choose.strategy import STEADY
from companion.cli.visit.picks import compare
from companion.config.schema import Choose, Rule
from companion.playback import Initiative, PlayEnding, PlayerSnapshot
from companion.store.database import open_database
from companion.store.listening.plays import begin_play, end_play, newest_plays
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.listener import add, choose_and_keep
from tests.choose.makers import track_mood
from tests.cli.shell import HAPPY, SAD, SAVED, Run, Stage

NOW = datetime.now(UTC)


@pytest.fixture
def picked(stage: Stage) -> Stage:
    """Two picks for a happy face; the later one by a rule."""
    stage.database.parent.mkdir(parents=True)
    rules = (Rule("happiness", "", "energise"),)
    with open_database(stage.database) as db:
        for n in range(6):
            add(db, f"{n}", Affect(0.6, 0.6 - 0.02 * n), 0.9 - 0.02 * n)
        choose_and_keep(db, NOW - timedelta(minutes=9))
        choose_and_keep(db, NOW - timedelta(minutes=4), Choose(rules=rules))
    return stage


def test_the_last_pick_in_words(run: Run, picked: Stage) -> None:
    out = run("why").out
    assert "Face      said happiness, 90% sure" in out
    assert "Mood      happy, excited (valence +0.60, arousal +0.60), by this reading" in out
    assert "energise, by your rule for when = happiness" in out
    assert "its tag is" in out
    assert "ruled out: 1 no repeat" in out
    assert "Rival     " in out
    assert out.count("Song ") >= 3


def test_what_was_heard_in_words(run: Run, stage: Stage) -> None:
    stage.database.parent.mkdir(parents=True)
    with open_database(stage.database) as db:
        track = add(db, "1", HAPPY)
        shares = dict(zip(Quadrant, (0.0, 0.1, 0.6, 0.3), strict=True))
        tags = ("acoustic", "mellow", "slow")
        mood = replace(track_mood(HAPPY, 0.9), probabilities=shares, tempo=74.4, tags=tags)
        save_tag(db, track.id, mood, Origin("local", "a", 1.0), NOW)
        choose_and_keep(db, NOW)
    words = "acoustic, mellow, slow, 74 bpm; sounds calm and a little sad"
    assert f"Heard     {words}" in run("why").out
    heard = run("why", "--json").data["why"]["heard"]
    assert heard == {"words": list(tags), "tempo": 74.4, "feelings": ["calm", "a little sad"]}


def test_a_pick_of_an_older_version_tells_nothing_that_was_heard(run: Run, picked: Stage) -> None:
    with open_database(picked.database) as db:
        for path in ("$.heard", "$.track.voice", "$.runner_up.voice"):
            db.execute("UPDATE queue_entries SET why = json_remove(why, ?)", (path,))
    out = run("why").out
    assert "Heard" not in out
    assert "Rival     " in out


def test_focus_weighs_voices_and_says_so(
    run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.database.parent.mkdir(parents=True)
    with open_database(stage.database) as db:
        for name, words in (("1", ("sung by a man",)), ("2", ("instrumental",)), ("3", ())):
            track = add(db, name, STEADY)
            mood = replace(track_mood(STEADY, 0.9), tags=words)
            save_tag(db, track.id, mood, Origin("local", "a", 1.0), NOW)
        choose_and_keep(db, NOW, Choose(strategy="focus", temperature=0.01))
        by_match = choose_and_keep(db, NOW, Choose(strategy="match"))
    assert {one.voice for one in by_match.best} == {1.0}
    out = run("why", "2").out
    assert out.startswith("Artist 2 - Song 2\n")
    assert "less likely sung" in out
    assert run("why", "2", "--json").data["why"]["track"]["voice"] == 1.0
    run("mood", "0.4,0.0")
    monkeypatch.setenv("COMPANION_CHOOSE_STRATEGY", "focus")
    out = run("queue", "--dry-run").out
    assert "voice" in out
    assert "x fresh x voice;" in out


def test_an_earlier_pick(run: Run, picked: Stage) -> None:
    last, before = (run("why", str(n), "--json").data for n in (1, 2))
    assert last["uri"] != before["uri"]
    assert (last["why"]["strategy"], before["why"]["strategy"]) == ("energise", "match")
    assert before["state"] == "finished"
    assert before["why"]["track"]["uri"] == before["uri"]
    assert before["why"]["runner_up"]["score"] > 0


@pytest.mark.parametrize("words", [["why"], ["why", "7"]])
def test_there_is_no_such_pick(run: Run, stage: Stage, words: list[str]) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert "There is no such pick yet." in ended.err


def test_after_the_reading_was_forgotten(run: Run, picked: Stage) -> None:
    run("forget", "--readings", "--yes")
    out = run("why").out
    assert "The reading of that moment was forgotten" in out
    assert run("why", "--json").data["why"] == {}


def test_a_mood_set_by_hand(run: Run, picked: Stage) -> None:
    with open_database(picked.database) as db:
        db.execute(
            "UPDATE queue_entries SET why = json_set(why, '$.reading', json('null'), "
            "'$.mood.name', 'calm')"
        )
    out = run("why").out
    assert "was not looked at, as the mood was set by hand" in out
    assert "was set by hand: calm" in out


RIVAL = "Who - Other"


def numbers(**changed: float) -> dict[str, Any]:
    same = {"closeness": 0.5, "confidence": 0.5, "taste": 1.0, "freshness": 1.0, "score": 0.5}
    return {"title": "Other", "artists": ["Who"], **same, **changed}


@pytest.mark.parametrize(
    ("chosen", "rival", "told"),
    [
        (numbers(), None, "there was no alternative"),
        (numbers(), numbers(), f"{RIVAL}: both are alike"),
        (
            numbers(closeness=0.9, score=0.9),
            numbers(),
            f"{RIVAL}: this one is nearer to the target",
        ),
        (
            numbers(confidence=0.9, taste=2.0, freshness=0.5, score=0.9),
            numbers(),
            (
                f"{RIVAL}: this one is surer of its tag and more to your taste, "
                "but heard more recently"
            ),
        ),
        (
            numbers(taste=0.5, score=0.3),
            numbers(),
            f"{RIVAL} scored higher: this one is less to your taste; one of the best few is drawn",
        ),
    ],
)
def test_the_runner_up_in_words(
    chosen: dict[str, Any], rival: dict[str, Any] | None, told: str
) -> None:
    assert compare(chosen, rival) == told


@pytest.fixture
def happy(run: Run, stage: Stage) -> Stage:
    stage.tag_all(HAPPY)
    assert run("mood", "0.8,0.5").code == 0
    return stage


def test_what_would_be_picked(run: Run, happy: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = run("queue", "--dry-run").out
    assert "Target  happy, excited (valence +0.80, arousal +0.50), match" in out
    assert f"The best of {SAVED}" in out
    assert sum(track.artists[0].name in out for track in happy.spotify.library.tracks) == SAVED
    assert "score = near x sure" in out


def test_as_many_as_wanted(run: Run, happy: Stage) -> None:
    data = run("queue", "--dry-run", "-n", "2", "--json").data
    assert len(data["best"]) == 2
    assert data["strategy"] == "match"
    assert data["best"][0]["score"] >= data["best"][1]["score"]


def test_nothing_is_stored_and_spotify_is_not_asked(run: Run, happy: Stage) -> None:
    happy.spotify.requests.clear()
    run("queue", "--dry-run")
    assert len(happy.spotify.requests) == 0
    assert [happy.rows(table) for table in ("visits", "queue_entries", "readings")] == [0, 0, 0]


def test_an_unknown_mood_is_said(run: Run, stage: Stage) -> None:
    stage.tag_all(HAPPY)
    out = run("queue", "--dry-run").out
    assert out == (
        "The mood is unknown: there is nothing recent to go by. Nothing would be picked.\n"
    )


def test_what_fits_nothing_says_why(run: Run, stage: Stage) -> None:
    stage.tag_all(SAD)
    run("mood", "0.8,0.5")
    out = run("queue", "--dry-run").out
    assert "Nothing fits: no tagged track is near enough to the target." in out


def test_without_dry_run_it_says_what_to_do(run: Run, happy: Stage) -> None:
    ended = run("queue")
    assert ended.code == 2
    assert "Add --dry-run" in ended.err


def test_without_any_tag_the_reason_is_that_of_a_visit(run: Run, signed_in: Stage) -> None:
    signed_in.play()
    assert run("sync").code == 0
    run("mood", "calm")
    queue, once = run("queue", "--dry-run").out, run("once").out
    assert queue == "Nothing fits: no track of the library is tagged yet: `companion tag`.\n"
    assert queue.rstrip(".\n") == once.rstrip("\n")


@pytest.mark.parametrize(("skips", "words"), [(1, ""), (2, "two early skips in a row")])
def test_after_two_early_skips_the_target_moves_away_and_why_says_so(
    skips: int, words: str, run: Run, stage: Stage
) -> None:
    """Of picks that lie where the face says; a third of the length is early."""
    stage.database.parent.mkdir(parents=True)
    with open_database(stage.database) as db:
        for number in range(6):
            add(db, f"{number}", Affect(0.6, 0.6 - 0.02 * number))
        for number in range(25):  # and all over the plane
            add(db, f"at {number}", Affect(number // 5 / 2 - 1, number % 5 / 2 - 1))
        for number in range(skips):
            began = NOW - timedelta(minutes=9 - 4 * number)
            pick = choose_and_keep(db, began, Choose(no_repeat_hours=0), seed=number)
            begin_play(db, PlayerSnapshot(pick.chosen.tagged.track), Initiative.COMPANION, began)
            end_play(db, newest_plays(db, 1)[0].id, PlayEnding.SKIPPED_EARLY)
        choose_and_keep(db, NOW)
    why = run("why", "--json").data["why"]
    assert len(why["away_from"]) == (2 if words else 0)
    if words:
        assert f"{words}: moved away from" in run("why").out
        assert (why["target"]["valence"], why["target"]["arousal"]) != (0.6, 0.6)
