from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from companion.agent.service.instance import only_instance
from companion.spotify.auth.credentials import CredentialStore
from companion.store.database import open_database
from companion.store.face.readings import save_reading
from companion.store.history.visits import Visit, save_visit
from tests.cli.agent.test_status import NOW, happy
from tests.cli.shell import HAPPY, Run, Stage
from tests.cli.test_main import HEAVY, RUN, python


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def used(signed_in: Stage) -> Stage:
    """A home with a library, a visit and a reading."""
    signed_in.tag_all(HAPPY)
    with open_database(signed_in.database) as db:
        save_reading(db, happy(), "face_mood/1", NOW)
        save_visit(db, Visit(NOW, "queued", "a song", camera=True))
    return signed_in


def rows(stage: Stage) -> dict[str, int]:
    return {table: stage.rows(table) for table in ("readings", "visits", "tracks", "tags")}


@pytest.mark.parametrize(
    ("flags", "left", "said"),
    [
        (["--readings"], {"visits": 1, "tracks": 4, "tags": 4}, "readings (1 row)"),
        (["--history"], {"readings": 1, "tracks": 4, "tags": 4}, "history (1 row)"),
        (["--library"], {"readings": 1, "visits": 1}, "library ("),
        (["--readings", "--history", "--library"], {}, "history (1 row), "),
    ],
)
def test_what_is_named_goes(
    flags: list[str], left: dict[str, int], said: str, used: Stage, run: Run
) -> None:
    ended = run("forget", *flags, "--yes")
    assert ended.code == 0
    assert said in ended.out
    assert rows(used) == dict.fromkeys(rows(used), 0) | left
    assert CredentialStore().load() is not None


def test_json(used: Stage, run: Run) -> None:
    assert run("forget", "--readings", "--yes", "--json").data == {"forgot": {"readings": 1}}
    forgot = run("forget", "--all", "--yes", "--json").data
    assert forgot == {"forgot": {"all": True, "sign_in": True}}


def test_all(used: Stage, run: Run) -> None:
    (used.home / "config.toml").write_text("# mine\n")
    ended = run("forget", "--all", "--yes")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "Everything is forgotten, and you are signed out.",
        f"Your settings stay: {used.home / 'config.toml'}",
    ]
    assert [path.name for path in used.home.rglob("*")] == ["config.toml"]
    assert run("status").code in (0, 3)  # and the next command begins anew


def test_nothing_named(used: Stage, run: Run) -> None:
    ended = run("forget", "--yes")
    assert ended.code == 2
    assert "--readings, --history, --library, or --all" in ended.err


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 0), ("n", 1, 1), ("", 1, 1)])
def test_a_terminal_is_asked(
    answer: str, code: int, left: int, used: Stage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    ended = run("forget", "--readings")
    assert ended.code == code
    assert "readings of your face" in ended.out
    assert used.rows("readings") == left


def test_before_all_goes_all_is_named(
    used: Stage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    ended = run("forget", "--all")
    for words in ("readings", "played and queued", "moods", "sign-in"):
        assert words in ended.out
    assert used.database.exists()


def test_without_a_terminal_yes_is_needed(
    used: Stage, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ended = run("forget", "--all")
    assert (ended.code, ended.err.splitlines()[-1]) == (2, "Give --yes.")
    assert used.database.exists()


def test_all_waits_for_the_agent_to_end(used: Stage, run: Run) -> None:
    with only_instance(used.home / "state" / "agent.lock"):
        ended = run("forget", "--all", "--yes")
    assert ended.code == 8
    assert used.database.exists()


def test_broken_settings_are_not_in_the_way(used: Stage, run: Run) -> None:
    (used.home / "config.toml").write_text("[nonsense")
    assert run("forget", "--all", "--yes").code == 0


def test_it_imports_nothing_heavy(home: Path) -> None:
    ended = python(RUN, home, "forget", "--library", "--yes")
    modules = set(ended.stdout.rpartition("MODULES")[2].split())
    assert "companion.agent.service.forget" in modules
    assert not modules & (HEAVY | {"spotipy", "keyring"})


def test_without_the_readings_the_other_commands_go_on(signed_in: Stage, run: Run) -> None:
    signed_in.play()
    signed_in.tag_all(HAPPY)
    run("mood", "happiness")
    assert "Queued" in run("once").out
    assert "happiness" in run("why").out
    run("like")
    run("forget", "--readings", "--yes")
    for words in (["why"], ["why", "--json"], ["history"], ["mood"], ["queue", "--dry-run"]):
        ended = run(*words)
        assert ended.code == 0, words
        assert "happiness" not in ended.out
    assert run("status").code == 3  # no agent runs
