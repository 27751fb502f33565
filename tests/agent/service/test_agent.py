from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from companion.affect import Abstention
from companion.agent.library import background
from companion.agent.library.tagging_order import due_tracks
from companion.agent.visit.outcome import Outcome
from companion.config.schema import Agent as AgentSettings
from companion.config.schema import Camera as CameraSettings
from companion.config.schema import Clips
from companion.demo.simulator.server import Simulator
from companion.errors import CameraDenied, ConfigError, WorkerLost
from companion.music.clips.provider import Clip, Match, MatchedBy
from companion.paths import Paths
from companion.store.database import open_database
from companion.store.history.overrides import Pause, save_pause
from companion.store.history.queue import EntryState
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, count_tagged, save_tag
from companion.track import Track
from companion.weights import open_model
from tests.agent.fake_work import BRIGHT
from tests.agent.simulated import Life, scheduled_by
from tests.agent.visitor import to_track

ADD = ("POST", "/v1/me/player/queue")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path / "config.toml", tmp_path, tmp_path / "cache", tmp_path / "run")
    made.make()
    return made


@pytest.fixture
def life(sim: Simulator, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """All tracks are tagged, and the whole library plays round and round."""
    made = Life(sim, paths)
    with open_database(paths.database) as db:
        save_tracks(db, map(to_track, sim.library.tracks), made.time.wall)
        for track in sim.library.tracks:
            save_tag(db, track.id, BRIGHT, Origin("deezer", "1", 1.0), made.time.wall)
    sim.player.repeat_state = "context"
    sim.player.play(sim.library.tracks[:3])
    with scheduled_by(made.time, monkeypatch):
        yield made
        made.end()


def visits(life: Life) -> list[tuple[datetime, str]]:
    with open_database(life.paths.database) as db:
        rows = db.execute("SELECT at, outcome FROM visits ORDER BY id").fetchall()
    return [(datetime.fromtimestamp(row["at"], UTC), row["outcome"]) for row in rows]


def outcomes(life: Life) -> list[str]:
    return [outcome for _, outcome in visits(life)]


def states(life: Life) -> list[EntryState]:
    with open_database(life.paths.database) as db:
        return [EntryState(row[0]) for row in db.execute("SELECT state FROM queue_entries")]


def pause(life: Life, until: datetime | None = None) -> None:
    with open_database(life.paths.database) as db:
        save_pause(db, Pause(life.time.wall, until))


def remaining(sim: Simulator) -> float:
    """Seconds that the present track still has."""
    shown = sim.player.now()
    assert shown
    return (shown.item.duration_ms - shown.progress_ms) / 1000


def test_the_first_visit_comes_late_in_the_track_that_plays(life: Life) -> None:
    life.start()
    late: list[float] = []
    life.models.camera.before = lambda: late.append(remaining(life.sim))
    life.live(minutes=6)
    assert outcomes(life) == ["queued"]
    assert late == [pytest.approx(45, abs=1)]


@pytest.mark.parametrize("mute", [False, True])
def test_an_hour_of_music(life: Life, mute: bool) -> None:
    """With the desktop's signal, and without one, when Spotify is asked what plays."""
    life.desktop.mute = mute
    late: list[float] = []
    life.models.camera.before = lambda: late.append(remaining(life.sim))
    life.start()
    life.live(hours=1)
    times = [at for at, outcome in visits(life) if outcome == "queued"]
    assert 3 <= len(times) <= 6
    gaps = [after - before for before, after in pairwise(times)]
    assert all(gap >= timedelta(minutes=10) for gap in gaps)
    assert all(second == pytest.approx(45, abs=2) for second in late)
    assert life.sim.count(*ADD) == len(times)
    assert states(life).count(EntryState.FINISHED) >= len(times) - 2


def test_with_the_signal_few_calls_are_made(life: Life) -> None:
    life.start()
    life.live(hours=2)
    count = len(outcomes(life))
    player = [one for one in life.sim.requests if one.path.startswith("/v1/me/player")]
    assert len(player) <= 3 * count + 1


def test_after_sleep_nothing_is_caught_up(life: Life) -> None:
    life.start()
    life.live(minutes=30)
    before = len(visits(life))
    life.time.sleep(9 * 3600)
    woke = life.time.wall
    life.live(minutes=9.9)
    assert len(visits(life)) == before
    life.live(minutes=9)
    assert len(visits(life)) == before + 1
    assert visits(life)[-1][0] >= woke + timedelta(minutes=10)


@pytest.mark.parametrize("hours", [-30, -1, 1, 30])
def test_a_clock_that_is_set_holds_nothing_up(life: Life, hours: float) -> None:
    life.start()
    life.live(minutes=30)
    before = len(visits(life))
    life.time.offset = 3600 * hours
    life.live(minutes=9.9)
    assert len(visits(life)) == before
    life.live(minutes=25)
    assert before < len(visits(life)) <= before + 3


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"locked": True}, "screen_locked"),
        ({"idle": 601.0}, "away"),
        ({"locked": None, "idle": None, "battery": None}, "queued"),
    ],
)
def test_the_desk(life: Life, change: dict[str, Any], outcome: str) -> None:
    for name, value in change.items():
        setattr(life.desktop, name, value)
    life.start()
    life.live(minutes=12)
    assert outcomes(life)[0] == outcome
    assert (life.models.camera.looks > 0) is (outcome == "queued")


