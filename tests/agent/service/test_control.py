from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import pytest

from companion.agent.service import control
from companion.agent.service.control import MOST_BYTES, MOST_WAITING, ControlServer, ask
from companion.errors import AgentNotRunning, CompanionError, StoreError
from companion.paths import Paths

posix = pytest.mark.skipif(os.name != "posix", reason="a named pipe has no mode")


def make_paths(root: Path) -> Paths:
    paths = Paths(root / "config.toml", root / "state", root / "cache", root / "run")
    paths.make()
    return paths


def fail() -> Any:
    raise StoreError("The disk is full.", "Make room.")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return make_paths(tmp_path)


@pytest.fixture
def server(paths: Paths) -> Iterator[ControlServer]:
    commands: dict[str, Callable[[], Any]] = {
        "status": lambda: {"pid": 1, "list": [1.5, None, "ä"]},
        "nothing": lambda: None,
        "slow": lambda: time.sleep(1),
        "fail": fail,
        "trip": lambda: 1 / 0,
    }
    with ControlServer(paths, commands) as running:
        yield running


@pytest.mark.usefixtures("server")
class TestRunning:
    def test_an_answer(self, paths: Paths) -> None:
        assert ask(paths, "status") == {"pid": 1, "list": [1.5, None, "ä"]}
        assert ask(paths, "nothing") is None

    def test_an_error_is_told_with_its_remedy(self, paths: Paths) -> None:
        with pytest.raises(CompanionError, match="disk is full") as caught:
            ask(paths, "fail")
        assert (caught.value.remedy, caught.value.exit_code) == ("Make room.", 5)

    def test_a_mistake_of_ours_is_told_and_logged(
        self, paths: Paths, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(CompanionError, match="The agent failed: ZeroDivisionError"):
            ask(paths, "trip")
        assert "Traceback" in caplog.text
        assert ask(paths, "status")

    def test_an_unknown_command(self, paths: Paths) -> None:
        with pytest.raises(CompanionError, match="does not know this command") as caught:
            ask(paths, "dance")
        assert not isinstance(caught.value, AgentNotRunning)

    def test_the_wait_for_an_answer_has_an_end(self, paths: Paths) -> None:
        with pytest.raises(AgentNotRunning, match="did not answer within"):
            ask(paths, "slow", 0.1)

    def test_a_slow_answer_holds_nobody_up(
        self, paths: Paths, in_thread: Callable[[Callable[[], object]], None]
    ) -> None:
        in_thread(lambda: ask(paths, "slow"))
        began = time.monotonic()
        for _ in range(5):
            ask(paths, "status")
        assert time.monotonic() - began < 0.9

    @posix
    def test_only_this_user_may_come_in(self, paths: Paths) -> None:
        assert stat.S_IMODE(paths.socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(paths.runtime.stat().st_mode) == 0o700
        key = paths.socket.with_suffix(".key")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600

    @posix
    @pytest.mark.parametrize("key", [b"", b"x" * 32])
    def test_without_the_key_nothing_is_answered(self, key: bytes, paths: Paths) -> None:
        from multiprocessing import AuthenticationError

        with pytest.raises(AuthenticationError):
            Client(str(paths.socket), authkey=key)
        assert ask(paths, "status")

    @posix
    @pytest.mark.parametrize("words", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 100])
    def test_babble_harms_nothing(self, words: bytes, paths: Paths) -> None:
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(paths.socket))
            stranger.sendall(words)
        assert ask(paths, "status")

    @posix
    @pytest.mark.parametrize("words", [b"", b"no json", b"[]", b'{"command": []}', b"{}"])
    def test_absurd_questions_are_answered_with_a_sentence(
        self, words: bytes, paths: Paths
    ) -> None:
        key = paths.socket.with_suffix(".key").read_bytes()
        with Client(str(paths.socket), authkey=key) as connection:
            connection.send_bytes(words)
            assert b"does not know" in connection.recv_bytes()

    @posix
    @pytest.mark.parametrize(
        "words",
        [
            struct.pack("!i", 300) + b"x" * 300,  # longer than a challenge may be
            struct.pack("!i", -5),
            struct.pack("!i", 7) + b"cut",
            struct.pack("!i", 40) + b"#CHALLENGE#{sha256}" + b"x" * 21,
        ],
    )
    def test_a_bad_handshake_does_not_end_the_server(self, words: bytes, paths: Paths) -> None:
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.connect(str(paths.socket))
                stranger.sendall(words)
            assert ask(paths, "status")

    @posix
    def test_a_nested_question_is_answered_with_a_sentence(self, paths: Paths) -> None:
        key = paths.socket.with_suffix(".key").read_bytes()
        with Client(str(paths.socket), authkey=key) as connection:
            connection.send_bytes(b"[" * MOST_BYTES)
            assert b"does not know" in connection.recv_bytes()

    @posix
    def test_silent_callers_hold_nobody_up_and_are_hung_up_on(
        self, paths: Paths, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(control, "CALLER_SECONDS", 1.5)
        with contextlib.ExitStack() as stack:
            silent = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(20)]
            for one in silent:
                one.connect(str(paths.socket))
            assert ask(paths, "status", 20)
            for one in silent:
                one.settimeout(30)
                while one.recv(1024):  # the challenge, then the end
                    pass

    def test_a_refused_connection_is_not_the_last(
        self, paths: Paths, server: ControlServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        accept = server._listener.accept
        failures = iter([OSError(24, "Too many open files")])

        def refuse() -> Any:
            for error in failures:
                raise error
            return accept()

        monkeypatch.setattr(control, "RETRY_SECONDS", 0.01)
        monkeypatch.setattr(server._listener, "accept", refuse)
        for _ in range(3):
            assert ask(paths, "status")


@posix
@pytest.mark.parametrize("waiting", [1, MOST_WAITING + 2])
def test_an_agent_that_is_suspended_is_not_waited_for(paths: Paths, waiting: int) -> None:
    """A listener that never accepts is what a stopped process leaves."""
    with socket.socket(socket.AF_UNIX) as suspended, contextlib.ExitStack() as stack:
        suspended.bind(str(paths.socket))
        suspended.listen(MOST_WAITING)
        paths.socket.with_suffix(".key").write_bytes(b"k" * 32)
        for _ in range(waiting):
            other = stack.enter_context(socket.socket(socket.AF_UNIX))
            other.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                other.connect(str(paths.socket))
        began = time.monotonic()
        with pytest.raises(AgentNotRunning, match="did not answer within") as caught:
            ask(paths, "status", 0.3)
        assert time.monotonic() - began < 2
        assert "suspended" in caught.value.remedy


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_another_user_is_turned_away() -> None:
    """Even one who has the key, and whom the modes would let in."""
    program = (
        "import os, sys, hmac; from multiprocessing.connection import Client;"
        "key = open(sys.argv[2], 'rb').read(); os.setgid(65534); os.setuid(65534);"
        "c = Client(sys.argv[1], authkey=key);"
        'c.send_bytes(b\'{"command": "status"}\'); print(c.recv_bytes())'
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = make_paths(Path(folder))
        with ControlServer(paths, {"status": lambda: 1}):
            for path in (Path(folder), paths.runtime, paths.socket):
                path.chmod(0o777)
            ended = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-c", program, paths.socket, paths.socket.with_suffix(".key")],
                capture_output=True,
                text=True,
                check=False,
            )
            assert ask(paths, "status") == 1
    assert "EOFError" in ended.stderr or "ConnectionReset" in ended.stderr
    assert not ended.stdout


def test_without_an_agent(paths: Paths) -> None:
    with pytest.raises(AgentNotRunning, match="not running"):
        ask(paths, "status")


def test_after_its_end_nothing_is_left(paths: Paths) -> None:
    with ControlServer(paths, {}):
        pass
    assert list(paths.runtime.iterdir()) == []
    with pytest.raises(AgentNotRunning):
        ask(paths, "status")


@posix
def test_what_a_killed_agent_left_blocks_nobody(paths: Paths) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(paths.socket))
    paths.socket.with_suffix(".key").write_bytes(b"old")
    with pytest.raises(AgentNotRunning):
        ask(paths, "status")
    with ControlServer(paths, {"status": lambda: "new"}):
        assert ask(paths, "status") == "new"


