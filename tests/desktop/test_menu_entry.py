from __future__ import annotations

import configparser
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from companion.desktop.menu_entry import (
    MARK,
    add_menu_entry,
    find_place,
    quote,
    remove_menu_entry,
    shortcut_words,
    write_desktop_entry,
)
from companion.errors import ServiceError
from tests.desktop.programs import Programs

COMMAND = ("/opt/py thon/Zoë's 100%/$HOME/python", "-P", "-m", "companion", "open")
HOME = {"COMPANION_HOME": "/home/Zoë/a b"}
POWERSHELL = """
case "$*" in
*Save*) echo "$*" > "$state/made"
  : > "$(echo "$*" | sed "s/.*CreateShortcut('\\([^']*\\)').*/\\1/")" ;;
*Description*) cat "$state/made" 2>/dev/null ;;
esac
"""


def unquote(value: str) -> list[str]:
    """The words of an Exec key, read by the rules of the specification."""
    text = re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), value)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', text)
    plain = (re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in words)
    return [word.replace("%%", "%") for word in plain]


@pytest.mark.parametrize("suffix", [".desktop", ".app"])
class TestFiles:
    def test_it_is_made_again_and_removed(self, tmp_path: Path, suffix: str) -> None:
        place = tmp_path / "menu" / f"companion{suffix}"
        assert add_menu_entry(place, COMMAND, HOME)
        assert add_menu_entry(place, COMMAND, HOME)
        assert remove_menu_entry(place)
        assert not place.exists()
        assert not remove_menu_entry(place)

    def test_what_is_not_ours_stays(self, tmp_path: Path, suffix: str) -> None:
        place = tmp_path / f"companion{suffix}"
        place.write_text("mine") if suffix == ".desktop" else place.mkdir()
        assert not add_menu_entry(place, COMMAND)
        assert not remove_menu_entry(place)
        assert place.exists()

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / "menu").write_text("a file")
        with pytest.raises(ServiceError):
            add_menu_entry(tmp_path / "menu" / f"companion{suffix}", COMMAND)


@pytest.mark.parametrize(
    "word",
    ["plain", "with blanks", "Zoë 日本", "100%", "%f %U", "$HOME `id`", "it's", 'say "hi"', "a\\b"],
)
def test_every_word_comes_back(word: str) -> None:
    assert unquote(quote(word)) == [word]


def test_a_desktop_entry_runs_the_command() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(write_desktop_entry(COMMAND, HOME))
    entry = parser["Desktop Entry"]
    assert unquote(entry["Exec"]) == ["env", "COMPANION_HOME=/home/Zoë/a b", *COMMAND]
    assert (entry["Type"], entry["Terminal"]) == ("Application", "false")


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="needs desktop-file-utils")
def test_a_desktop_entry_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "companion.desktop"
    file.write_text(write_desktop_entry(COMMAND, HOME), "utf-8")
    subprocess.run(["desktop-file-validate", str(file)], check=True)  # noqa: S603, S607 - the words here


def test_an_app_runs_the_command(tmp_path: Path) -> None:
    place, out = tmp_path / "companion.app", tmp_path / "out"
    program = tmp_path / "it's a program"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$COMPANION_HOME" "$@" > "{out}"\n')
    program.chmod(0o755)
    add_menu_entry(place, (str(program), "-m", "a b"), HOME)
    keys = plistlib.loads((place / "Contents" / "Info.plist").read_bytes())
    assert keys["CFBundleIdentifier"] == MARK
    subprocess.run([place / "Contents" / "MacOS" / keys["CFBundleExecutable"]], check=True)  # noqa: S603 - our own
    assert out.read_text() == "/home/Zoë/a b|-m|a b|"


class TestWindows:
    @pytest.fixture
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        programs = Programs(tmp_path / "programs")
        (tmp_path / "programs" / "state").mkdir()
        programs.put("powershell", f'state="{tmp_path}/programs/state"\n{POWERSHELL}')
        monkeypatch.setenv("PATH", str(programs.folder), prepend=":")
        return tmp_path / "Start Menu" / "companion.lnk"

    def test_it_is_made_and_removed(self, place: Path) -> None:
        assert add_menu_entry(place, COMMAND)
        assert add_menu_entry(place, COMMAND)
        assert remove_menu_entry(place)
        assert not place.exists()

    def test_what_is_not_ours_stays(self, place: Path) -> None:
        place.parent.mkdir()
        place.write_text("mine")
        assert not add_menu_entry(place, COMMAND)
        assert not remove_menu_entry(place)

    def test_an_apostrophe_ends_no_text(self) -> None:
        script = shortcut_words(Path("C:/Zoë's/companion.lnk"), COMMAND)[-1]
        assert "'C:/Zoë''s/companion.lnk'" in script
        assert "Zoë''s 100%/$HOME/python'" in script


@pytest.mark.parametrize(
    ("platform", "end"),
    [
        ("linux", "data/applications/companion.desktop"),
        ("darwin", "Applications/companion.app"),
        ("win32", "Microsoft/Windows/Start Menu/Programs/companion.lnk"),
        ("haiku", None),
    ],
)
def test_each_platform_has_its_place(
    platform: str, end: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    place = find_place({"XDG_DATA_HOME": "/data", "APPDATA": "/app data"})
    assert place is None if end is None else str(place).endswith(end)
