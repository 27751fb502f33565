from __future__ import annotations

import pytest

from tests.cli.shell import HAPPY, SAD, SAVED, Run, Stage


@pytest.fixture
def synced(signed_in: Stage, run: Run, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The library is read, and Deezer is chosen."""
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "deezer")
    assert run("sync").code == 0
    signed_in.spotify.requests.clear()
    return signed_in


def test_sync_reads_the_library(run: Run, signed_in: Stage) -> None:
    ended = run("sync")
    assert (ended.code, ended.out) == (0, "4 tracks: 4 new, 0 gone.\n")
    assert signed_in.rows("tracks") == SAVED


def test_sync_json(run: Run, signed_in: Stage) -> None:
    assert run("sync", "--json").data == {
        "tracks": SAVED,
        "added": SAVED,
        "removed": 0,
        "skipped": {},
        "whole": True,
    }
    assert run("sync", "--json").data["added"] == 0


def test_sync_when_not_signed_in(run: Run, stage: Stage) -> None:
    ended = run("sync")
    assert ended.code == 31
    assert ended.err.endswith("Run `companion login`.\n")


def test_the_library_before_anything(run: Run) -> None:
    ended = run("library")
    assert ended.code == 0
    assert ended.out.startswith("0 of 0 tracks are tagged\n")
    assert ended.out.endswith("Next: companion sync\n")
    assert run("library", "--json").data == {
        "tracks": 0,
        "tagged": 0,
        "quadrants": {"Q1": 0, "Q2": 0, "Q3": 0, "Q4": 0},
        "untagged": {},
        "providers": {},
    }


def test_the_library_of_which_nothing_is_tagged(run: Run, synced: Stage) -> None:
    out = run("library").out
    assert out.startswith("0 of 4 tracks are tagged\n")
    assert out.endswith("Next: companion tag\n")


def test_the_tagged_library(run: Run, stage: Stage) -> None:
    stage.tag_all(SAD)
    out = run("library").out
    assert out.startswith("4 of 4 tracks are tagged\n")
    assert "Q3 sad, tired           4 " + "█" * 24 in out
    assert "clips from deezer: 4" in out
    assert "Next" not in out
    stage.tag_all(HAPPY)
    assert run("library", "--json").data["quadrants"] == {"Q1": 4, "Q2": 0, "Q3": 0, "Q4": 0}
