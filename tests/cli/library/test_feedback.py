from __future__ import annotations

from datetime import UTC, datetime

import pytest

from companion.affect import Affect
from companion.store.database import open_database
from companion.store.face.readings import save_reading
from companion.store.tracks.library import save_tracks
from companion.track import Track
from tests.cli.agent.test_status import happy
from tests.cli.shell import HAPPY, SAD, Run, Stage

NOW = datetime.now(UTC)


@pytest.fixture
def stage_on(signed_in: Stage) -> Stage:
    """A track of the library plays."""
    signed_in.tag_all(HAPPY)
    signed_in.spotify.player.play(signed_in.spotify.library.tracks)
    return signed_in


def byline(stage: Stage, number: int = 0) -> str:
    track = stage.spotify.library.tracks[number]
    return f"{', '.join(artist.name for artist in track.artists)} - {track.name}"


def uri(stage: Stage, number: int) -> str:
    return stage.spotify.library.tracks[number].uri


def set_mood(run: Run, place: Affect) -> None:
    assert run("mood", f"{place.valence},{place.arousal}").code == 0


def best(run: Run) -> list[str]:
    return [one["uri"] for one in run("queue", "--dry-run", "--json").data["best"]]


@pytest.mark.parametrize(
    ("word", "told"), [("like", "Liked"), ("skip", "Noted as not now"), ("block", "Blocked")]
)
def test_the_playing_track_is_meant(run: Run, stage_on: Stage, word: str, told: str) -> None:
    assert run(word).out.startswith(f"{told}: {byline(stage_on)}")


def test_the_companion_never_skips_playback(run: Run, stage_on: Stage) -> None:
    stage_on.spotify.requests.clear()
    run("skip")
    asked = {(request.method, request.path) for request in stage_on.spotify.requests}
    assert asked == {("GET", "/v1/me/player"), ("POST", "/api/token")}  # what plays, and a token


def test_it_says_for_which_mood(run: Run, stage_on: Stage) -> None:
    assert "(in every mood, as yours is unknown)" in run("like").out
    set_mood(run, SAD)
    assert "(when sad, tired)" in run("like").out


@pytest.mark.parametrize("word", ["like", "skip"])
def test_what_was_said_moves_the_track(run: Run, stage_on: Stage, word: str) -> None:
    set_mood(run, HAPPY)
    for _ in range(3):
        run(word, uri(stage_on, 1))
    assert best(run)[0 if word == "like" else -1] == uri(stage_on, 1)


def test_what_is_blocked_is_gone_until_it_is_unblocked(run: Run, stage_on: Stage) -> None:
    set_mood(run, HAPPY)
    run("block", uri(stage_on, 1))
    assert uri(stage_on, 1) not in best(run)
    assert run("block", "--list").out == f"track: {byline(stage_on, 1)}\n"
    assert run("unblock", uri(stage_on, 1)).out == f"Unblocked: {byline(stage_on, 1)}\n"
    assert uri(stage_on, 1) in best(run)
    assert "was not blocked" in run("unblock", uri(stage_on, 1)).out


def test_an_artist_can_be_blocked(run: Run, stage_on: Stage) -> None:
    set_mood(run, HAPPY)
    artist = stage_on.spotify.library.tracks[0].artists[0].name
    mine = {
        track.uri
        for track in stage_on.spotify.library.tracks
        if artist in [one.name for one in track.artists]
    }
    assert run("block", "--artist").out == f"Blocked: {artist}\n"
    assert mine.isdisjoint(best(run))
    assert run("unblock", "--artist", artist.lower()).out == f"Unblocked: {artist}\n"
    assert mine <= set(best(run))


def test_a_block_can_be_taken_back_when_the_track_is_gone(run: Run, stage_on: Stage) -> None:
    name = byline(stage_on, 1)
    run("block", uri(stage_on, 1))
    assert run("forget", "--library", "--yes").code == 0
    assert run("unblock", *name.split()).out == f"Unblocked: {name}\n"


