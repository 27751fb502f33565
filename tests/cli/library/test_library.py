from __future__ import annotations

import webbrowser
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from companion.affect import Affect, Quadrant
from companion.cli.library.library import MOST_DOTS, draw_map
from companion.demo.environment import consent
from companion.demo.simulator.library import Playlist, library, make_tracks
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import USER_ID
from companion.plots import LIGHT
from companion.store.database import open_database
from companion.store.tracks.tags import FIRST_RETRY, Origin, save_failure, save_tag
from companion.weights import open_model
from tests.cli.shell import CLIENT_ID, HAPPY, SAD, SAVED, Run, Stage, tag_at

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


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


def test_a_sync_that_the_quota_stops_goes_on_later(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_SPOTIFY_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("COMPANION_SPOTIFY_LIBRARY_CALLS", "10")
    with Simulator(library(600)) as spotify:
        monkeypatch.setenv("COMPANION_SPOTIFY_API_URL", spotify.url)
        monkeypatch.setenv("COMPANION_SPOTIFY_ACCOUNTS_URL", spotify.url)
        Stage(home, spotify).sign_in()
        ended = run("sync")
        assert ended.code == 36
        assert "The library calls of one day are used up. 500 tracks are read" in ended.err
        assert f"Wait until {datetime.now().astimezone() + timedelta(days=1):%d %B}" in ended.err
        assert run("status", "--json").data["calls_left"]["library"] == 0
        monkeypatch.setenv("COMPANION_SPOTIFY_LIBRARY_CALLS", "30")
        assert run("sync").out == "600 tracks: 100 new, 0 gone.\n"
        assert spotify.count("GET", "/v1/me/tracks") == 13  # the front again, and two more


def test_own_playlists_are_read_where_the_settings_say_so(
    run: Run, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = make_tracks(SAVED + 3)
    stage.spotify.library.playlists.append(Playlist("mine", "Mine", tuple(more[2:]), USER_ID))
    monkeypatch.setenv("COMPANION_SPOTIFY_PLAYLISTS", "true")
    stage.sign_in()
    ended = run("sync")
    assert (ended.code, ended.err.splitlines()[-1]) == (31, "Run `companion login`.")
    monkeypatch.setattr(webbrowser, "open", consent)
    assert run("login").code == 0
    assert run("sync").out == f"{SAVED + 3} tracks: {SAVED + 3} new, 0 gone.\n"


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
        "providers": {},
        "matched_by": {},
        "untried": 0,
        "untagged": {},
        "next_try": None,
        "model": open_model("track_mood").label,
        "outdated": 0,
        "heard": {},
    }


def test_the_library_of_which_nothing_is_tagged(run: Run, synced: Stage) -> None:
    out = run("library").out
    assert out.startswith("0 of 4 tracks are tagged\n")
    assert "Next: companion tag\n" in out


def test_the_tagged_library(run: Run, stage: Stage) -> None:
    stage.tag_all(SAD)
    out = run("library").out
    assert out.startswith("4 of 4 tracks are tagged\n")
    assert "Q3 sad, tired           4 " + "█" * 24 in out
    assert "clips from deezer: 4" in out
    assert "Next" not in out
    stage.tag_all(HAPPY)
    assert run("library", "--json").data["quadrants"] == {"Q1": 4, "Q2": 0, "Q3": 0, "Q4": 0}


def test_tags_of_older_weights_are_told(run: Run, stage: Stage) -> None:
    stage.tag_all(SAD)
    with open_database(stage.database) as db:
        db.execute("UPDATE tags SET model = 'track_mood/0' WHERE rowid % 2")
    assert run("library", "--json").data["outdated"] >= 1
    assert "tags are of older weights than track_mood/" in run("library").out


def test_why_tracks_have_no_tag_and_when_they_are_tried_again(run: Run, synced: Stage) -> None:
    with open_database(synced.database) as db:
        [first, second, *_] = [row["id"] for row in db.execute("SELECT id FROM tracks")]
        save_failure(db, first, "no_clip", "", NOON)
        save_failure(db, second, "wrong_clip", "", NOON)
    lines = run("library").out.splitlines()
    assert "  not tagged, no clip of it was found: 1" in lines
    assert "  not tagged, only other recordings were found: 1" in lines
    assert any("2 tracks left to tag" in line for line in lines)
    assert any("is tried again from" in line for line in lines)
    data = run("library", "--json").data
    assert data["untagged"] == {"no_clip": 1, "wrong_clip": 1}
    assert data["next_try"] == (NOON + FIRST_RETRY).isoformat()


def test_what_can_only_be_waited_for_needs_no_next_step(run: Run, synced: Stage) -> None:
    with open_database(synced.database) as db:
        for row in db.execute("SELECT id FROM tracks").fetchall():
            save_failure(db, row["id"], "no_clip", "", datetime.now(UTC))
    assert "Next" not in run("library").out


def test_the_map(run: Run, stage: Stage, tmp_path: Path) -> None:
    stage.tag_all(HAPPY)
    plot = tmp_path / "map.png"
    assert run("library", "--plot", plot).code == 0
    assert plot.read_bytes().startswith(b"\x89PNG")


SLOW, LOUD = ("acoustic", "slow"), ("loud",)


@pytest.fixture
def heard(stage: Stage) -> Stage:
    """Three tracks were heard as acoustic, two of them as slow, and the fourth as loud."""
    stage.tag_all(SAD)
    tags = [SLOW, SLOW, ("acoustic",), LOUD]
    with open_database(stage.database) as db:
        for row, words in zip(db.execute("SELECT id FROM tracks").fetchall(), tags, strict=True):
            mood = replace(tag_at(HAPPY if words is LOUD else SAD), tags=words)
            save_tag(db, row["id"], mood, Origin("deezer", "1", 1.0), NOON)
    return stage


def test_what_was_heard_is_counted_in_words(run: Run, heard: Stage) -> None:
    assert "  heard: acoustic 3, slow 2, loud 1" in run("library").out.splitlines()
    assert run("library", "--json").data["heard"] == {"acoustic": 3, "slow": 2, "loud": 1}


@pytest.mark.parametrize(
    ("words", "first", "listed"),
    [
        (["acoustic"], "3 of 4 tagged tracks sound acoustic", 3),
        (["acoustic", "slow"], "2 of 4 tagged tracks sound acoustic and slow", 2),
        ([" SLOW "], "2 of 4 tagged tracks sound slow", 2),
        (["loud"], "1 of 4 tagged tracks sounds loud", 1),
        (["loud", "slow"], "0 of 4 tagged tracks sound loud and slow", 0),
    ],
)
def test_the_tracks_that_sound_as_was_asked_for(
    run: Run, heard: Stage, words: list[str], first: str, listed: int
) -> None:
    options = [part for word in words for part in ("--heard", word)]
    lines = run("library", *options).out.splitlines()
    assert lines[0] == first
    assert sum("120 bpm" in line for line in lines) == listed
    tracks = run("library", *options, "--json").data["tracks"]
    assert len(tracks) == listed
    wanted = {word.strip().lower() for word in words}
    assert all(wanted <= set(track["words"]) for track in tracks)


def test_only_some_of_many_are_listed(
    run: Run, heard: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.cli.library.library.MOST_LISTED", 1)
    out = run("library", "--heard", "slow").out
    assert out.count("120 bpm") == 1
    assert out.endswith("  and 1 more; --json has all\n")


def test_they_have_a_map(run: Run, heard: Stage, tmp_path: Path) -> None:
    plot = tmp_path / "map.svg"
    assert run("library", "--heard", "slow", "--plot", plot).code == 0
    assert ">2 tracks that sound slow<" in plot.read_text("utf-8")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("acustic", "Did you mean acoustic?"),
        ("zydeco", "No track of your library sounds 'zydeco'."),
        ("", "No track of your library sounds ''."),
        ("' OR 1=1 --", "Words: acoustic, slow, loud."),
    ],
)
def test_a_word_that_is_said_of_no_track(run: Run, heard: Stage, word: str, told: str) -> None:
    ended = run("library", "--heard", word)
    assert ended.code == 2
    assert told in ended.err


