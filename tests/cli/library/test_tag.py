from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from companion.agent.models import worker
from companion.cli.library import tag as tag_module
from companion.demo.simulator.library import make_track, saved_library
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.clip_host import clip
from companion.music.clips import search
from tests.cli.shell import SAVED, Run, Stage


@pytest.fixture
def synced(signed_in: Stage, run: Run, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The library is read, and Deezer is chosen."""
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "deezer")
    assert run("sync").code == 0
    signed_in.spotify.requests.clear()
    return signed_in


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tag in this process, where the network is loaded once for all tests."""
    monkeypatch.setattr(worker, "open_workers", lambda *_: tag_module._own_tagger())


def fetched(stage: Stage) -> list[str]:
    """The clips that were fetched, in their order."""
    return [one.path for one in stage.spotify.requests if one.path.startswith("/clips/")]


def test_tag_needs_a_provider(run: Run, stage: Stage) -> None:
    ended = run("tag")
    assert ended.code == 4
    assert ended.err.startswith("companion: No source of clips is chosen")


def test_tag_needs_a_library(run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "deezer")
    ended = run("tag")
    assert ended.code == 2
    assert ended.err.endswith("The library is empty.\nRun `companion sync` first.\n")


@pytest.mark.parametrize("folder", ["", "/no/such/folder", __file__])
def test_tag_needs_the_folder(
    folder: str, run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "local")
    monkeypatch.setenv("COMPANION_CLIPS_FOLDER", folder)
    ended = run("tag")
    assert ended.code == 4
    assert f"is not there: {folder or '(not set)'}." in ended.err


@pytest.mark.usefixtures("here")
def test_tag_hears_a_clip_of_each_track_once(run: Run, synced: Stage) -> None:
    assert run("tag").out == "4 tracks tagged.\n"
    assert len(fetched(synced)) == len(set(fetched(synced))) == SAVED
    assert run("tag").out == "0 tracks tagged.\n"
    assert len(fetched(synced)) == SAVED
    assert run("tag", "--again", "--limit", "1", "--json").data["tagged"] == 1
    assert len(fetched(synced)) == SAVED + 1


@pytest.mark.slow
def test_several_processes_share_the_work(run: Run, synced: Stage) -> None:
    assert run("tag", "--jobs", "2", "--json").data["tagged"] == SAVED
    assert len(fetched(synced)) == len(set(fetched(synced))) == SAVED
    assert run("library", "--json").data["matched_by"] == {"isrc": SAVED}


@pytest.mark.parametrize("words", [("--jobs", "0"), ("--jobs", "many"), ("--limit", "0")])
def test_words_that_make_no_sense(run: Run, words: tuple[str, str]) -> None:
    assert run("tag", *words).code == 2


def test_a_track_without_a_clip(run: Run, synced: Stage) -> None:
    synced.spotify.library.catalogue.clear()
    ended = run("tag", "--limit", "2")
    assert ended.code == 0
    assert ended.out == "0 tracks tagged.\n  not tagged, no clip of it was found: 2\n"
    assert run("library", "--json").data["untagged"] == {"no_clip": 2}
    assert "not tagged, no clip of it was found: 2" in run("library").out


@pytest.mark.usefixtures("here")
def test_ctrl_c_keeps_what_is_done(
    run: Run, synced: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, asked = search.find_clip, iter(range(SAVED))

    def find_two(*words: Any) -> Any:
        if next(asked) == 2:
            raise KeyboardInterrupt
        return find(*words)

    with monkeypatch.context() as patched:
        patched.setattr(search, "find_clip", find_two)
        ended = run("tag")
    assert ended.code == 130
    told = re.search(r"companion: Interrupted after ([012]) of 4 tracks.\n", ended.err)
    assert told
    assert synced.rows("tags") == int(told[1])
    assert len(fetched(synced)) == 2
    assert run("tag").out.startswith(f"{SAVED - int(told[1])} tracks tagged.")
    assert len(set(fetched(synced))) == SAVED


@pytest.mark.usefixtures("here")
def test_tag_hears_the_users_own_files(
    run: Run, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = [make_track(0, "Here", "Somebody", 30_000), make_track(1, "Gone", "Nobody", 30_000)]
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "Somebody - Here.mp3").write_bytes(clip(0))
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "local")
    monkeypatch.setenv("COMPANION_CLIPS_FOLDER", str(tmp_path / "music"))
    with Simulator(saved_library(tracks)) as spotify:
        own = Stage(stage.home, spotify)
        own.sign_in()
        monkeypatch.setenv("COMPANION_SPOTIFY_API_URL", spotify.url)
        monkeypatch.setenv("COMPANION_SPOTIFY_ACCOUNTS_URL", spotify.url)
        assert run("sync").code == 0
        assert run("tag").out == "1 track tagged.\n  not tagged, no clip of it was found: 1\n"
    assert run("library", "--json").data["providers"] == {"local": 1}
