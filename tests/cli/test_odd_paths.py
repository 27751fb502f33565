"""Paths on the command line and in the environment that can be none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.shell import Run

LONG = "x" * 300
NOBODY = "~nobody at all/music"
CASES = [
    (f"look --source {LONG}", 10, f"There is no file {LONG}."),
    (f"once --source {LONG}", 10, f"There is no file {LONG}."),
    (f"run --source {LONG}", 10, f"There is no file {LONG}."),
    (f"setup --clips local:{LONG}", 2, f"There is no folder {LONG}."),
    (f"setup --clips local:{NOBODY}", 2, f"There is no folder {NOBODY}."),
    (f"import {LONG}", 2, f"There is no {LONG}/companion.json."),
    (f"library --plot {LONG}/map.png", 2, f"There is no folder {LONG}."),
]


@pytest.mark.parametrize(("words", "code", "said"), CASES)
def test_a_path_that_can_be_none(words: str, code: int, said: str, run: Run) -> None:
    ended = run(*words.split(" ", 2))
    assert (ended.code, ended.err.splitlines()[-2]) == (code, f"companion: {said}")


@pytest.mark.parametrize("folder", [LONG, NOBODY, "/dev/null", ""])
def test_a_clip_folder_that_can_be_none(
    folder: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "local")
    monkeypatch.setenv("COMPANION_CLIPS_FOLDER", folder)
    ended = run("tag")
    assert ended.code == 4
    assert f"is not there: {folder or '(not set)'}." in ended.err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such pipes")
@pytest.mark.parametrize(
    ("words", "code"),
    [("logs", 5), ("status", 3), ("doctor", 1), ("forget --readings --yes", 0)],
)
def test_a_pipe_in_the_logs_place_is_not_waited_for(
    words: str, code: int, run: Run, home: Path
) -> None:
    (home / "state").mkdir(parents=True)
    os.mkfifo(home / "state" / "companion.log")
    ended = run(*words.split())
    assert ended.code == code, ended
    if words == "logs":
        problem = f"{home}/state/companion.log is not a file, so nothing is logged."
        assert ended.err == f"companion: {problem}\nRemove it.\n"
