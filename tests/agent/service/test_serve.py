"""The agent as a process: one for each user, its signals, its control, its end."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from companion.agent.service.instance import only_instance
from companion.demo.simulator.faults import Fault
from companion.demo.simulator.server import Simulator
from companion.errors import AgentNotRunning, AgentRunning, StoreError
from companion.store.database import migrations, open_database
from tests.agent.fake_work import CAMERA_VARIABLE
from tests.agent.live import Home, make_home, wait_until
from tests.agent.models.test_worker import gone, is_open
from tests.agent.service.test_agent import spoil
from tests.agent.visitor import ADD

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and the fake camera are POSIX")

HEAVY = ("numpy", "jax", "mediapipe", "librosa", "cv2", "scipy", "soundfile", "matplotlib")


@pytest.fixture
def home(tmp_path: Path, sim: Simulator) -> Home:
    made = make_home(tmp_path, sim)
    made.environment[CAMERA_VARIABLE] = str(tmp_path / "camera")
    return made


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    return tmp_path / "camera"


def visits(home: Home) -> list[tuple[str, str]]:
    with open_database(home.paths.database) as db:
        rows = db.execute("SELECT outcome, detail FROM visits ORDER BY id").fetchall()
    return [(row["outcome"], row["detail"]) for row in rows]


def test_a_visit_in_two_processes(home: Home) -> None:
    with home.start("--source", "happy") as agent:
        ended = home.run("visit-now")
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.startswith("Queued: ")
        assert home.run("visit-now", "--json").stdout
        assert home.spotify.count(*ADD) == 1
        worker = agent.worker
        assert worker
        assert worker.ppid() == agent.process.pid
        maps = Path(f"/proc/{agent.process.pid}/maps")
        if maps.exists():
            loaded = maps.read_text()
            assert not [name for name in HEAVY if f"/{name}/" in loaded]
    wait_until(lambda: gone(worker.pid))  # by itself: the agent was killed


def test_its_modules_load_nothing_heavy() -> None:
    import subprocess
    import sys

    program = (
        "import sys, companion.agent.service.serve, companion.desktop.presence.linux;"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(number: int, home: Home) -> None:
    with home.start("--source", "happy") as agent:
        agent.ask("visit-now")
        assert agent.end(number) < 3
        assert agent.process.returncode == 0
        assert list(home.paths.runtime.iterdir()) == []
    with only_instance(home.paths.lock):
        pass


def test_a_signal_in_the_middle_of_a_look_lets_go_of_the_camera(home: Home, camera: Path) -> None:
    with home.start("--source", "hang") as agent:
        agent.ask_later("visit-now")
        wait_until(lambda: camera.exists() and is_open(camera))
        assert agent.end() < 3
        assert not is_open(camera)
    assert visits(home) == [("failed", "The agent is ending.")]


def test_a_signal_while_spotify_does_not_answer(home: Home) -> None:
    home.spotify.faults.add(Fault("GET", "/v1/me/player", delay_s=8), times=None)
    with home.start("--source", "happy") as agent:
        agent.ask_later("visit-now")
        wait_until(lambda: home.spotify.count("GET", "/v1/me/player"))
        assert agent.end() < 3
        assert agent.process.returncode == 0
    with open_database(home.paths.database) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.slow
def test_a_suspended_agent_does_not_suspend_the_status(home: Home) -> None:
    with home.start("--source", "happy") as agent:
        agent.process.send_signal(signal.SIGSTOP)
        for _ in range(3):
            assert home.run("status", timeout=20).returncode == AgentNotRunning.exit_code
        with pytest.raises(AgentNotRunning, match="did not answer within 1 s"):
            agent.ask("status", 1)
        agent.process.send_signal(signal.SIGCONT)
        wait_until(lambda: agent.ask("status")["pid"] == agent.process.pid)


def test_the_stop_command(home: Home) -> None:
    with home.start("--source", "happy") as agent:
        agent.ask("stop")
        agent.process.wait(5)
        assert agent.process.returncode == 0


def test_a_second_start_is_refused(home: Home) -> None:
    with home.start("--source", "happy") as agent:
        second = home.run("run")
        assert second.returncode == AgentRunning.exit_code
        assert second.stderr.startswith("companion: An agent is already running.\n")
        assert agent.ask("status")["pid"] == agent.process.pid


def test_after_a_kill_it_starts_again(home: Home, camera: Path) -> None:
    with home.start("--source", "hang") as agent:
        agent.ask_later("visit-now")
        wait_until(lambda: camera.exists() and is_open(camera))
        worker = agent.worker
        agent.process.kill()
        agent.process.wait()
        wait_until(lambda: not is_open(camera), 3)
        assert worker
        wait_until(lambda: gone(worker.pid), 3)
        with pytest.raises(AgentNotRunning):
            agent.ask("status")
    with home.start("--source", "happy") as agent:
        assert agent.ask("visit-now")["outcome"] == "queued"


class TestReload:
    def test_hangup_reads_the_settings_again(self, home: Home) -> None:
        with home.start("--source", "happy") as agent:
            home.paths.config.write_text("[agent]\nperiod_minutes = 0\n")
            agent.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "period_minutes" in agent.ask("status")["config_problem"])
            assert "agent.period_minutes must be from" in home.run("status").stdout
            home.paths.config.write_text("[agent]\nperiod_minutes = 77\n")
            agent.process.send_signal(signal.SIGHUP)
            wait_until(lambda: agent.ask("status")["config_problem"] == "")
            assert agent.process.poll() is None

    def test_a_broken_file_at_the_start_is_told(self, home: Home) -> None:
        home.paths.config.write_bytes(b"\xff\xfe[agent\n\x00")
        ended = home.run("run")
        assert ended.returncode == 4
        assert "Traceback" not in ended.stderr


class TestWorker:
    @pytest.mark.parametrize(
        ("what", "words"),
        [("crash", "The worker died of signal 6."), ("memory", "The worker ran out of memory.")],
    )
    def test_its_end_costs_one_visit(self, what: str, words: str, home: Home) -> None:
        with closing(sqlite3.connect(home.paths.database)) as db:  # so that the face alone counts
            db.execute(
                "CREATE TRIGGER unheard BEFORE INSERT ON plays BEGIN SELECT RAISE(IGNORE); END"
            )
        with home.start("--source", what) as agent:
            assert agent.ask("visit-now")["detail"] == words
            home.paths.config.write_text("[agent]\nworker_rest_minutes = 0\n")
            agent.ask("reload")
            assert agent.ask("visit-now")["detail"] == words
        assert visits(home) == [("failed", words)] * 2
        assert home.spotify.count(*ADD) == 0

    def test_its_memory_goes_back(self, home: Home) -> None:
        home.paths.config.write_text("[agent]\nworker_rest_minutes = 0.005\n")
        with home.start("--source", "happy") as agent:
            agent.ask("visit-now")
            wait_until(lambda: agent.ask("status")["worker"] is None)
            wait_until(lambda: not psutil.Process(agent.process.pid).children())


class TestStore:
    def test_one_of_a_newer_version_is_left_alone(self, home: Home) -> None:
        db = sqlite3.connect(home.paths.database)
        db.execute(f"PRAGMA user_version = {max(migrations()) + 1}")
        db.close()
        before = home.paths.database.read_bytes()
        ended = home.run("run")
        assert ended.returncode == StoreError.exit_code
        assert "newer companion" in ended.stderr
        assert home.paths.database.read_bytes() == before

    def test_a_damaged_one_is_kept_aside(self, home: Home) -> None:
        spoil(home.paths.database)
        with home.start("--source", "happy") as agent:
            wait_until(lambda: "store" in agent.ask("status")["troubles"])
            assert "a new one was created" in home.run("status").stdout
            wait_until(lambda: home.spotify.count("GET", "/v1/me/tracks"))
            assert "days left" in home.run("status").stdout  # the keyring still knows the sign-in
        aside = list(home.paths.state.glob("companion.db.damaged-*"))
        assert len([one for one in aside if one.name[-4:] not in ("-wal", "-shm")]) == 1
        assert home.paths.log.read_text().count("a new one was created") == 1

    def test_a_full_disk(self, home: Home) -> None:
        """No file may grow beyond some pages of the database: jobs fail, the agent lives."""
        with home.start("--source", "happy", program=limited(34_000)) as agent:
            answers = [agent.try_("visit-now") for _ in range(4)]
            assert None in answers
            assert agent.ask("status")["pid"] == agent.process.pid
            assert agent.end() < 3
            assert agent.process.stdout
            assert "Traceback" not in agent.process.stdout.read()
        with open_database(home.paths.database) as db:
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        with home.start("--source", "happy") as agent:
            assert agent.ask("visit-now")["reason"] in ("queued", "own_track_waiting")
        assert home.spotify.count(*ADD) <= 1

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
    def test_a_read_only_state_folder(self, home: Home, read_only: Callable[[Path], None]) -> None:
        read_only(home.paths.state)
        for words in (("run",), ("status",), ("pause",)):
            ended = home.run(*words)
            assert ended.returncode == StoreError.exit_code, ended
            assert "Traceback" not in ended.stderr
            assert len(ended.stderr.splitlines()) == 2, ended.stderr


def limited(size: int) -> tuple[str, ...]:
    """The fake agent, none of whose files may grow beyond a size in bytes."""
    import sys

    program = (
        "import resource, runpy, signal;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        "runpy.run_module('tests.agent.fake_agent', run_name='__main__', alter_sys=True)"
    )
    return (sys.executable, "-c", program)


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """Mounts a folder read-only over itself, which holds for root too."""
    import subprocess

    mounted: list[Path] = []

    def mount(folder: Path) -> None:
        for words in (("--bind", folder, folder), ("-o", "remount,ro,bind", folder)):
            done = subprocess.run(["mount", *words], capture_output=True, check=False)  # noqa: S603, S607
            if done.returncode:
                pytest.skip("nothing may be mounted here")
            if words[0] == "--bind":
                mounted.append(folder)

    yield mount
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)  # noqa: S603, S607
