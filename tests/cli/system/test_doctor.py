from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from keyring.core import load_keyring

from companion.doctor import machine
from companion.spotify.auth.credentials import CredentialStore
from tests.cli.shell import CLIENT_ID, HAPPY, Run, Stage
from tests.cli.test_main import HEAVY, RUN, python
from tests.face.fakes import FakeCamera, grey


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_on_an_empty_home_it_makes_nothing(run: Run, home: Path) -> None:
    ended = run("doctor")
    assert ended.code == 1
    assert "FAIL  Spotify app" in ended.out
    assert "→ Run `companion setup`." in ended.out
    assert not home.exists()


def test_it_changes_nothing(run: Run, signed_in: Stage) -> None:
    signed_in.tag_all(HAPPY)
    before = contents(signed_in.home)
    run("doctor")
    assert contents(signed_in.home) == before
    assert len(signed_in.spotify.requests) == 0


@pytest.fixture
def well(signed_in: Stage, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """A home in which all is well, so far as it is ours."""
    monkeypatch.setenv("COMPANION_CLIPS_PROVIDERS", "deezer")
    monkeypatch.setattr(machine, "DEVICES", tmp_path)
    (tmp_path / "video0").touch()
    run("sync")
    signed_in.tag_all(HAPPY)
    return signed_in


def test_json(run: Run, well: Stage) -> None:
    data = run("doctor", "--json").data
    assert data["schema"] == 1
    levels = {one["name"]: one["level"] for one in data["checks"]}
    ours = ("Settings", "Database", "Folders", "Keyring", "Sign-in", "Quota", "Clips", "Library")
    assert {name: levels[name] for name in ours} == dict.fromkeys(ours, "OK")
    assert levels["Spotify app"] == "WARN"  # it is the simulator
    assert all(one.keys() == {"name", "level", "finding", "remedy"} for one in data["checks"])


def test_the_exit_code_tells_a_failure(run: Run, well: Stage) -> None:
    assert run("doctor").code == 0
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    ended = run("doctor")
    assert ended.code == 1
    assert ended.out.splitlines()[-1].startswith("1 failed, ")


def test_nothing_secret_is_shown(run: Run, well: Stage) -> None:
    consent = CredentialStore().load()
    assert consent is not None
    for ended in (run("doctor"), run("doctor", "--json")):
        assert consent.refresh_token not in ended.out
        assert CLIENT_ID not in ended.out
        assert str(Path.home()) not in ended.out


def test_a_broken_settings_file_does_not_stop_it(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("[camera]\nindx = 1\n")
    ended = run("doctor")
    assert ended.code == 1
    assert "did you mean index?" in ended.out
    assert "Database" in ended.out


def test_the_camera_is_opened_when_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_CAMERA_INDEX", "63")
    found = run("doctor", "--camera", "--json").data["checks"]
    (camera,) = (one for one in found if one["name"] == "Camera")
    assert camera["finding"] == "There is no camera 63."


def test_the_use_of_the_camera_is_in_the_history(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.face.camera.open_source", lambda _: FakeCamera([grey(99)] * 9))
    run("doctor", "--camera")
    assert "doctor" in run("history").out
    monkeypatch.setenv("COMPANION_CAMERA_ENABLED", "false")
    run("forget", "--history", "--yes")
    run("doctor", "--camera")
    assert "doctor" not in run("history").out


def test_a_camera_that_is_missing_is_not_in_the_history(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_CAMERA_INDEX", "63")
    run("doctor", "--camera")
    assert "doctor" not in run("history").out


def test_it_imports_nothing_heavy(home: Path) -> None:
    ended = python(RUN, home, "doctor")
    modules = set(ended.stdout.rpartition("MODULES")[2].split())
    assert "companion.doctor.examine" in modules
    assert not modules & (HEAVY | {"spotipy", "jaxlib"})


@pytest.fixture
def used(run: Run, home: Path) -> Path:
    """A home with a database, a log and settings."""
    run("config", "init")
    run("library")
    return home


CHANGING = ("O_WRONLY", "O_RDWR", "O_CREAT", "mkdir", "rename", "unlink", "AF_INET")


def changes(word: str, home: Path, trace: Path) -> list[str]:
    """Return the system calls of a command that change something or use the network."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COMPANION_")}
    own |= {
        "COMPANION_HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    strace = [str(shutil.which("strace")), "-f", "-o", str(trace), "-e", "trace=%file,connect"]
    program = f"from companion.cli.main import main; main(['{word}'])"
    ended = subprocess.run(  # noqa: S603 - a fixed program on our own
        [*strace, sys.executable, "-c", program],
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.stdout
    calls = [line for line in trace.read_text().splitlines() if " = -1 " not in line]
    assert [line for line in calls if str(home) in line]
    return [line for line in calls if any(w in line for w in CHANGING) and "/dev/null" not in line]


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_it_opens_nothing_to_write_and_asks_no_network(used: Path, tmp_path: Path) -> None:
    assert changes("doctor", used, tmp_path / "trace") == []
    assert changes("library", used, tmp_path / "trace") != []  # so that the trace sees such calls
