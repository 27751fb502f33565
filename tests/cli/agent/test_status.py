from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import keyring
import pytest
from keyring.core import load_keyring

from companion.affect import EMOTION_AFFECT, Emotion, FaceMood, MoodExample, RestingFace
from companion.agent.service.control import ControlServer
from companion.agent.service.sign_in import keep_sign_in
from companion.cli.agent.status import read_status
from companion.cli.home import open_home
from companion.spotify.auth.consent import CONSENT_LIFETIME
from companion.spotify.auth.credentials import Consent
from companion.spotify.quota import WINDOW, Group
from companion.store.database import open_database
from companion.store.face.profile import save_example, save_resting
from companion.store.face.readings import save_reading
from companion.store.history.overrides import Pause, save_pause
from companion.store.history.queue import plan_entry
from companion.store.history.visits import Visit, save_visit
from companion.store.usage import count_call, save_wait
from companion.weights import open_model
from tests.cli.shell import SAD, Run, Stage, saved
from tests.conftest import Snapshot

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
REPORT: dict[str, Any] = {
    "pid": 7,
    "since": NOW.isoformat(),
    "next_visit": (NOW + timedelta(minutes=5)).isoformat(),
    "worker": None,
    "config_problem": "",
    "troubles": {"tag": "No source has time."},
}


def happy() -> FaceMood:
    shares = dict.fromkeys(Emotion, 0.0) | {Emotion.HAPPINESS: 1.0}
    return FaceMood(shares, EMOTION_AFFECT[Emotion.HAPPINESS], 1.0, 16)


def local(moment: datetime) -> str:
    return f"{moment.astimezone():%d %B %H:%M}"


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


class TestWithoutAnAgent:
    def test_before_anything(self, run: Run, snapshot: Snapshot) -> None:
        ended = run("status")
        assert ended.code == 3
        assert ended.err.startswith("companion: The agent is not running.\nStart it with")
        snapshot("status_before_anything", ended.out)

    def test_after_the_sync_of_a_new_database(self, signed_in: Stage, run: Run) -> None:
        assert not signed_in.database.exists()
        assert run("sync").code == 0
        left = run("status", "--json").data["sign_in_days_left"]
        assert CONSENT_LIFETIME.days - 1 <= left <= CONSENT_LIFETIME.days
        assert f"Sign-in     {left} days left" in run("status").out

    def test_json_before_anything(self, run: Run) -> None:
        ended = run("status", "--json")
        assert ended.code == 3
        assert ended.data == {
            "schema": 3,
            "agent": None,
            "config_problem": "",
            "paused": None,
            "sign_in_ends": None,
            "sign_in_days_left": None,
            "last_visit": None,
            "resting_face": {"looks": 0, "calibrated": False, "in_use": False, "examples": []},
            "camera": {"may_look": True, "enabled": True, "hours": ""},
            "mood": None,
            "strategy": "match",
            "waiting": None,
            "tracks": 0,
            "tagged": 0,
            "untried": 0,
            "clips": [],
            "calls_left": {"player": 400, "library": 150},
            "not_before": {},
        }

    def test_settings_with_a_problem(self, run: Run) -> None:
        paths = open_home().paths
        paths.config.write_text("[agent]\nperiod = 3\n", "utf-8")
        ended = run("status")
        assert ended.code == 3
        assert "agent.period is not known; did you mean period_minutes?" in ended.out


class TestWithAnAgent:
    def test_what_it_tells_of_itself(self, run: Run) -> None:
        with ControlServer(open_home().paths, {"status": lambda: REPORT}):
            ended = run("status")
            assert ended.code == 0
            lines = ended.out.splitlines()
            assert run("status", "--json").data["agent"] == REPORT
        due = local(NOW + timedelta(minutes=5))
        assert lines[0] == f"Agent       running since {local(NOW)}; next visit {due}"
        assert lines[-1] == "Trouble     tag: No source has time."


def test_after_a_visit(visited: Stage) -> None:
    status = read_status(open_home(), "", NOW)
    byline = saved(visited.spotify.library.tracks[0]).byline
    assert status.last_visit == {
        "at": NOW.isoformat(),
        "outcome": "queued",
        "reason": "queued",
        "detail": byline,
        "camera": True,
    }
    assert status.mood
    assert status.mood["valence"] == pytest.approx(0.81)
    assert status.mood["called"] == "happy, excited"
    assert status.waiting == byline
    assert (status.tracks, status.tagged) == (4, 4)


def test_the_screen_after_a_visit(visited: Stage, run: Run) -> None:
    lines = run("status").out.splitlines()
    byline = saved(visited.spotify.library.tracks[0]).byline
    assert "Library     4 of 4 tracks tagged" in lines
    assert f"Last visit  {local(NOW)}, queued: {byline}" in lines
    assert f"Waiting     {byline}" in lines


