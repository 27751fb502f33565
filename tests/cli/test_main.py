from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from companion import __version__, errors
from companion.cli.library import library
from tests.cli.shell import HAPPY, Run, Stage

HEAVY = {"jax", "flax", "mediapipe", "librosa", "cv2", "soundfile", "scipy", "numpy", "sklearn"}
RUN = """
import sys
from companion.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("MODULES", *sys.modules)
"""
FAIL = """
from companion.cli.system import config
from companion.cli.main import main
def fail():
    raise RuntimeError("boom")
config.find_paths = fail
main(["config", "path"])
"""


def python(program: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("COMPANION_")}
    own |= {
        "COMPANION_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program, *words],
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "--version",
        "status",
        "library",
        "logout",
        "config show",
        "config init",
        "config check",
        "models list",
        "models verify",
        "tag",
        "once --help",
        "login --help",
    ],
)
def test_a_light_command_imports_nothing_heavy(words: str, home: Path) -> None:
    ended = python(RUN, home, *words.split())
    modules = set(ended.stdout.rpartition("MODULES")[2].split())
    assert "companion.cli.main" in modules
    assert not modules & (HEAVY | {"spotipy", "starlette", "uvicorn"})


def fails_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> NoReturn:
        raise error

    monkeypatch.setattr(library, "open_home", fail)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("One thing."), 2),
        (errors.ConfigError("One thing."), 4),
        (errors.StoreError("One thing."), 5),
        (errors.ModelError("One thing."), 6),
        (errors.LibraryMissing("One thing."), 7),
        (errors.CameraBusy("One thing."), 10),
        (errors.ClipSourceBusy("One thing."), 20),
        (errors.LoginNeeded("One thing."), 31),
        (errors.SpotifyUnreachable("One thing."), 37),
        (errors.Interrupted("One thing."), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_failure_is_a_sentence_a_remedy_and_a_code(
    error: errors.CompanionError, code: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(error, monkeypatch)
    ended = run("library")
    assert ended.code == code
    assert ended.err == f"companion: One thing.\n{error.remedy}\n"
    assert ended.out == ""


@pytest.mark.parametrize("words", ["-v library", "--verbose library", "library -v"])
def test_verbose_shows_where_it_comes_from(
    words: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_with(errors.StoreError("One thing."), monkeypatch)
    ended = run(*words.split())
    assert ended.code == 5
    assert "Traceback" in ended.err
    assert ended.err.endswith(f"companion: One thing.\n{errors.StoreError.remedy}\n")


def test_the_unexpected_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(RuntimeError("boom"), monkeypatch)
    ended = run("library")
    assert ended.code == 1
    assert ended.err.splitlines()[0] == "companion: Unexpected RuntimeError: boom."
    assert "Traceback" not in ended.err
    verbose = run("-v", "library")
    assert "Traceback" in verbose.err


def test_the_unexpected_before_there_is_a_log_is_one_sentence_too(home: Path) -> None:
    ended = python(FAIL, home)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 2
    assert ended.stderr.startswith("companion: Unexpected RuntimeError: boom.")


def test_ctrl_c_ends_with_a_sentence_and_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(KeyboardInterrupt(), monkeypatch)
    ended = run("library")
    assert ended.code == 130
    assert ended.err == f"companion: Interrupted.\n{errors.Interrupted.remedy}\n"


def test_version(run: Run) -> None:
    ended = run("--version")
    assert (ended.code, ended.out) == (0, f"companion {__version__}\n")


@pytest.mark.parametrize("words", [("-h",), ("--help",), ("once", "-h"), ("config", "--help")])
def test_help(words: tuple[str, ...], run: Run) -> None:
    ended = run(*words)
    assert ended.code == 0
    assert ended.out.startswith("Usage: ")


def test_the_help_cuts_no_line(run: Run) -> None:
    assert "..." not in run("-h").out.partition("Options:")[2]


@pytest.mark.parametrize(
    "words",
    [
        ("bogus",),
        ("once", "--bogus"),
        ("tag", "--limit", "0"),
        ("tag", "--limit", "many"),
        ("simulator", "--port", "70000"),
        ("simulator", "--library", "20001"),
        ("config", "bogus"),
        ("",),
    ],
)
def test_a_wrong_word_is_a_usage_error(words: tuple[str, ...], run: Run) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert "Error: " in ended.err
    assert "Traceback" not in ended.err


def test_a_home_that_cannot_be_made(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "state").write_text("in the way")
    ended = run("library")
    assert ended.code == 5
    assert "cannot be made" in ended.err


def test_a_damaged_database(run: Run, stage: Stage) -> None:
    stage.tag_all(HAPPY)
    stage.database.write_bytes(b"no database" * 1000)
    ended = run("library")
    assert ended.code == 5
    assert ended.err.startswith("companion: The database ")
