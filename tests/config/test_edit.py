from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example as case
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.config.edit import change_settings, edit, write_example
from companion.config.file import example, load_config
from companion.config.schema import SECTIONS, Config
from companion.errors import ConfigError, UsageError

INDEX = ("camera", "index")
FOLDER = ("clips", "folder")
PROVIDERS = ("clips", "providers")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[camera]\nindex = 1\n", "[camera]\nindex = 3\n"),
        ("[camera]\nindex=1", "[camera]\nindex=3\n"),
        ('[camera]\n"index" = 1\n', '[camera]\n"index" = 3\n'),
        ("[camera]\n  index = 1  # left\n", "[camera]\n  index = 3  # left\n"),
        ("[camera]\n# index = 0\n", "[camera]\nindex = 3\n"),
        ("[camera]\n#index = 0\nseconds = 1.0\n", "[camera]\nindex = 3\nseconds = 1.0\n"),
        # a sentence is no default
        ("[camera]\n# index = the one\n", "[camera]\nindex = 3\n# index = the one\n"),
        # a value in force goes before a default in a comment
        ("[camera]\n# index = 0\nindex = 1\n", "[camera]\n# index = 0\nindex = 3\n"),
        ("[camera]", "[camera]\nindex = 3\n"),
        ("[camera]\n", "[camera]\nindex = 3\n"),
        ("[ camera ] # mine\n", "[ camera ] # mine\nindex = 3\n"),
        ("[camera]\n[log]\n", "[camera]\nindex = 3\n[log]\n"),
        # another section's key of the same name
        ("[log]\n# index = 0\n[camera]\n", "[log]\n# index = 0\n[camera]\nindex = 3\n"),
        (
            '[camera]\n[[choose.rules]]\nwhen = "sadness"\nstrategy = "lift"\n',
            '[camera]\nindex = 3\n[[choose.rules]]\nwhen = "sadness"\nstrategy = "lift"\n',
        ),
        ("", "[camera]\nindex = 3\n"),
        ("\n", "\n[camera]\nindex = 3\n"),
        ("# mine\n", "# mine\n\n[camera]\nindex = 3\n"),
        ("# mine", "# mine\n\n[camera]\nindex = 3\n"),
        ("[log]\nlevel = 'INFO'\n", "[log]\nlevel = 'INFO'\n\n[camera]\nindex = 3\n"),
        ("[camera]\r\n# index = 0\r\n", "[camera]\r\nindex = 3\r\n"),
        ("[camera]\r\nindex = 0 # a\r\n", "[camera]\r\nindex = 3 # a\r\n"),
        ("[log]\r\n", "[log]\r\n\r\n[camera]\r\nindex = 3\r\n"),
        ("\ufeff[camera]\nindex = 0\n", "\ufeff[camera]\nindex = 3\n"),
        # sections in other forms
        ("camera.seconds = 1.0\n", "camera.seconds = 1.0\ncamera.index = 3\n"),
        ("camera = {seconds = 1.0}\n", "camera = {seconds = 1.0,index = 3}\n"),
        ("[camera.lens]\nf = 2\n", "[camera]\nindex = 3\n\n[camera.lens]\nf = 2\n"),
        # a text that looks like a section
        (
            '[log]\nlevel = """\n[camera]\nindex = 1\n"""\n',
            '[log]\nlevel = """\n[camera]\nindex = 1\n"""\n\n[camera]\nindex = 3\n',
        ),
    ],
)
def test_where_a_value_goes(before: str, after: str) -> None:
    assert edit(before, {INDEX: 3}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('folder = "#1" # mine', 'folder = "/new" # mine'),
        ("folder = '#1 # 2'", 'folder = "/new"'),
        ('folder = "a" #', 'folder = "/new" #'),
        ('folder = """\na\n"""', '# folder = """\n# a\n# """\nfolder = "/new"'),
    ],
)
def test_what_stands_behind_a_value_stays(before: str, after: str) -> None:
    assert edit(f"[clips]\n{before}\n", {FOLDER: "/new"}) == f"[clips]\n{after}\n"


def test_a_list_of_several_lines_is_kept_as_a_comment() -> None:
    before = '[clips]\nproviders = [\n  "local", # mine\n]\nfolder = "/a"\n'
    kept = '# providers = [\n#   "local", # mine\n# ]\n'
    after = f'[clips]\n{kept}providers = ["deezer"]\nfolder = "/a"\n'
    assert edit(before, {PROVIDERS: ("deezer",)}) == after


@pytest.mark.parametrize(
    "text",
    [
        "[[camera]]\n",
        "[camera]\ncamera.index = 1\n[camera.index]\n",
        "[camera]\nindex = \n",
        "camera = 1\n",
        "[camera\n",
        f"a = {'[' * 50_000}",
    ],
)
def test_what_cannot_be_edited_is_left_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        change_settings(file, {INDEX: 3})
    assert str(caught.value).startswith(f"{file} ")
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


