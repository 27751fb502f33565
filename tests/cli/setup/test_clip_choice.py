from __future__ import annotations

from pathlib import Path

import pytest

from companion.cli.setup.clip_choice import check_folder, parse_clips
from companion.config.schema import Clips
from companion.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> str:
    path = tmp_path / "my, music: ü"
    path.mkdir()
    (path / "Song.MP3").touch()
    return str(path)


def test_a_folder_without_audio_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "cover.jpg").touch()
    with pytest.raises(UsageError, match="has no audio file"):
        parse_clips(f"local:{tmp_path}")
    (tmp_path / "album" / "01 Song.flac").touch()
    assert parse_clips(f"local:{tmp_path}")


@pytest.mark.parametrize(
    ("before", "behind", "providers"),
    [
        ("local:", "", ("local",)),
        ("local:", ",deezer", ("local", "deezer")),
        ("deezer,local:", "", ("deezer", "local")),
    ],
)
def test_a_folder(before: str, behind: str, providers: tuple[str, ...], folder: str) -> None:
    assert parse_clips(f"{before}{folder}{behind}") == Clips(providers, folder=folder)


def test_words() -> None:
    assert parse_clips("deezer") == Clips(("deezer",))
    assert parse_clips("none") == Clips()
    assert parse_clips("keep") is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "local", "local:", "local: ", "local:/no/such", "locl:/tmp", "local:/tmp\n/x"),
        *("deezer,", "deezer,local:/tmp,deezer", "deezer:/tmp", "Deezer", "spotify"),
    ],
)
def test_nonsense(text: str) -> None:
    with pytest.raises(UsageError):
        parse_clips(text)


def test_a_folder_is_kept_whole(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(folder).parent)
    assert check_folder(Path(folder).name) == folder
    monkeypatch.setenv("HOME", str(Path(folder).parent))
    assert check_folder(f"~/{Path(folder).name}") == folder
    assert check_folder(f" {folder} ") == folder


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    file.touch()
    with pytest.raises(UsageError, match="no folder"):
        check_folder(str(file))
