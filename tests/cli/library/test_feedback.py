from __future__ import annotations

import pytest

from companion.affect import Affect
from tests.cli.shell import HAPPY, SAD, Run, Stage


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
    ("word", "told"), [("like", "Liked"), ("skip", "Kept as not now"), ("block", "Blocked")]
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
    assert "No track of your library is called" in ended.err


def test_several_tracks_are_told_apart(run: Run, stage_on: Stage) -> None:
    shared = {
        word
        for word in "abcdefghijklmnopqrstuvwxyz"
        if sum(word in byline(stage_on, n).casefold() for n in range(4)) > 1
    }
    ended = run("like", sorted(shared)[0])
    assert ended.code == 2
    assert "Several tracks are called" in ended.err
    assert "spotify:track:" in ended.err


def test_nothing_plays(run: Run, signed_in: Stage) -> None:
    ended = run("like")
    assert ended.code == 2
    assert "No track of Spotify's plays now." in ended.err


def test_without_a_sign_in(run: Run, stage: Stage) -> None:
    assert run("like").code == 31
