from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from companion.cli.system.completion import VARIABLE, Shell
from tests.cli.shell import Run


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"there is no {shell}")


@pytest.fixture(autouse=True)
def no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")  # so that what the command sets is taken back


@pytest.mark.parametrize("shell", get_args(Shell))
def test_each_shell_gets_a_script_of_its_own(shell: Shell, run: Run) -> None:
    ended = run("completion", shell)
    assert ended.code == 0
    assert f"{VARIABLE}" in ended.out
    assert f"complete_{shell}" in ended.out
    assert "companion" in ended.out.replace(VARIABLE, "")


@pytest.mark.parametrize("words", [(), ("tcsh",), ("bash", "zsh")])
def test_another_shell_is_refused(words: tuple[str, ...], run: Run) -> None:
    ended = run("completion", *words)
    assert ended.code == 2
    assert ended.out == ""


def in_shell(
    words: tuple[str, ...], program: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program in a shell that finds this companion and nothing of the user's."""
    command = folder / "companion"
    start = "from companion.cli.main import main; main()"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    command.chmod(0o700)
    return subprocess.run(  # noqa: S603 - our own program
        [str(shutil.which(words[0])), *words[1:], "-c", program],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
@needs("bash")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("companion stat", ["status"]),
        ("companion sta --json", []),
        ("companion config ", ["check", "init", "path", "set", "show"]),
        ("companion tag --li", ["--limit"]),
        ("companion completion f", ["fish"]),
        ("companion nonsense", []),
    ],
)
def test_bash_completes(line: str, expected: list[str], tmp_path: Path) -> None:
    ended = in_shell(
        ("bash", "--norc", "--noprofile"),
        f"""
        eval "$(companion completion bash)"
        complete -p companion
        IFS=' ' read -r -a COMP_WORDS <<< "{line}"
        case "{line}" in *' ') COMP_WORDS+=("") ;; esac
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _companion_completion companion
        printf '%s\\n' "${{COMPREPLY[@]}}"
        """,
        tmp_path,
    )
    registered, *words = ended.stdout.split("\n")
    assert registered == "complete -o default -F _companion_completion companion"
    assert sorted(filter(None, words)) == expected
    assert ended.stderr == ""


@needs("fish")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("companion stat", "status\tShow how things stand; exit code 3 where no agent runs.\n"),
        ("companion completion f", "fish\n"),
        ("companion tag --li", "--limit\tTag at most this many tracks.\n"),
        ("companion nonsense", ""),
    ],
)
def test_fish_completes(line: str, expected: str, tmp_path: Path) -> None:
    program = f"companion completion fish | source; complete -C '{line}'"
    ended = in_shell(("fish", "--no-config"), program, tmp_path)
    assert (ended.stdout, ended.stderr) == (expected, "")


@needs("zsh")
def test_zsh_takes_the_script(tmp_path: Path) -> None:
    program = """
        autoload -Uz compinit; compinit -u -D
        source <(companion completion zsh)
        print -- ${_comps[companion]}
        _arguments() { print -r -- "$@" }
        words=(companion stat); CURRENT=2; _companion_completion
    """
    ended = in_shell(("zsh", "-f"), program, tmp_path)
    registered, words = ended.stdout.splitlines()
    assert registered == "_companion_completion"
    assert '"status":"Show how things stand' in words
    assert ended.stderr == ""


def test_typers_own_options_are_not_there_beside_it(run: Run) -> None:
    assert "completion " in run("--help").out
    for option in ("--install-completion", "--show-completion"):
        assert option not in run("--help").out
        assert run(option).code == 2