@posix
def test_a_path_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    paths = make_paths(tmp_path / ("x" * 120))
    with pytest.raises(StoreError, match="cannot be made") as caught:
        ControlServer(paths, {})
    assert "shorter" in caught.value.remedy


@pytest.mark.parametrize(
    "body",
    [b"", b"[1]", b"7", b"{}", b"[" * 50_000, b'{"problem": 7, "remedy": []}', b'{"problem": "x"}'],
)
def test_an_answer_that_makes_no_sense_is_told_so(body: bytes) -> None:
    with pytest.raises(CompanionError, match="is invalid") as caught:
        control._read_answer(body)
    assert "another version" in caught.value.remedy


@posix
def test_a_pipe_in_the_keys_place_is_not_waited_for(paths: Paths) -> None:
    os.mkfifo(paths.socket.with_suffix(".key"))
    with pytest.raises(AgentNotRunning, match="not running"):
        ask(paths, "status")
    with ControlServer(paths, {"status": lambda: "new"}):
        assert ask(paths, "status") == "new"


@posix
@pytest.mark.parametrize("name", ["agent.sock", "agent.key"])
def test_what_cannot_be_replaced_is_named(name: str, paths: Paths) -> None:
    (paths.runtime / name).mkdir()
    with pytest.raises(StoreError) as caught:
        ControlServer(paths, {})
    assert str(caught.value) == f"{paths.runtime / name} cannot be replaced: Is a directory."
    assert caught.value.remedy.startswith("Remove it")


@pytest.mark.parametrize("code", [None, "5", 0, 256, 2**70, [], 1.5])
def test_an_exit_code_that_makes_no_sense_is_1(code: object) -> None:
    body = json.dumps({"problem": "No.", "remedy": "Wait.", "code": code}).encode()
    with pytest.raises(CompanionError, match="No") as caught:
        control._read_answer(body)
    assert caught.value.exit_code == 1
