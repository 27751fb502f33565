from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.desktop.service.definition import MARK
from companion.desktop.service.service import install
from companion.desktop.service.systemd import Systemd, quote, read_version, write_unit
from tests.desktop import managers
from tests.desktop.programs import Programs

COMMAND = ("/usr/bin/python3", "-P", "-m", "companion", "run")
ODD_NAMES = [
    "plain",
    "with blanks",
    "Zoë 日本",
    "100%",
    "%h %n %%",
    "$HOME ${PATH} $$",
    "Zoë's",
    'say "hi"',
    "back\\slash \\x41 \\n",
    "semi; colon & ampersand",
    "# hash",
    "@-:+!",
    "a=b",
]

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs the Debian package systemd"
)


def parse(unit: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=", strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are written
    parser.read_string(unit)
    return parser


def verify(unit: str, folder: Path) -> str:
    """Return systemd's complaints about the unit; "" if there are none."""
    file = folder / "companion.service"
    file.write_text(unit, "utf-8")
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    ended = subprocess.run(  # noqa: S603 - the words here
        ["systemd-analyze", "verify", "--user", "--man=no", str(file)],  # noqa: S607
        env=os.environ | {"XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0 or ended.stderr
    return ended.stderr.strip()


@needs_systemd
def test_systemd_has_nothing_to_say(tmp_path: Path) -> None:
    version = subprocess.check_output(["systemctl", "--version"])  # noqa: S607
    unit = write_unit(COMMAND, {"COMPANION_HOME": "/a b"}, read_version(version))
    assert verify(unit, tmp_path) == ""


@needs_systemd
@pytest.mark.parametrize("name", ODD_NAMES)
def test_systemd_finds_a_program_of_any_name(name: str, tmp_path: Path) -> None:
    python = tmp_path / name / "python"
    python.parent.mkdir()
    unit = write_unit((str(python), *COMMAND[1:]), {"COMPANION_HOME": f"/{name}"}, 252)
    if "/usr/bin/env" not in unit:
        assert "is not executable: No such file" in verify(unit, tmp_path)
    python.symlink_to("/bin/true")
    assert verify(unit, tmp_path) == ""


@needs_systemd
def test_a_unit_that_is_wrong_is_found_to_be(tmp_path: Path) -> None:
    """The check itself can fail."""
    unit = write_unit(COMMAND, {}, 252)
    assert verify(unit.replace("Restart=on-failure", "Restart=sometimes"), tmp_path)
    assert verify(unit.replace("UMask", "UMusk"), tmp_path)
    assert verify(unit.replace(COMMAND[0], "/no/such/python"), tmp_path)


def test_what_the_unit_must_and_must_not_say() -> None:
    unit = parse(write_unit(COMMAND, {}, 254))
    service = unit["Service"]
    assert service["Restart"] == "on-failure"
    assert service["NoNewPrivileges"] == "yes"
    assert unit["Install"]["WantedBy"] == "graphical-session.target"
    assert unit["Unit"]["PartOf"] == "graphical-session.target"
    for key in ("PrivateDevices", "DeviceAllow", "MemoryDenyWriteExecute", "PrivateNetwork"):
        assert key not in service  # the camera, JAX and Spotify need the opposite
    assert not any(key.startswith(("Protect", "ReadWrite", "PrivateTmp")) for key in service)
    assert "Environment" not in service


def test_no_variable_of_the_environment_is_put_into_the_command() -> None:
    """With a colon before it, `$HOME` in a path stays what it is."""
    unit = parse(write_unit(("/opt/$HOME/python", "run"), {}, 254))
    assert unit["Service"]["ExecStart"] == ':"/opt/$HOME/python" "run"'


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        (254, {"RestartSec": "5", "RestartSteps": "8", "RestartMaxDelaySec": "1h"}),
        (257, {"RestartSec": "5", "RestartSteps": "8", "RestartMaxDelaySec": "1h"}),
        (253, {"RestartSec": "5"}),
        (0, {"RestartSec": "5"}),
    ],
)
def test_the_wait_grows_where_systemd_can(version: int, keys: dict[str, str]) -> None:
    unit = parse(write_unit(COMMAND, {}, version))
    found = {key: value for key, value in unit["Service"].items() if key.startswith("RestartS")}
    found |= {key: value for key, value in unit["Service"].items() if key.startswith("RestartM")}
    assert found == keys
    limited = unit["Unit"]["StartLimitIntervalSec"] != "0"
    assert limited is ("StartLimitBurst" in unit["Unit"]) is (version < 254)


def test_no_restart_where_it_could_not_help() -> None:
    """Wrong words, a wrong config, and an agent that runs already."""
    assert parse(write_unit(COMMAND, {}, 254))["Service"]["RestartPreventExitStatus"] == "2 4 8"


def unquote(text: str) -> str:
    """The word that systemd reads: quotes and escapes first, then specifiers."""
    assert text.startswith('"')
    assert text.endswith('"')
    (word,) = shlex.split(text)
    specifiers = word.replace("%%", "")
    assert "%" not in specifiers
    return word.replace("%%", "%")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\")))
@example("$HOME %n \"'`")
@example("")
def test_a_quoted_word_is_read_back(word: str) -> None:
    assert unquote(quote(word)) == word
    assert "\n" not in quote(word)


@pytest.mark.parametrize(
    ("word", "quoted"),
    [
        ("a", '"a"'),
        ("a b", '"a b"'),
        ('"', '"\\""'),
        ("\\", '"\\\\"'),
        ("%h", '"%%h"'),
        ("$HOME", '"$HOME"'),
        ("a\nExecStart=/bin/evil", '"a\\nExecStart=/bin/evil"'),
        ("", '""'),
    ],
)
def test_quoting(word: str, quoted: str) -> None:
    assert quote(word) == quoted


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (b"systemd 252 (252.38-1~deb12u1)\n+PAM +AUDIT", 252),
        (b"systemd 257 (257.5-2)", 257),
        (b"systemd v257", 0),
        (b"", 0),
        (b"OpenRC 1", 0),
    ],
)
def test_the_version(text: bytes, version: int) -> None:
    assert read_version(text) == version


@pytest.mark.parametrize("version", [252, 254])
def test_the_version_that_runs_decides(
    version: int, programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    managers.systemd(programs, version)
    assert ("RestartSteps" in Systemd(COMMAND, {}).definition) is (version == 254)


def test_where_the_unit_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    tail = Path("systemd/user/companion.service")
    assert Systemd(COMMAND, {}).file == tmp_path / "home" / ".config" / tail
    monkeypatch.setenv("XDG_CONFIG_HOME", "")
    assert Systemd(COMMAND, {}).file == tmp_path / "home" / ".config" / tail
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    assert Systemd(COMMAND, {}).file == tmp_path / "other" / tail


def test_the_orders(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    manager = managers.systemd(programs)
    install(Systemd(COMMAND, {}), start=True)
    assert manager.commands() == [
        "--user|daemon-reload",
        "--user|enable|companion.service",
        "--user|restart|companion.service",
    ]
    assert manager.is_enabled


@pytest.mark.parametrize("session", [False, True])
def test_a_desktop_that_systemd_does_not_know_of(
    session: bool, programs: Programs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    manager = managers.systemd(programs)
    if not session:
        (manager.state / "no-session").touch()
    advice = Systemd(COMMAND, {}).advice()
    assert (advice is None) is session
    assert session or "systemctl --user start companion.service" in (advice or "")


def test_our_mark_is_a_comment() -> None:
    assert write_unit(COMMAND, {}, 254).startswith(f"# {MARK}\n[Unit]\n")