def test_a_track_can_be_named_by_its_words(run: Run, stage_on: Stage) -> None:
    assert run("like", *byline(stage_on, 2).replace(" - ", " ").split()).code == 0


@pytest.mark.parametrize("word", ["like", "skip", "block", "unblock"])
@pytest.mark.parametrize("words", [["no", "such", "song"], ["spotify:track:" + "0" * 22]])
def test_a_track_that_is_not_there(run: Run, stage_on: Stage, word: str, words: list[str]) -> None:
    ended = run(word, *words)
    assert ended.code == 2
    assert "No track in your library is called" in ended.err


def test_several_tracks_are_named_with_their_artists(run: Run, stage_on: Stage) -> None:
    shared = {
        word
        for word in "abcdefghijklmnopqrstuvwxyz"
        if sum(word in byline(stage_on, n).casefold() for n in range(4)) > 1
    }
    ended = run("like", sorted(shared)[0])
    assert ended.code == 2
    assert "Several tracks are called" in ended.err
    named = [line for line in ended.err.splitlines() if "spotify:track:" in line]
    assert len(named) > 1
    assert all(" - " in line for line in named)


def test_an_artist_can_be_named_by_words_that_fit_several_of_its_tracks(
    run: Run, stage_on: Stage
) -> None:
    artist = stage_on.spotify.library.tracks[0].artists[0].name
    with open_database(stage_on.database) as db:
        for n in range(2):
            save_tracks(db, [Track(f"{n}" * 22, f"spotify:track:{n}", f"Xyz {n}", (artist,))], NOW)
    assert run("block", "Xyz").code == 2
    assert run("block", "--artist", "Xyz").out == f"Blocked: {artist}\n"


def test_an_empty_list_of_blocks_is_a_sentence(run: Run, stage_on: Stage) -> None:
    assert run("block", "--list").out == "Nothing is blocked.\n"


@pytest.mark.parametrize(("first", "second"), [("like", "skip"), ("skip", "like")])
def test_the_contrary_replaces_what_was_said_before(
    first: str, second: str, run: Run, stage_on: Stage
) -> None:
    set_mood(run, HAPPY)
    assert "replaces" not in run(first, uri(stage_on, 1)).out
    assert run(second, uri(stage_on, 1)).out.endswith(f"; this replaces your {first}\n")
    assert best(run)[0 if second == "like" else -1] == uri(stage_on, 1)
    set_mood(run, SAD)
    assert "replaces" not in run(first, uri(stage_on, 1)).out  # in another mood both may hold


class TestUndo:
    def test_without_anything_said(self, run: Run) -> None:
        assert run("undo").out == "There is nothing to undo.\n"

    def test_it_takes_back_one_after_the_other_the_last_first(
        self, run: Run, stage_on: Stage
    ) -> None:
        name = byline(stage_on)
        for word in ("like", "block", "skip"):
            assert run(word).code == 0
        run("mood", "calm")
        said = ["mood calm", f"skip {name}", f"block {name}"]
        for words in said:
            assert run("undo").out == f"Undone: {words}\n"
        assert run("undo").out == "There is nothing to undo.\n"  # the skip replaced the like
        assert run("block", "--list").out == "Nothing is blocked.\n"
        assert run("mood").out.startswith("The mood is unknown")

    def test_a_correction(self, run: Run, stage_on: Stage) -> None:
        with open_database(stage_on.database) as db:
            save_reading(db, happy(), "face_mood/1", NOW)
        run("wrong", "sadness")
        assert run("mood").out.startswith("sad")
        assert run("undo").out == "Undone: wrong sadness\n"
        assert run("mood").out.startswith("happy")


def test_nothing_plays(run: Run, signed_in: Stage) -> None:
    ended = run("like")
    assert ended.code == 2
    assert "Spotify is not playing a track." in ended.err


def test_without_a_sign_in(run: Run, stage: Stage) -> None:
    assert run("like").code == 31
