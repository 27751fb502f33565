from __future__ import annotations

import contextlib
import logging
import os
import sys
from pathlib import Path

import keyring
import pytest
import requests

from companion.cli.home import open_home
from companion.demo.environment import MemoryKeyring, demo_environment, demo_extra
from companion.demo.simulator.server import Simulator
from companion.errors import LibraryMissing


def surroundings() -> tuple[dict[str, str], object, list[logging.Handler]]:
    return dict(os.environ), keyring.get_keyring(), list(logging.getLogger().handlers)


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of the user, which the demo must not go by."""
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("COMPANION_CAMERA_INDEX", "5")


@pytest.mark.parametrize("failure", [None, RuntimeError, KeyboardInterrupt, SystemExit])
def test_all_is_as_before_afterwards(failure: type[BaseException] | None, tmp_path: Path) -> None:
    before = surroundings()
    with contextlib.suppress(RuntimeError, KeyboardInterrupt, SystemExit), demo_environment():
        home = open_home()
        logging.getLogger("companion").warning("something for the log")
        assert home.paths.log.exists()
        assert surroundings() != before
        if failure:
            raise failure
    assert surroundings() == before
    assert not home.paths.state.exists()
    assert not (tmp_path / "mine").exists()


def test_the_users_settings_do_not_hold() -> None:
    with demo_environment() as spotify:
        home = open_home()
        assert home.config.camera.index == 0
        assert home.config.spotify.api_url == home.config.spotify.accounts_url == spotify.url
        assert home.config.clips.providers == ("deezer",)
        assert home.config.clips.deezer_url == spotify.deezer_url


def test_the_users_keyring_is_left_alone() -> None:
    mine = MemoryKeyring()
    before = keyring.get_keyring()
    keyring.set_keyring(mine)
    try:
        with demo_environment():
            keyring.set_password("companion", "spotify", "the demo's")
            assert keyring.get_password("companion", "spotify") == "the demo's"
        assert keyring.get_password("companion", "spotify") is None
    finally:
        keyring.set_keyring(before)


def test_something_plays_and_the_rest_of_the_library_does_not_come_anyway() -> None:
    with demo_environment() as spotify:
        now = spotify.player.now()
        assert now is not None
        assert now.is_playing
        coming = {item.uri for item in spotify.player.upcoming()}
        assert len(coming) < len(spotify.library.tracks) / 2


def test_the_simulator_is_gone_afterwards() -> None:
    with demo_environment() as spotify:
        assert isinstance(spotify, Simulator)
        requests.get(spotify.url, timeout=5).close()
    with pytest.raises(requests.ConnectionError):
        requests.get(spotify.url, timeout=5)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    with pytest.raises(LibraryMissing, match="needs skimage") as caught, demo_extra():
        import skimage  # noqa: F401 - it is the import that fails
    assert "companion[demo]" in caught.value.remedy


def test_without_the_simulators_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "companion.demo.simulator.server")
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    before = surroundings()
    with pytest.raises(LibraryMissing, match="needs uvicorn"), demo_environment():
        pytest.fail("the stage was set")
    assert surroundings() == before


def test_the_ring_forgets_what_is_deleted() -> None:
    backend = MemoryKeyring()
    backend.set_password("service", "name", "secret")
    assert backend.get_password("service", "name") == "secret"
    backend.delete_password("service", "name")
    assert backend.get_password("service", "name") is None
