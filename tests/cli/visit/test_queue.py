from __future__ import annotations

import pytest

from tests.cli.shell import HAPPY, SAD, SAVED, Run, Stage


@pytest.fixture
def happy(run: Run, stage: Stage) -> Stage:
    stage.tag_all(HAPPY)
    assert run("mood", "0.8,0.5").code == 0
    return stage


def test_what_would_be_picked(run: Run, happy: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = run("queue", "--dry-run").out
    assert "Target  valence +0.80, arousal +0.50 (happy, excited), match" in out
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