def test_the_mood_with_its_age(stage: Stage, run: Run) -> None:
    stage.tag_all(SAD)
    with open_database(stage.database) as db:
        save_reading(db, happy(), "face_mood/1", datetime.now(UTC) - timedelta(minutes=7))
    assert (
        "Mood        happy, excited (valence +0.81, arousal +0.51), read 7 min ago"
        in run("status").out
    )


@pytest.mark.parametrize(
    ("resting", "line"),
    [
        ({"looks": 2.0, "seen": 2}, "resting face not known yet, 2 looks so far"),
        ({"looks": 9.0, "seen": 14}, "resting face learned from 14 looks"),
        (
            {"looks": 60.0, "seen": 20, "calibrated": True},
            "resting face calibrated, 20 looks",
        ),
    ],
)
def test_what_is_known_of_the_face(
    resting: dict[str, Any], line: str, stage: Stage, run: Run
) -> None:
    model = open_model("face_adaptation").label
    numbers: dict[str, Any] = {
        "features": (0.1,) * 14,
        "identity": (0.25,) * 16,
        "day": 739_000,
        "day_looks": 1.0,
    }
    sad = MoodExample(Emotion.SADNESS, (0.1,) * 14)
    stage.tag_all(SAD)
    with open_database(stage.database) as db:
        save_resting(db, RestingFace(model=model, **numbers, **resting), NOW)
    assert f"Your face   {line}\n" in run("status").out
    with open_database(stage.database) as db:
        save_example(db, sad, model, NOW)
    assert f"Your face   {line}; examples of sadness\n" in run("status").out


def test_an_old_mood_is_forgotten(visited: Stage) -> None:
    home = open_home()
    forgotten = timedelta(minutes=6 * home.config.choose.half_life_minutes)
    assert read_status(home, "", NOW + forgotten).mood
    assert read_status(home, "", NOW + forgotten + timedelta(seconds=1)).mood is None


def test_a_visit_without_a_detail_ends_without_a_colon(stage: Stage, run: Run) -> None:
    open_home()
    with open_database(stage.database) as db:
        save_visit(db, Visit(NOW, "by_user", "", camera=False))
    assert f"Last visit  {local(NOW)}, paused (by user)" in run("status").out.splitlines()


@pytest.mark.parametrize("hours", [None, 1])
def test_a_pause(hours: float | None, stage: Stage, run: Run) -> None:
    now = datetime.now(UTC)
    until = None if hours is None else now + timedelta(hours=hours)
    open_home()
    with open_database(stage.database) as db:
        save_pause(db, Pause(now, until))
    end = f"until {local(until)}" if until else "until `companion resume`"
    assert f"Paused      by you, since {local(now)}, {end}" in run("status").out.splitlines()


class TestSignIn:
    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (182, "182 days left"),
            (15, "15 days left"),
            (14, "14 days left; run `companion login` before"),
            (1, "1 day left; run `companion login` before"),
            (0, "ended: run `companion login`"),
            (-3, "ended: run `companion login`"),
        ],
    )
    def test_the_days_that_are_left(self, days: int, words: str, stage: Stage, run: Run) -> None:
        given = datetime.now(UTC).date() - CONSENT_LIFETIME + timedelta(days=days)
        open_home()
        with open_database(stage.database) as db:
            keep_sign_in(db, Consent("0123456789abcdef", "secret", "", given))
        ended = run("status")
        assert f"Sign-in     {words}" in ended.out.splitlines()
        assert "secret" not in ended.out

    def test_neither_spotify_nor_the_keyring_is_asked(self, signed_in: Stage, run: Run) -> None:
        keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
        run("status")
        assert len(signed_in.spotify.requests) == 0


def test_what_spotify_may_still_be_asked(stage: Stage, run: Run) -> None:
    now = datetime.now(UTC)
    until = now + timedelta(hours=13)
    home = open_home()
    with open_database(stage.database) as db:
        count_call(db, Group.PLAYER, 400, WINDOW, now - timedelta(hours=25))
        count_call(db, Group.PLAYER, 400, WINDOW, now - timedelta(hours=23))
        save_wait(db, Group.LIBRARY, until)
        save_wait(db, Group.PLAYER, now - timedelta(hours=1))
    status = read_status(home, "", now)
    assert status.calls_left == {"player": 399, "library": 150}
    assert list(status.not_before) == ["library"]
    sentence = f"No library  before {local(until)}: Spotify asked us to wait"
    assert sentence in run("status").out.splitlines()
