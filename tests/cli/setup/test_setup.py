from __future__ import annotations

import io
import os
import sqlite3
import stat
import sys
import webbrowser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import platformdirs
import pytest
import typer
from keyring.core import load_keyring

from companion.affect import FaceReading
from companion.agent.library.tagging_order import due_tracks
from companion.agent.service.control import ControlServer
from companion.cli import camera as cli_camera
from companion.cli.home import Home
from companion.cli.setup import first_song
from companion.cli.setup import steps as setup_steps
from companion.config.file import load_config
from companion.config.schema import Config
from companion.demo.environment import consent
from companion.demo.portrait import portrait_frames
from companion.demo.simulator.library import library, make_tracks
from companion.demo.simulator.server import Simulator
from companion.desktop.service import service as services
from companion.errors import ClipSourceBusy
from companion.face import camera
from companion.face.camera import Frame
from companion.paths import find_paths
from companion.spotify.auth.credentials import CredentialStore
from companion.store.tracks.tags import Origin, save_tag
from tests.cli.agent.test_status import happy
from tests.cli.fake_service import FakeService
from tests.cli.shell import CLIENT_ID, HAPPY, SAVED, Ended, Run, tag_at
from tests.cli.test_main import HEAVY, RUN, python
from tests.face.fakes import FakeCamera, grey

OTHER_ID = "fedcba9876543210"
NOTHING = (
    *("--client-id", "keep", "--no-sign-in", "--clips", "keep", "--no-camera"),
    *("--no-first-song", "--no-service"),
)


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    fake = FakeService()
    monkeypatch.setattr(services, "find_service", lambda: fake)
    return fake


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> list[FaceReading]:
    """The looks that were made; each sees a happy face."""
    made: list[FaceReading] = []

    def look(*_: object) -> FaceReading:
        made.append(FaceReading(happy()))
        return made[-1]

    monkeypatch.setattr(cli_camera, "look", look)
    return made


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The limit of each run of the tagging; all tracks get the same tag."""
    runs: list[int] = []

    def tag(db: sqlite3.Connection, home: Home, *, jobs: int, limit: int) -> None:
        assert jobs >= 1
        runs.append(limit)
        now = datetime.now(UTC)
        for track in due_tracks(db, "track_mood/1", now, again=False)[:limit]:
            save_tag(db, track.id, tag_at(HAPPY), Origin("deezer", "1", 1.0), now)

    monkeypatch.setattr(first_song, "run_tag", tag)
    return runs


@pytest.fixture(autouse=True)
def no_music(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platformdirs, "user_music_dir", lambda: str(tmp_path / "Music"))


@pytest.fixture
def file(home: Path) -> Path:
    return home / "config.toml"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder with an audio file in it."""
    (tmp_path / "Song.mp3").touch()
    return tmp_path


def say_yes(address: str) -> bool:
    consent(address)
    return True