def test_no_call_is_made_while_the_screen_is_locked(life: Life) -> None:
    life.desktop.locked, life.desktop.mute = True, True
    life.start()
    life.live(minutes=2)  # the first sync
    before = len(life.sim.requests)
    life.live(hours=3)
    assert len(life.sim.requests) == before
    assert set(outcomes(life)) == {"screen_locked"}


def test_a_pause_and_its_end(life: Life) -> None:
    life.start()
    pause(life)
    life.ask(life.agent.wake)
    life.live(hours=3)
    assert set(outcomes(life)) == {"by_user"}
    assert life.models.camera.looks == 0
    with open_database(life.paths.database) as db:
        db.execute("DELETE FROM pause")
    life.ask(life.agent.wake)
    life.live(minutes=15)
    assert outcomes(life)[-1] == "queued"


def test_while_nothing_plays_it_asks_more_and_more_seldom(life: Life) -> None:
    life.sim.player.pause()
    life.start()
    life.live(hours=8)
    times = [at for at, _ in visits(life)]
    gaps = [after - before for before, after in pairwise(times)]
    assert set(outcomes(life)) == {"not_playing"}
    assert len(times) <= 12
    assert max(gaps) <= timedelta(minutes=61)
    assert gaps[-1] > 2 * gaps[0]


def test_when_music_begins_a_visit_is_not_far(life: Life) -> None:
    life.sim.player.pause()
    life.start()
    life.live(hours=5)
    life.sim.player.resume()
    began = life.time.wall
    life.live(minutes=15)
    at, outcome = visits(life)[-1]
    assert outcome == "queued"
    assert at - began < timedelta(minutes=15)


def hear_nothing(life: Life) -> None:
    """From now on no play is kept, so that only the face tells the mood."""
    with open_database(life.paths.database) as db:
        db.execute("CREATE TRIGGER unheard BEFORE INSERT ON plays BEGIN SELECT RAISE(IGNORE); END")


def test_the_hourly_limit(life: Life) -> None:
    life.agent.config = life.agent._jobs.config = type(life.config)(
        agent=AgentSettings(period_minutes=1, most_an_hour=3)
    )
    hear_nothing(life)
    life.models.camera.abstain(Abstention.NO_FACE)
    life.start()
    life.live(hours=1)
    assert life.models.camera.looks <= 4
    assert "limit_reached" in outcomes(life)


def test_past_the_hourly_limit_listening_tells_the_mood(life: Life) -> None:
    life.agent.config = life.agent._jobs.config = type(life.config)(
        agent=AgentSettings(period_minutes=1, most_an_hour=0)
    )
    life.start()
    life.live(hours=1)
    assert life.models.camera.looks == 0
    assert "queued" in outcomes(life)