def test_windows_lines_stay_windows_lines() -> None:
    before = '[clips]\r\nproviders = [\r\n  "local",\r\n]\r\n'
    kept = '# providers = [\r\n#   "local",\r\n# ]\r\n'
    assert edit(before, {PROVIDERS: ()}) == f"[clips]\r\n{kept}providers = []\r\n"


def test_the_remedy_says_what_to_write() -> None:
    with pytest.raises(ConfigError) as caught:
        edit("[camera]\ncamera.index = 1\n[camera.index]\n", {INDEX: 3})
    assert caught.value.remedy == "Write this into it yourself: index = 3 under [camera]."


def test_an_absent_file_begins_as_the_example(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    change_settings(file, {INDEX: 3})
    assert file.read_text() == example().replace("\n# index = 0\n", "\nindex = 3\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_file_is_the_users_only(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[camera]\n")
    file.chmod(0o644)
    change_settings(file, {INDEX: 3})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_example_is_the_users_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    before = os.umask(0)
    try:
        write_example(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text("utf-8") == example()
    with pytest.raises(UsageError, match="exists already"):
        write_example(file)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("[camera]\n")
    link.symlink_to(real)
    change_settings(link, {INDEX: 3})
    assert link.is_symlink()
    assert real.read_text() == "[camera]\nindex = 3\n"


def test_a_write_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[camera]\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="cannot be written: No space left on device"):
        change_settings(file, {INDEX: 3})
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [
        ("config.toml", "[camera]\n")
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({INDEX: 64}, "camera.index must be from 0 to 63."),
        ({INDEX: 1.0}, "camera.index must be a whole number."),
        (
            {PROVIDERS: ("locl",)},
            "clips.providers must be one of local, deezer; did you mean local?",
        ),
        ({("spotify", "client_id"): "short"}, "spotify.client_id must be the letters"),
    ],
)
def test_what_the_loader_would_refuse_is_not_written(
    change: dict[tuple[str, str], Any], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        change_settings(tmp_path / "config.toml", change)
    assert str(caught.value).startswith(problem)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        change_settings(file, {INDEX: 3})
    assert file.read_bytes() == b"\xff\xfe"


VALUES = {
    INDEX: st.integers(0, 63),
    ("camera", "enabled"): st.booleans(),
    ("camera", "seconds"): st.floats(0.5, 10),
    FOLDER: st.text(st.characters(exclude_categories=["Cs"])),
    PROVIDERS: st.lists(st.sampled_from(["local", "deezer"]), unique=True).map(tuple),
    ("spotify", "client_id"): st.from_regex(r"[0-9a-zA-Z]{8,64}", fullmatch=True),
}
CHANGES = st.fixed_dictionaries({}, optional=VALUES)
OWN_LINES = st.lists(
    st.sampled_from(["", "# a word", "  # index = many", "#", "# folder = ", "#enabled=maybe"]),
    max_size=3,
)


def sprinkle(draw: st.DrawFn, text: str) -> str:
    """The text with lines of the user's own in it."""
    lines = []
    for line in text.split("\n"):
        lines += [*draw(OWN_LINES), line]
    return "\n".join(lines)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A settings file as a user may leave it: the example, edited before, with own lines."""
    base = draw(st.sampled_from([example(), "", "[camera]\n[clips]\n", "[spotify]"]))
    text = sprinkle(draw, edit(base, draw(CHANGES)))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None)
@given(files(), CHANGES)
@case(example(), {FOLDER: "C:\\Músic \x7f\u2028\"'#", INDEX: 2})
def test_what_is_written_is_read_back_and_the_rest_untouched(
    text: str, changes: dict[tuple[str, str], Any]
) -> None:
    edited = edit(text, changes)
    before, after = tomllib.loads(text), tomllib.loads(edited)
    for (section, key), value in changes.items():
        assert after[section].pop(key) == (list(value) if isinstance(value, tuple) else value)
        before.get(section, {}).pop(key, None)
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in before.items() if v}
    gone = Counter(text.split("\n")) - Counter(edited.split("\n"))
    assert all(re.match(r"(# )?(\w+) = ", line) for line in gone)
    assert gone.total() <= len(changes)
    assert edit(edited, changes) == edited


@settings(deadline=None)
@given(CHANGES)
def test_the_loader_reads_what_was_written(changes: dict[tuple[str, str], Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        change_settings(file, changes)
        config = load_config(file, {})
    for name in SECTIONS:
        for key in type(getattr(Config(), name)).__dataclass_fields__:
            value = getattr(getattr(config, name), key)
            assert value == changes.get((name, key), getattr(getattr(Config(), name), key))


def test_a_link_to_itself_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.symlink_to(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        change_settings(file, {INDEX: 3})
    assert file.is_symlink()


def test_a_value_that_is_no_number_elsewhere_is_not_in_the_way() -> None:
    before = "[camera]\nseconds = nan\nindex = 1\n"
    assert edit(before, {INDEX: 3}) == "[camera]\nseconds = nan\nindex = 3\n"