@pytest.fixture
def spotify(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """A simulator that the settings name, and a user who says yes in the browser."""
    monkeypatch.setattr(webbrowser, "open", say_yes)
    with Simulator(library(SAVED)) as simulator:
        file.parent.mkdir(parents=True)
        file.write_text(
            f'# mine\n[spotify]\napi_url = "{simulator.url}"\naccounts_url = "{simulator.url}"\n'
            f'[clips]\ndeezer_url = "{simulator.deezer_url}"\n'
        )
        yield simulator


@pytest.fixture
def answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Runs setup in a terminal in which somebody types these lines."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def run_setup(lines: list[str], *words: str) -> Ended:
        monkeypatch.setattr(sys, "stdin", Terminal("".join(f"{line}\n" for line in lines)))
        return run("setup", *words)

    return run_setup


def settings(file: Path) -> Config:
    return load_config(file, {})


class TestInATerminal:
    def test_all_of_it(
        self,
        answer: Callable[..., Ended],
        run: Run,
        spotify: Simulator,
        file: Path,
        music: Path,
        service: FakeService,
        looks: list[FaceReading],
    ) -> None:
        spotify.player.play(make_tracks(SAVED + 1)[SAVED:])
        ended = answer([CLIENT_ID, "y", "both", str(music), "y", "y", "y", "y", "n", "y"])
        assert ended.code == 0
        assert "companion:" not in ended.err
        config = settings(file)
        assert config.spotify.client_id == CLIENT_ID
        assert config.clips.providers == ("local", "deezer")
        assert config.clips.folder == str(music)
        assert config.camera.enabled
        kept = CredentialStore().load()
        assert kept is not None
        assert kept.client_id == CLIENT_ID
        assert kept.refresh_token not in ended.out
        status = run("status", "--json").data
        assert status["sign_in_days_left"] == 182
        assert len(looks) == 2
        assert "happiness" in ended.out
        queued = {item.uri for item in spotify.player.queued()}
        assert queued < {track.uri for track in spotify.library.tracks}
        assert len(queued) == 1
        assert "Queued: " in ended.out
        assert service.started == 1
        assert "Do this besides." in ended.out
        assert "companion sync" not in ended.out.partition("Next")[2]
        assert not config.agent.queue_notices
        assert file.read_text().startswith("# mine\n")

    def test_enter_keeps_what_is_there(
        self, answer: Callable[..., Ended], spotify: Simulator, file: Path, service: FakeService
    ) -> None:
        answer([CLIENT_ID, "y", "deezer", "y", "n", "n", "y", "y"])
        before = file.read_text()
        requests = len(spotify.requests)
        assert settings(file).agent.queue_notices
        ended = answer(["", "", "", "y", "n", "n", ""])
        assert (ended.code, ended.err) == (0, "")
        assert file.read_text() == before
        assert len(spotify.requests) == requests
        assert service.started == 1

    def test_everything_left_out(
        self, answer: Callable[..., Ended], file: Path, looks: list[FaceReading]
    ) -> None:
        ended = answer(["", "none", "n", "n", "n"])
        assert ended.code == 0
        assert settings(file).camera.enabled is False
        assert settings(file).clips.providers == ()
        assert CredentialStore().load() is None
        assert looks == []
        later = ended.out.partition("Next")[2]
        assert "enter the Client ID, choose where clips come from, take the camera" in later
        assert "companion service install" in later

    def test_wrong_answers_are_asked_again(
        self, answer: Callable[..., Ended], spotify: Simulator, file: Path, music: Path
    ) -> None:
        ended = answer(
            ["no id!", CLIENT_ID, "n", "lokal", "local", "/no/such", str(music), "n", "n", "n"]
        )
        assert ended.code == 0
        assert settings(file).spotify.client_id == CLIENT_ID
        assert settings(file).clips.folder == str(music)
        for words in ("dashboard shows as Client ID", "of local, deezer", "There is no folder"):
            assert words in ended.out + ended.err

    def test_the_first_song_waits_until_something_plays(
        self, answer: Callable[..., Ended], spotify: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def press_play(question: str, **_: object) -> bool:
            if "Try again" in question:
                spotify.player.play(make_tracks(SAVED + 1)[SAVED:])
            return "again?" not in question or "Try" in question

        monkeypatch.setattr(typer, "confirm", press_play)
        ended = answer([CLIENT_ID, "deezer"])
        assert ended.code == 0
        assert "Spotify is open on no device" in ended.out
        assert len(spotify.player.queued()) == 1

    def test_the_first_song_needs_a_source_of_clips(
        self, answer: Callable[..., Ended], spotify: Simulator, heard: list[int]
    ) -> None:
        ended = answer([CLIENT_ID, "y", "none", "n", "n", "n"])
        assert "It needs a source of clips first." in ended.out
        assert heard == []
        assert "find your first song" in ended.out.partition("Next")[2]

    @pytest.mark.parametrize("place", ["", "Music"])
    def test_the_default_source_of_clips_leads_to_a_song(
        self, place: str, answer: Callable[..., Ended], file: Path, tmp_path: Path
    ) -> None:
        if place:
            (tmp_path / place).mkdir()
            (tmp_path / place / "Song.mp3").touch()
        ended = answer(["", "", *([""] if place else []), "n", "n", "n"])
        assert ended.code == 0
        wanted = ("local", "deezer") if place else ("deezer",)
        assert settings(file).clips.providers == wanted
        assert "Recommended: " in ended.out

    def test_a_source_that_breaks_ends_the_step_with_a_sentence(
        self, answer: Callable[..., Ended], spotify: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: object, **__: object) -> None:
            raise ClipSourceBusy("Deezer is throttled.")

        monkeypatch.setattr(first_song, "run_tag", broken)
        ended = answer([CLIENT_ID, "y", "deezer", "y", "n", "y", "n", "n"])
        assert ended.code == 20
        assert "Deezer is throttled." in ended.err
        assert "5 of 6" in ended.out
        assert "6 of 6" in ended.out

    def test_another_app_needs_another_sign_in(
        self, answer: Callable[..., Ended], spotify: Simulator
    ) -> None:
        answer([CLIENT_ID, "y", "none", "n", "n", "n"])
        answer([OTHER_ID, "y", "none", "n", "n", "n"])
        kept = CredentialStore().load()
        assert kept is not None
        assert kept.client_id == OTHER_ID

    def test_without_an_answer_the_camera_is_asked_for_again(
        self, answer: Callable[..., Ended], looks: list[FaceReading], file: Path
    ) -> None:
        answer(["", "none", "", "", "n", "n", "n"])
        assert settings(file).camera.enabled is False

    def test_ctrl_d_ends_it_with_a_sentence(self, answer: Callable[..., Ended]) -> None:
        ended = answer([""])
        assert ended.code == 130
        assert "goes on where it stopped" in ended.err

    def test_no_browser_opens(
        self,
        answer: Callable[..., Ended],
        spotify: Simulator,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        def no_browser(address: str) -> bool:
            consent(address)  # the user takes the address by hand
            return False

        monkeypatch.setattr(webbrowser, "open", no_browser)
        ended = answer([CLIENT_ID, "y", "none", "n", "n", "n"])
        assert f"{spotify.url}/authorize?" in ended.out
        assert CredentialStore().load() is not None


def test_what_it_explains_fits_into_a_terminal() -> None:
    known = {**vars(setup_steps), **vars(first_song)}
    words = [text for name, text in known.items() if name.endswith("_WORDS")]
    assert len(words) == 6
    assert [line for text in words for line in text.splitlines() if len(line) > 78] == []


class TestWithoutATerminal:
    @pytest.fixture(autouse=True)
    def no_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO())

    def test_each_question_needs_its_flag(self, run: Run, file: Path) -> None:
        ended = run("setup")
        assert ended.code == 2
        flags = ("--client-id", "--sign-in", "--clips", "--camera", "--first-song", "--service")
        for flag in flags:
            assert flag in ended.err
        assert not file.exists()

    @pytest.mark.parametrize(
        ("words", "missing"),
        [
            (NOTHING[2:], "--client-id"),
            ((*NOTHING[:2], *NOTHING[3:]), "--sign-in or --no-sign-in"),
            ((*NOTHING[:3], *NOTHING[5:]), "--clips"),
            ((*NOTHING[:5], *NOTHING[6:]), "--camera or --no-camera"),
            ((*NOTHING[:6], *NOTHING[7:]), "--first-song or --no-first-song"),
            (NOTHING[:7], "--service or --no-service"),
        ],
    )
    def test_the_one_that_is_missing_is_named(
        self, words: tuple[str, ...], missing: str, run: Run
    ) -> None:
        ended = run("setup", *words)
        assert ended.code == 2
        assert f"are needed too: {missing}.\n" in ended.err

    def test_all_by_flags(
        self,
        run: Run,
        spotify: Simulator,
        file: Path,
        music: Path,
        service: FakeService,
        looks: list[FaceReading],
        heard: list[int],
    ) -> None:
        clips = f"deezer,local:{music}"
        ended = run("setup", "--client-id", CLIENT_ID, "--clips", clips, "--yes")
        assert ended.code == 0
        assert "companion:" not in ended.err
        assert settings(file).spotify.client_id == CLIENT_ID
        assert settings(file).clips.providers == ("deezer", "local")
        assert CredentialStore().load() is not None
        assert (len(looks), service.started) == (1, 1)
        assert "happiness" in ended.out
        assert heard == [SAVED]
        assert "Spotify is open on no device" in ended.out + ended.err
        assert not settings(file).agent.queue_notices

    def test_a_running_agent_is_told(self, run: Run, home: Path) -> None:
        told: list[str] = []
        paths = find_paths()
        paths.make()
        commands = {word: lambda word=word: told.append(word) for word in ("reload", "wake")}
        with ControlServer(paths, commands):
            assert run("setup", *NOTHING).code == 0
        assert told == ["reload", "wake"]

    def test_again_it_changes_nothing(self, run: Run, spotify: Simulator, file: Path) -> None:
        spotify.player.play(make_tracks(SAVED + 1)[SAVED:])
        run("setup", "--client-id", CLIENT_ID, "--clips", "deezer", "--yes")
        before, requests = file.read_text(), len(spotify.requests)
        ended = run("setup", "--yes")
        assert ended.code == 0
        assert file.read_text() == before
        assert len(spotify.requests) == requests

    def test_all_left_out(
        self, run: Run, file: Path, service: FakeService, looks: list[FaceReading]
    ) -> None:
        ended = run("setup", *NOTHING)
        assert ended.code == 0
        assert settings(file).camera.enabled is False
        assert (CredentialStore().load(), looks, service.found) == (None, [], None)

    def test_the_sources_of_clips_are_taken_back(self, run: Run, file: Path) -> None:
        run("setup", *NOTHING[:3], "--clips", "deezer", *NOTHING[5:])
        assert settings(file).clips.providers == ("deezer",)
        run("setup", *NOTHING[:3], "--clips", "none", *NOTHING[5:])
        assert settings(file).clips.providers == ()

    @pytest.mark.parametrize(
        "words",
        [("--client-id", "short"), ("--clips", "spotify"), ("--clips", "local:/no/such")],
    )
    def test_a_wrong_flag_is_told_before_anything_happens(
        self, words: tuple[str, ...], run: Run, file: Path
    ) -> None:
        ended = run("setup", "--yes", *words)
        assert ended.code == 2
        assert not file.exists()


class TestAStepThatFails:
    def test_the_others_are_taken_and_the_code_tells(
        self, run: Run, spotify: Simulator, file: Path, service: FakeService
    ) -> None:
        spotify.faults.script("denied")
        ended = run("setup", "--client-id", CLIENT_ID, "--clips", "deezer", "--yes")
        assert ended.code == 31
        assert "You did not allow the companion" in ended.err
        assert settings(file).clips.providers == ("deezer",)
        assert service.started == 1

    def test_without_a_keyring(self, run: Run, spotify: Simulator, file: Path) -> None:
        keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
        ended = run("setup", "--client-id", CLIENT_ID, "--clips", "deezer", "--yes")
        assert ended.code == 32
        assert "gnome-keyring" in ended.err
        assert settings(file).clips.providers == ("deezer",)

    def test_a_settings_file_that_is_broken(self, run: Run, file: Path) -> None:
        file.parent.mkdir()
        file.write_text("[camera]\nindx = 0\n")
        ended = run("setup", *NOTHING)
        assert ended.code == 4
        assert "did you mean index?" in ended.err


class TestTheLook:
    @pytest.fixture(autouse=True)
    def looks(self) -> None:
        """Here nothing stands in for the look."""

    def setup(self, run: Run, monkeypatch: pytest.MonkeyPatch, frames: list[Frame]) -> Ended:
        shown = FakeCamera(frames, rate=8.0)
        monkeypatch.setattr(camera, "open_source", shown.open)
        ended = run("setup", *NOTHING[:5], "--camera", *NOTHING[6:])
        assert shown.closed.is_set()
        return ended

    @pytest.mark.slow
    def test_it_shows_the_mood(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        ended = self.setup(run, monkeypatch, portrait_frames() * 8)
        assert ended.code == 0
        assert "happiness" in ended.out
        assert "setup" in run("history").out

    def test_it_says_why_there_is_none(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        ended = self.setup(run, monkeypatch, [grey(3)] * 90)
        assert ended.code == 0
        assert "No mood was read: too dark" in ended.out

    def test_no_camera(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COMPANION_CAMERA_INDEX", "63")
        ended = run("setup", *NOTHING[:5], "--camera", *NOTHING[6:])
        assert ended.code == 10
        assert "  That did not work: There is no camera 63." in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_what_it_writes_is_the_users_only(
    run: Run, home: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    run("setup", *NOTHING)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "state").stat().st_mode) == 0o700


def test_it_imports_nothing_heavy(home: Path) -> None:
    ended = python(RUN, home, "setup", *NOTHING)
    modules = set(ended.stdout.rpartition("MODULES")[2].split())
    assert "companion.cli.setup.steps" in modules
    assert not modules & (HEAVY | {"spotipy"})


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_in_a_real_terminal(home: Path) -> None:
    import pty
    import subprocess

    master, slave = pty.openpty()
    own = {name: value for name, value in os.environ.items() if not name.startswith("COMPANION_")}
    own |= {
        "COMPANION_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    program = "from companion.cli.main import main; main(['setup', '--no-service'])"
    with subprocess.Popen(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program], env=own, stdin=slave, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        for line in (CLIENT_ID, "deezer", "n", "n"):  # app, clips, camera, notices
            os.write(master, f"{line}\n".encode())
        os.write(master, b"\x04")  # so that no further question waits for ever
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not part:
                break
            shown += part
        process.wait(30)
    os.close(master)
    config = settings(home / "config.toml")
    assert config.spotify.client_id == CLIENT_ID
    assert config.clips.providers == ("deezer",)
    assert config.camera.enabled is False
    assert b"1 of 6" in shown
