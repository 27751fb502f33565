from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from companion.errors import StoreError
from companion.paths import Paths, expand, find_paths, is_file, is_folder

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


def make_in(root: Path) -> Paths:
    return Paths(
        root / "config.toml",
        root / "deep" / "state",
        root / "deep" / "cache",
        root / "deep" / "run",
    )


def test_companion_home_holds_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path))
    paths = find_paths()
    assert paths == Paths(
        tmp_path / "config.toml", tmp_path / "state", tmp_path / "cache", tmp_path / "run"
    )
    assert paths.database == tmp_path / "state" / "companion.db"
    assert paths.log == tmp_path / "state" / "companion.log"


def test_companion_home_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPANION_HOME", "here")
    assert find_paths().state == tmp_path / "here" / "state"


def test_companion_home_may_begin_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("COMPANION_HOME", "~/mine")
    assert find_paths().cache == tmp_path / "mine" / "cache"


@pytest.mark.parametrize("home", [None, ""])
def test_without_it_the_platform_decides(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPANION_HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("COMPANION_HOME", home)
    paths = find_paths()
    assert (
        paths.config
        == Path(platformdirs.user_config_dir("companion", appauthor=False)) / "config.toml"
    )
    assert paths.state == Path(platformdirs.user_state_dir("companion", appauthor=False))
    assert paths.cache == Path(platformdirs.user_cache_dir("companion", appauthor=False))


def test_looking_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "home"))
    find_paths()
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.usefixtures("open_umask")
def test_the_folders_are_closed_to_others(tmp_path: Path) -> None:
    paths = make_in(tmp_path)
    paths.make()
    for folder in (paths.state, paths.cache):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix
def test_a_folder_that_others_may_enter_is_closed(tmp_path: Path) -> None:
    paths = make_in(tmp_path)
    paths.state.mkdir(parents=True)
    paths.state.chmod(0o755)
    paths.make()
    assert stat.S_IMODE(paths.state.stat().st_mode) == 0o700
    assert stat.S_IMODE(paths.state.parent.stat().st_mode) != 0o700  # what is not ours stays


def test_making_twice_keeps_what_is_there(tmp_path: Path) -> None:
    paths = make_in(tmp_path)
    paths.make()
    paths.database.write_text("kept")
    paths.make()
    assert paths.database.read_text() == "kept"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("a file where a folder is due")
    paths = make_in(tmp_path)
    with pytest.raises(StoreError) as caught:
        paths.make()
    assert str(paths.state) in str(caught.value)
    assert "COMPANION_HOME" in caught.value.remedy


def test_a_file_in_a_folders_place_is_named(tmp_path: Path) -> None:
    paths = make_in(tmp_path)
    paths.state.parent.mkdir()
    paths.state.write_text("a file")
    with pytest.raises(StoreError, match="cannot be made"):
        paths.make()


def test_a_tilde_that_is_nobodys_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert expand("~nobody at all/music") == Path("~nobody at all/music")
    monkeypatch.setenv("COMPANION_HOME", "~nobody at all")
    assert find_paths().state == Path.cwd() / "~nobody at all" / "state"


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "a\0b", "nowhere"])
def test_a_question_about_an_odd_name_has_an_answer(name: str, tmp_path: Path) -> None:
    assert not is_file(tmp_path / name)
    assert not is_folder(tmp_path / name)


@posix
def test_a_pipe_and_a_loop_are_neither_file_nor_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "loop"):
        assert not is_file(tmp_path / name)
        assert not is_folder(tmp_path / name)


@posix
def test_a_runtime_folder_is_the_same_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPANION_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "relative").mkdir()
    for folder in ("relative", "x" * 300):
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        assert find_paths().runtime == find_paths().state / "run"
