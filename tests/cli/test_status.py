from __future__ import annotations

from datetime import UTC, datetime, timedelta

import keyring
import pytest
from keyring.core import load_keyring

from companion.affect import EMOTION_AFFECT, Emotion, FaceMood
from companion.cli.home import open_home
from companion.cli.status import read_status
from companion.spotify.gate import WINDOW, Group
from companion.store.calls import count_call, save_wait
from companion.store.database import open_database
from companion.store.queue import plan_entry
from companion.store.readings import save_reading
from companion.store.visits import Visit, save_visit
from tests.cli.shell import SAD, Run, Stage, saved

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def happy() -> FaceMood:
    shares = dict.fromkeys(Emotion, 0.0) | {Emotion.HAPPINESS: 1.0}
    return FaceMood(shares, EMOTION_AFFECT[Emotion.HAPPINESS], 1.0, 16)


@pytest.fixture
def visited(stage: Stage) -> Stage:
    """After a visit at NOW that queued a track."""
    stage.tag_all(SAD)
    track = saved(stage.spotify.library.tracks[0])
    with open_database(stage.database) as db:
        save_reading(db, happy(), "face_mood/1", NOW)
        plan_entry(db, track, {}, NOW)
        save_visit(db, Visit(NOW - timedelta(hours=1), "no_face", "0 of 16", camera=True))
        save_visit(db, Visit(NOW, "queued", track.byline, camera=True))
    return stage


def test_before_anything(run: Run) -> None:
    ended = run("status")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "Sign-in     not signed in: run `companion login`",
        "Library     0 of 0 tracks tagged",
        "Last visit  none yet",
        "Mood        unknown: nothing recent to go by",
        "Strategy    match",
        "Waiting     no own track in Spotify's queue",
        "Calls left  400 player, 150 library",
    ]


def test_json_before_anything(run: Run) -> None:
    assert run("status", "--json").data == {
        "schema": 1,
        "sign_in": "not signed in: run `companion login`",
        "sign_in_days_left": None,
        "last_visit": None,
        "last_visit_at": None,
        "mood": None,
        "strategy": "match",
        "waiting": None,
        "tracks": 0,
        "tagged": 0,
        "calls_left": {"player": 400, "library": 150},
        "not_before": {},
    }


def test_after_a_visit(visited: Stage) -> None:
    status = read_status(open_home(), NOW)
    byline = saved(visited.spotify.library.tracks[0]).byline
    assert status.last_visit == f"queued: {byline}"
    assert status.last_visit_at == NOW.isoformat()
    assert status.mood == pytest.approx({"valence": 0.81, "arousal": 0.51})
    assert status.waiting == byline
    assert (status.tracks, status.tagged) == (4, 4)


def test_the_screen_after_a_visit(visited: Stage, run: Run) -> None:
    lines = run("status").out.splitlines()
    byline = saved(visited.spotify.library.tracks[0]).byline
    assert "Library     4 of 4 tracks tagged" in lines
    assert f"Last visit  {NOW.astimezone():%d %B %H:%M}, queued: {byline}" in lines
    assert f"Waiting     {byline}" in lines
    assert run("status", "--json").data["schema"] == 1


def test_an_old_mood_is_forgotten(visited: Stage) -> None:
    home = open_home()
    forgotten = timedelta(minutes=6 * home.config.choose.half_life_minutes)
    assert read_status(home, NOW + forgotten).mood
    assert read_status(home, NOW + forgotten + timedelta(seconds=1)).mood is None


def test_a_visit_without_a_detail_ends_without_a_colon(stage: Stage) -> None:
    home = open_home()
    with open_database(stage.database) as db:
        save_visit(db, Visit(NOW, "by_user", "", camera=False))
    assert read_status(home, NOW).last_visit == "paused (by user)"


def test_the_days_that_are_left(signed_in: Stage, run: Run) -> None:
    data = run("status", "--json").data
    assert data["sign_in_days_left"] > 0
    assert data["sign_in"] == f"{data['sign_in_days_left']} days left"


def test_spotify_is_not_asked(signed_in: Stage, run: Run) -> None:
    run("status")
    assert len(signed_in.spotify.requests) == 0


def test_without_a_keyring_the_rest_is_shown(run: Run) -> None:
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    ended = run("status")
    assert ended.code == 0
    assert ended.out.startswith("Sign-in     There is no system keyring")
    assert "Strategy    match" in ended.out


def test_what_spotify_may_still_be_asked(stage: Stage, run: Run) -> None:
    now = datetime.now(UTC)
    until = now + timedelta(hours=13)
    home = open_home()
    with open_database(stage.database) as db:
        count_call(db, Group.PLAYER, 400, WINDOW, now - timedelta(hours=25))
        count_call(db, Group.PLAYER, 400, WINDOW, now - timedelta(hours=23))
        save_wait(db, Group.LIBRARY, until)
        save_wait(db, Group.PLAYER, now - timedelta(hours=1))
    status = read_status(home, now)
    assert status.calls_left == {"player": 399, "library": 150}
    assert list(status.not_before) == ["library"]
    sentence = f"No library  before {until.astimezone():%d %B %H:%M}: Spotify asked us to wait"
    assert sentence in run("status").out.splitlines()