def test_before_anything_was_heard(run: Run, stage: Stage) -> None:
    ended = run("library", "--heard", "slow")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, "Run `companion tag` first.")


def test_a_map_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    ended = run("library", "--plot", tmp_path / "map.doc")
    assert ended.code == 2
    assert "cannot be written as map.doc" in ended.err


def places(count: int) -> list[Affect]:
    rng = np.random.default_rng(1)
    return [Affect.clipped(*pair) for pair in rng.normal(0, 0.5, (count, 2))]


def draw(file: Path, count: int) -> str:
    draw_map(places(count), file, LIGHT)
    return file.read_text("utf-8")


@pytest.mark.parametrize("count", [0, 1, 100, MOST_DOTS + 1])
def test_it_names_the_quadrants_and_the_axes(count: int, tmp_path: Path) -> None:
    text = draw(tmp_path / "map.svg", count)
    assert f">{count:,} tracks, as they sound<" in text
    for quadrant in Quadrant:
        assert f">{quadrant.value} {quadrant.words}<" in text
    assert ">valence: unpleasant to pleasant<" in text


@pytest.mark.parametrize("count", [1, 50, MOST_DOTS])
def test_a_dot_for_each_track(count: int, tmp_path: Path) -> None:
    assert draw(tmp_path / "map.svg", count).count('style="fill') >= count


def test_many_tracks_are_counted_in_cells(tmp_path: Path) -> None:
    text = draw(tmp_path / "map.svg", 20_000)
    assert ">tracks in a cell<" in text
    assert len(text) < 2_000_000
