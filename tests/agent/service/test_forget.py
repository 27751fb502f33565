from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.core import load_keyring

from companion.agent.service.forget import forget_all, forget_kinds
from companion.agent.service.instance import only_instance
from companion.demo.environment import MemoryKeyring
from companion.errors import AgentRunning, KeyringMissing, StoreError
from companion.log import start_log, stop_log
from companion.paths import Paths
from companion.spotify.auth.credentials import SERVICE, USER, CredentialStore
from companion.store.database import open_database
from companion.store.face.readings import save_reading
from companion.store.forget import Kind
from companion.store.history.visits import Visit, save_visit
from companion.store.tracks.library import save_tracks
from tests.cli.agent.test_status import happy
from tests.store.samples import NOON, make_track

SECRET = b"Song 4711"


@pytest.fixture(autouse=True)
def backend() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(before)
    stop_log()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A home in which each file tells of a song: database, backups, log and caches."""
    home = tmp_path / "home"
    found = Paths(home / "config.toml", home / "state", home / "cache", home / "run")
    found.make()
    found.config.write_text("# mine\n")
    with open_database(found.database) as db:
        save_tracks(db, [make_track("4711")], NOON)
        save_reading(db, happy(), "face_mood/1", NOON)
        save_visit(db, Visit(NOON, "queued", "Song 4711", camera=True))
    for name in ("companion.db.before-0002", "companion.db.damaged-1", "companion.log.1"):
        (found.state / name).write_bytes(SECRET)
    (found.cache / "deep").mkdir()
    (found.cache / "deep" / "jit").write_bytes(SECRET)
    start_log(found.log)
    logging.getLogger("companion").warning("Song 4711")
    return found


def telling(paths: Paths) -> set[str]:
    """The files of the home that tell of the song."""
    home = paths.config.parent
    files = (path for path in home.rglob("*") if path.is_file())
    return {path.name for path in files if SECRET in path.read_bytes()}


def test_the_library_and_the_history(paths: Paths) -> None:
    everywhere = {"companion.db", "companion.log", "companion.log.1", "jit"}
    assert telling(paths) == everywhere | {"companion.db.before-0002", "companion.db.damaged-1"}
    gone = forget_kinds(paths, [Kind.LIBRARY, Kind.HISTORY])
    assert gone == {Kind.LIBRARY: 2, Kind.HISTORY: 1}
    assert telling(paths) == {"jit"}  # the caches hold no data of the user's


def test_the_log_goes_on(paths: Paths) -> None:
    forget_kinds(paths, [Kind.READINGS])
    logging.getLogger("companion").warning("what comes after")
    assert paths.log.read_text().endswith("what comes after\n")
    assert "\0" not in paths.log.read_text()


def test_what_is_not_named_stays(paths: Paths) -> None:
    forget_kinds(paths, [Kind.READINGS])
    assert telling(paths) == {"companion.db", "jit"}


def test_with_nothing_kept_nothing_is_made(tmp_path: Path) -> None:
    paths = Paths(*(tmp_path / "none" / name for name in ("c.toml", "state", "cache", "run")))
    assert forget_kinds(paths, [Kind.READINGS]) == {Kind.READINGS: 0}
    assert forget_all(paths) is False
    assert list(tmp_path.iterdir()) == []


def test_all_of_it(paths: Paths) -> None:
    keyring.set_password(SERVICE, USER, "{}")
    assert forget_all(paths) is True
    assert CredentialStore().load() is None
    assert [path.name for path in paths.config.parent.rglob("*")] == ["config.toml"]


def test_all_of_a_damaged_database(paths: Paths) -> None:
    paths.database.write_bytes(b"no database" * 1000)
    forget_all(paths)
    assert not paths.state.exists()


def test_all_is_refused_while_an_agent_runs(paths: Paths) -> None:
    before = telling(paths)
    with only_instance(paths.lock), pytest.raises(AgentRunning) as refused:
        forget_all(paths)
    assert "companion service uninstall" in refused.value.remedy
    assert telling(paths) == before
    forget_all(paths)
    assert telling(paths) == set()


def test_without_a_keyring_the_rest_goes_and_it_is_said(paths: Paths) -> None:
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    with pytest.raises(KeyringMissing, match="Everything was deleted but the sign-in"):
        forget_all(paths)
    assert telling(paths) == set()


def test_settings_that_lie_beside_the_state_stay(tmp_path: Path) -> None:
    """As on macOS; on Windows the cache is inside as well."""
    home = tmp_path / "companion"
    paths = Paths(home / "config.toml", home, home / "Cache", home / "run")
    paths.make()
    paths.config.write_text("# mine")
    with open_database(paths.database):
        pass
    forget_all(paths)
    assert [path.name for path in home.rglob("*")] == ["config.toml"]


def test_a_link_is_not_followed(paths: Paths, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    (paths.cache / "link").symlink_to(elsewhere)
    forget_all(paths)
    assert (elsewhere / "mine").read_text() == "mine"


def test_what_cannot_be_removed_is_named(paths: Paths) -> None:
    stuck = paths.state / "companion.db.before-0003"
    stuck.mkdir()
    with pytest.raises(StoreError, match="cannot be removed") as caught:
        forget_kinds(paths, [Kind.READINGS])
    assert str(stuck) in str(caught.value)
    assert caught.value.remedy == "Remove it yourself, or run the command again."