def test_a_lost_worker_costs_one_visit(life: Life) -> None:
    hear_nothing(life)
    life.start()
    seen = life.models.camera.shows
    life.models.camera.shows = WorkerLost("The worker died of signal 9.")
    life.live(minutes=6)
    assert outcomes(life) == ["failed"]
    life.models.camera.shows = seen
    life.live(minutes=25)
    assert outcomes(life)[1] == "queued"


def test_without_the_camera_no_worker_is_asked(life: Life) -> None:
    life.agent.config = life.agent._jobs.config = replace(
        life.agent.config, camera=CameraSettings(enabled=False)
    )
    life.start()
    life.live(minutes=30)
    assert "queued" in outcomes(life)
    assert life.models.camera.looks == 0


def test_a_denied_camera_is_told_once(life: Life) -> None:
    hear_nothing(life)
    life.models.camera.shows = CameraDenied("The system does not allow access to camera 0.")
    life.start()
    life.live(hours=6)
    assert outcomes(life).count("camera_denied") > 3
    assert len(life.desktop.notices) == 1


def test_it_is_told_once_too_where_listening_tells_the_mood(life: Life) -> None:
    life.models.camera.shows = CameraDenied("The system does not allow access to camera 0.")
    life.start()
    life.live(hours=2)
    assert outcomes(life).count("queued") > 1
    assert len(life.desktop.notices) == 1


def test_an_ended_sign_in_is_told_once_and_mended_by_the_next(life: Life) -> None:
    life.backend.entries.clear()
    life.start()
    life.live(hours=3)
    assert set(outcomes(life)) == {"login_needed"}
    assert len(life.desktop.notices) == 1
    life.sign_in()
    life.ask(life.agent.wake)
    life.live(minutes=15)
    assert outcomes(life)[-1] == "queued"


def test_a_visit_asked_for_needs_no_look_at_the_desk(life: Life) -> None:
    life.start()
    pause(life)
    life.desktop.locked = True
    answer = life.agent._timetable.submit(life.agent._visit_asked_for)
    life._pool.run_all()
    assert answer.result().outcome is Outcome.QUEUED
    assert outcomes(life) == ["queued"]


def test_the_library_is_read_when_it_is_due_and_not_before(life: Life) -> None:
    life.start()
    life.live(hours=1)
    reads = life.sim.count("GET", "/v1/me/tracks")
    assert reads >= 1
    life.live(hours=4)
    assert life.sim.count("GET", "/v1/me/tracks") == reads
    life.live(hours=2)
    assert life.sim.count("GET", "/v1/me/tracks") > reads


class TestSettings:
    def test_new_ones_are_taken(self, life: Life) -> None:
        life.start()
        life.paths.config.write_text("[agent]\nperiod_minutes = 33\n")
        life.ask(life.agent.reload)
        assert life.agent.config.agent.period_minutes == 33
        assert life.agent.report()["config_problem"] == ""

    def test_bad_ones_are_refused_and_the_old_kept(
        self, life: Life, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING, "companion")
        life.start()
        before = life.agent.config
        life.paths.config.write_text("[agent]\nperiod_minutes = 0\n")
        with pytest.raises(ConfigError):
            life.ask(life.agent.reload)
        assert life.agent.config is before
        assert "period_minutes" in life.agent.report()["config_problem"]
        assert "period_minutes" in caplog.text
        life.paths.config.write_text("")
        life.ask(life.agent.reload)
        assert life.agent.report()["config_problem"] == ""


