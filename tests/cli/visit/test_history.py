from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from companion.agent.visit.outcome import Outcome
from companion.cli.visit.history import parse_day
from companion.errors import UsageError
from companion.plots import DARK
from companion.store.database import open_database
from companion.store.history.visits import Visit, save_visit
from tests.agent.listener import add, choose_and_keep
from tests.cli.shell import Run, Stage

NOON = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def lived(stage: Stage) -> Stage:
    """Two tracks were queued today, and once there was no face."""
    stage.database.parent.mkdir(parents=True)
    with open_database(stage.database) as db:
        for n in range(9):
            add(db, f"{n}")
        for minutes in (0, 20):
            choose_and_keep(db, NOON + timedelta(minutes=minutes))
        at = NOON + timedelta(minutes=40)
        save_visit(db, Visit(at, Outcome.NO_FACE, "a face in 0 of 30 frames", camera=True))
        save_visit(db, Visit(at, Outcome.NOT_PLAYING, "Spotify is paused", camera=False))
    return stage


def test_a_day_in_words(run: Run, lived: Stage) -> None:
    out = run("history").out
    assert out.count("opened") == 4  # three lines and the sum
    assert out.count("(finished)") == 2
    assert "abstained (no face): a face in 0 of 30 frames" in out
    assert "4 visits; the camera was opened 3 times." in out


def test_a_day_as_data(run: Run, lived: Stage) -> None:
    data = run("history", "--json").data
    assert (data["schema"], data["camera_uses"]) == (1, 3)
    assert [visit["outcome"] for visit in data["visits"]] == [
        "queued",
        "queued",
        "no_face",
        "not_playing",
    ]
    first, *_, last = data["visits"]
    assert (first["strategy"], first["state"]) == ("match", "finished")
    assert first["target"] == pytest.approx({"valence": 0.6, "arousal": 0.6})
    assert (last["uri"], last["mood"], last["camera"]) == (None, None, False)


def test_a_command_that_opens_the_camera_is_in_it(
    run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.face.camera.check_source", lambda _: None)
    monkeypatch.setattr("companion.face.camera.shoot", lambda *_, **__: iter(()))
    run("look", "--seconds", "1")
    run("look", "--source", "none.mp4")
    assert [one["command"] for one in run("history", "--json").data["commands"]] == ["look"]
    out = run("history").out
    assert "companion look" in out
    assert "0 visits; the camera was opened 1 time." in out


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_day_is_drawn(run: Run, lived: Stage, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"day{suffix}"
    assert run("history", "--plot", file).code == 0
    assert file.stat().st_size > 10_000
    if suffix == ".svg":
        drawn = file.read_text("utf-8")
        for word in ("first mood, 12:00", "last mood, 12:20", "target", "valence", "match"):
            assert word in drawn


def test_an_empty_day_can_be_drawn(run: Run, stage: Stage, tmp_path: Path) -> None:
    ended = run("history", "--day", "2026-01-01", "--plot", tmp_path / "day.png")
    assert ended.out == "No visits on 01 January 2026.\n"
    assert ended.err == f"Drawn: {tmp_path / 'day.png'}\n"
    assert (tmp_path / "day.png").exists()


def test_a_plot_can_be_dark(run: Run, lived: Stage, tmp_path: Path) -> None:
    for words in ([], ["--dark"]):
        assert run("history", "--plot", tmp_path / "day.svg", *words).code == 0
        dark = f"fill: {DARK.paper}" in (tmp_path / "day.svg").read_text("utf-8")
        assert dark == bool(words)


def test_a_day_whose_readings_were_forgotten_can_be_drawn(
    run: Run, lived: Stage, tmp_path: Path
) -> None:
    run("forget", "--readings", "--yes")
    assert run("history", "--plot", tmp_path / "day.png").code == 0
    assert run("history", "--json").data["visits"][0]["mood"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--plot", "day.doc"], "cannot be written as day.doc"),
        (["--plot", "none/day.png"], "There is no folder none"),
        (["--day", "31.5.2026"], "'31.5.2026' is not a day"),
    ],
)
def test_what_cannot_be_shown(run: Run, words: list[str], told: str) -> None:
    ended = run("history", *words)
    assert ended.code == 2
    assert told in ended.err


def test_days_by_their_names() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    today = now.astimezone().date()
    assert parse_day("Today ", now) == today
    assert parse_day("yesterday", now) == today - timedelta(days=1)
    assert parse_day("2024-02-29", now) == date(2024, 2, 29)
    for absurd in ("", "tomorrow", "2026-02-30", "29"):
        with pytest.raises(UsageError):
            parse_day(absurd, now)
