from __future__ import annotations

import time

import pytest

from companion.desktop import programs as module
from companion.desktop.programs import Command, ask_program, run_command
from companion.errors import ServiceError
from tests.desktop.programs import Programs


def test_what_a_program_prints(programs: Programs) -> None:
    programs.put("teller", "printf '%s' \"$2\"; echo no >&2")
    assert ask_program(("teller", "a", "b; exit 1")) == b"b; exit 1"
    assert programs.calls("teller") == ["a|b; exit 1"]


@pytest.mark.parametrize("script", ["exit 1", "echo answer; exit 3", "kill -9 $$"])
def test_a_program_that_fails_gives_no_answer(script: str, programs: Programs) -> None:
    programs.put("teller", script)
    assert ask_program(("teller",)) is None


def test_an_absent_program_gives_no_answer() -> None:
    assert ask_program(("no-such-program",)) is None


def test_a_program_that_hangs_gives_no_answer(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUESTION_SECONDS", 0.2)
    programs.put("teller", "exec sleep 30")
    begin = time.monotonic()
    assert ask_program(("teller",)) is None
    assert time.monotonic() - begin < 10


def test_an_order_is_carried_out(programs: Programs) -> None:
    programs.put("doer", "")
    run_command(Command(("doer", "this", "and that")))
    assert programs.calls("doer") == ["this|and that"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'a hint' >&2; echo 'Access denied.' >&2; exit 5", "failed: Access denied."),
        ("echo 'on stdout'; exit 5", "failed: on stdout."),
        ("exit 5", "failed: exit code 5."),
        ("printf 'Zugriff verweigert \\204' >&2; exit 5", "failed: Zugriff verweigert \ufffd."),
    ],
)
def test_why_an_order_failed(script: str, reason: str, programs: Programs) -> None:
    programs.put("doer", script)
    with pytest.raises(ServiceError) as failed:
        run_command(Command(("doer", "this")))
    assert str(failed.value) == f"`doer this` {reason}"
    assert len(programs.calls("doer")) == 1


def test_an_order_to_nobody() -> None:
    with pytest.raises(ServiceError, match="there is no such program"):
        run_command(Command(("no-such-program",)))


def test_an_order_that_takes_too_long(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND_SECONDS", 0.2)
    programs.put("doer", "exec sleep 30")
    with pytest.raises(ServiceError, match="took too long"):
        run_command(Command(("doer",)))


@pytest.mark.parametrize("words", [("doer",), ("no-such-program",)])
def test_an_order_that_may_fail(words: tuple[str, ...], programs: Programs) -> None:
    programs.put("doer", "exit 1")
    run_command(Command(words, may_fail=True))


def test_an_order_is_tried_again(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_PAUSE_SECONDS", 0)
    count = programs.folder / "count"
    programs.put("doer", f'echo >> "{count}"; [ $(wc -l < "{count}") -ge 3 ]')
    run_command(Command(("doer",), tries=5))
    assert len(programs.calls("doer")) == 3


def test_tries_end(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_PAUSE_SECONDS", 0)
    programs.put("doer", "exit 1")
    with pytest.raises(ServiceError):
        run_command(Command(("doer",), tries=3))
    assert len(programs.calls("doer")) == 3