class TestStore:
    def test_a_damaged_one_is_kept_aside_and_a_new_one_begun(
        self, life: Life, caplog: pytest.LogCaptureFixture
    ) -> None:
        life.start()
        life.live(minutes=30)
        life.ask(lambda: life.agent._timetable.submit(life.agent._connections.drop))
        spoil(life.paths.database)
        caplog.set_level(logging.ERROR, "companion")
        life.live(hours=1)
        aside = list(life.paths.state.glob("companion.db.damaged-*"))
        assert len([file for file in aside if not file.name.endswith(("-wal", "-shm"))]) == 1
        assert caplog.text.count("a new one was created") == 1
        assert len(life.desktop.notices) == 1
        with open_database(life.paths.database) as db:
            assert db.execute("SELECT count(*) FROM tracks").fetchone()[0] == 28  # read anew
        assert outcomes(life)  # and the visits go on

    def test_one_that_cannot_be_written_stops_no_job_for_ever(self, life: Life) -> None:
        life.start()
        life.live(minutes=1)
        with open_database(life.paths.database) as db:
            db.execute(
                "CREATE TRIGGER full BEFORE INSERT ON visits "
                "BEGIN SELECT raise(abort, 'disk is full'); END"
            )
        life.live(hours=1)
        assert "disk is full" in life.agent.report()["troubles"]["visit"]
        life.ask(life.agent.wake)
        assert "disk is full" in life.agent.report()["troubles"]["visit"]
        with open_database(life.paths.database) as db:
            db.execute("DROP TRIGGER full")
        life.live(hours=1)
        assert "visit" not in life.agent.report()["troubles"]
        assert outcomes(life)
        assert life.sim.count(*ADD) == len(states(life))


def spoil(database: Path) -> None:
    """Write over the middle of the file, as a dying disk does."""
    for log in database.parent.glob(f"{database.name}-*"):
        log.unlink()
    content = bytearray(database.read_bytes())
    content[100 : len(content)] = b"\xff" * (len(content) - 100)
    database.write_bytes(bytes(content))


def test_a_library_that_is_tagged_is_seldom_searched(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches = []

    def count(db: Any, model: str, at: datetime, *, again: bool) -> list[Track]:
        searches.append(at)
        return due_tracks(db, model, at, again=again)

    monkeypatch.setattr(background, "due_tracks", count)
    clips = Clips(("deezer",), deezer_url=life.sim.deezer_url)
    life.agent._jobs.config = replace(life.config, clips=clips)
    with open_database(life.paths.database) as db:
        db.execute("UPDATE tags SET model = ?", (open_model("track_mood").label,))
    life.start()
    life.live(hours=1)
    searches.clear()
    life.live(hours=3)
    assert 0 < len(searches) <= 8


@pytest.mark.parametrize("wanted", [True, False])
def test_a_notice_tells_of_each_queued_track_where_it_is_wanted(
    life: Life, *, wanted: bool
) -> None:
    settings = replace(life.config.agent, queue_notices=wanted)
    life.agent.config = life.agent._jobs.config = replace(life.config, agent=settings)
    life.start()
    life.live(minutes=20)
    assert states(life)
    told = [text for text in life.desktop.notices if text.startswith("companion queued a track")]
    assert len(told) == wanted * len(states(life))


def test_a_library_that_comes_by_a_sync_is_tagged_within_minutes(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = Clip(b"", "deezer", "1", Match(MatchedBy.ISRC, 1.0))
    monkeypatch.setattr(background, "find_clip", lambda *_: clip)
    clips = Clips(("deezer",), deezer_url=life.sim.deezer_url)
    life.agent.config = life.agent._jobs.config = replace(life.config, clips=clips)
    with open_database(life.paths.database) as db:
        db.execute("DELETE FROM tracks")
    life.start()
    life.live(minutes=10)
    with open_database(life.paths.database) as db:
        assert count_tagged(db) == len(life.sim.library.tracks)


def test_the_end_lets_go_of_everything(life: Life) -> None:
    life.start()
    life.live(minutes=10)
    life.end()
    assert life.models.stopped


def test_a_mistake_of_ours_ends_one_run_of_one_job(
    life: Life, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    life.start()
    with monkeypatch.context() as patch:
        patch.setattr(life.agent._jobs, "read_signal", lambda: 1 / 0)
        life.live(minutes=12)
    assert "ZeroDivisionError" in life.agent.report()["troubles"]["follow"]
    assert "Traceback" in caplog.text
    life.live(minutes=15)
    assert not life.agent.report()["troubles"]
    assert "queued" in outcomes(life)
