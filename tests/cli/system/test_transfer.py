from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion.agent.service.control import ControlServer
from companion.paths import find_paths
from companion.store.database import open_database
from companion.store.history.feedback import FeedbackKind, save_feedback
from companion.store.tracks.library import save_tracks
from tests.cli.shell import HAPPY, Run, Stage, saved


@pytest.fixture
def liked(stage: Stage) -> Stage:
    """Four tagged tracks, of which one is liked."""
    stage.tag_all(HAPPY)
    track = saved(stage.spotify.library.tracks[0])
    with open_database(stage.database) as db:
        save_feedback(db, track, FeedbackKind.LIKE, None, datetime.now(UTC))
    return stage


def other_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: Stage | None) -> None:
    """A home where nothing is known but the library, if there is a stage."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "other"))
    if stage:
        paths = find_paths()
        paths.make()
        with open_database(paths.database) as db:
            tracks = [saved(track) for track in stage.spotify.library.tracks]
            save_tracks(db, tracks, datetime.now(UTC))


def test_to_another_machine(
    run: Run, liked: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    out = run("export", folder).out
    assert out.startswith(f"Written to {folder}: 0 readings, 0 picks, 0 plays, 0 trust, 4 tags,")
    other_machine(monkeypatch, tmp_path, liked)
    told: list[str] = []
    with ControlServer(find_paths(), {"wake": lambda: told.append("wake")}):
        ended = run("import", folder)
    assert (
        ended.out == "New here: 4 tags, 0 corrections, 1 of feedback, 0 blocks, 0 moved tracks.\n"
    )
    assert told == ["wake"]
    assert run("import", folder, "--json").data == {
        "tags": 0, "corrections": 0, "feedback": 0, "blocks": 0, "moves": 0,
        "known": 5, "unmatched": 0,
    }  # fmt: skip
    assert run("library", "--json").data["tagged"] == 4


def test_before_the_first_sync_it_says_what_to_do(
    run: Run, liked: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("export", tmp_path / "mine")
    other_machine(monkeypatch, tmp_path, None)
    out = run("import", tmp_path / "mine").out
    assert "Left out: 4 rows of tracks that are not in your library." in out
    assert "companion sync" in out


def test_a_folder_without_an_export(run: Run, stage: Stage, tmp_path: Path) -> None:
    ended = run("import", tmp_path)
    assert ended.code == 2
    assert ended.err.startswith("companion: There is no ")
    assert ended.err.count("\n") == 2


def test_forget_leaves_the_users_own_files(run: Run, liked: Stage, tmp_path: Path) -> None:
    run("export", tmp_path / "mine", "--json")
    before = {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()}
    assert run("forget", "--all", "--yes").code == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()} == before
    assert not liked.database.exists()
