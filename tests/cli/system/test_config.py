from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from companion.config.file import example, load_config, show
from companion.config.schema import Config
from tests.cli.shell import Run


@pytest.fixture
def file(home: Path) -> Path:
    home.mkdir()
    return home / "config.toml"


def test_init_writes_the_example(run: Run, home: Path) -> None:
    ended = run("config", "init")
    file = home / "config.toml"
    assert (ended.code, ended.out) == (0, f"Wrote {file}\n")
    assert file.read_text("utf-8") == example()
    assert load_config(file, {}) == Config()


def test_init_never_overwrites(run: Run, file: Path) -> None:
    file.write_text("# mine\n")
    ended = run("config", "init")
    assert ended.code == 2
    assert ended.err == f"companion: {file} exists already.\nEdit it, or move it away first.\n"
    assert file.read_text() == "# mine\n"


def test_init_where_nothing_can_be_written(run: Run, home: Path) -> None:
    home.write_text("in the way")
    ended = run("config", "init")
    assert ended.code == 4
    assert ended.err.startswith(f"companion: {home / 'config.toml'} cannot be written: ")


def test_path(run: Run, home: Path) -> None:
    assert run("config", "path").out == f"{home / 'config.toml'}\n"


def test_show_prints_what_holds(run: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('[camera]\nindex = 3\n[clips]\nproviders = ["local", "deezer"]\n')
    monkeypatch.setenv("COMPANION_CAMERA_SECONDS", "4.5")
    data = run("config", "show", "--json").data
    assert data["camera"] == {"index": 3, "seconds": 4.5, "enabled": True, "hours": ""}
    assert data["clips"]["providers"] == ["local", "deezer"]


def test_show_can_be_pasted_into_the_file(run: Run, file: Path) -> None:
    file.write_text('[camera]\nindex = 3\n[clips]\nfolder = "/music \\"mine\\" é"\n')
    printed = tomllib.loads(run("config", "show").out)
    assert printed == show(load_config(file))


@pytest.mark.parametrize(
    ("text", "sentence"), [(None, "No {}: the defaults apply."), ("", "{} is valid.")]
)
def test_check_of_what_is_in_order(text: str | None, sentence: str, run: Run, file: Path) -> None:
    if text is not None:
        file.write_text(text)
    ended = run("config", "check")
    assert (ended.code, ended.out) == (0, sentence.format(file) + "\n")


def test_check_says_every_problem_at_once(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[camera]\nindex = "two"\n[clip]\nfolder = ""\n[choose]\nstrategy = "mach"\n')
    monkeypatch.setenv("COMPANION_LOG_LEVEL", "LOUD")
    ended = run("config", "check")
    assert ended.code == 4
    assert "has 4 problems" in ended.err
    for word in ("camera.index", "clip", "did you mean match?", "COMPANION_LOG_LEVEL"):
        assert word in ended.err
    remedy = "Correct the file that `companion config path` names, and the variables."
    assert ended.err.splitlines()[-1] == remedy


@pytest.mark.parametrize("command", [("library",), ("once",), ("tag",), ("sync",)])
@pytest.mark.parametrize("text", ["[camera", "camera = 1", "\udcff"])
def test_wrong_settings_stop_a_command(
    command: tuple[str, ...], text: str, run: Run, file: Path
) -> None:
    file.write_text(text, "utf-8", "surrogateescape")
    ended = run(*command)
    assert ended.code == 4
    assert ended.err.startswith(f"companion: {file} ")


def test_wrong_settings_do_not_stop_the_status(run: Run, file: Path) -> None:
    file.write_text("camera = 1")
    ended = run("status")
    assert ended.code == 3  # as no agent runs
    assert "camera is a section" in ended.out


class TestSet:
    @pytest.mark.parametrize(
        ("name", "text", "line"),
        [
            ("camera.index", "2", "index = 2"),
            ("camera.enabled", "false", "enabled = false"),
            ("clips.providers", "local,deezer", 'providers = ["local", "deezer"]'),
            ("choose.strategy", "lift", 'strategy = "lift"'),
        ],
    )
    def test_one_setting_changes(
        self, name: str, text: str, line: str, run: Run, file: Path
    ) -> None:
        file.write_text('# mine\n[log]\nlevel = "DEBUG"  # for now\n')
        ended = run("config", "set", name, text)
        assert (ended.code, ended.out) == (0, f"{name.partition('.')[0]}.{line}\n")
        written = file.read_text()
        assert line in written.splitlines()
        assert written.startswith('# mine\n[log]\nlevel = "DEBUG"  # for now\n')

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            ("camera.indx", "2", "camera.indx is not known; did you mean camera.index?"),
            ("index", "2", "index is not known"),
            ("", "", " is not known"),
            ("camera.index", "two", "camera.index must be a whole number"),
            ("camera.index", "-1", "camera.index must be"),
            ("camera.enabled", "maybe", "camera.enabled must be true or false"),
            ("choose.strategy", "dance", "choose.strategy must be"),
            ("choose.rules", "x", "choose.rules is a list of tables"),
        ],
    )
    def test_what_may_not_stand_changes_nothing(
        self, name: str, text: str, told: str, run: Run, file: Path
    ) -> None:
        ended = run("config", "set", "--", name, text)
        assert ended.code == 2
        assert told in ended.err
        assert not file.exists()
