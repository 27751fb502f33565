"""Speaking with the running agent: this user's processes only.

A Unix socket of mode 0600 in a folder of mode 0700, or a named pipe on Windows, with a key
that only this user can read. Each side sends one JSON object; nothing is unpickled.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from companion.errors import AgentNotRunning, CompanionError, StoreError
from companion.paths import Paths

PATIENCE = 5.0  # seconds until an answer; what takes longer says so
KEY_BYTES = 32

Reply = Callable[[], Any]
"""Answers one command, with what JSON can hold."""

_logger = logging.getLogger(__name__)


class ControlServer:
    """Answers commands while it is open; use it in a `with`.

    Args:
        paths: where the socket and the key lie.
        commands: by their name.

    Raises:
        StoreError: the socket cannot be made.
    """

    def __init__(self, paths: Paths, commands: Mapping[str, Reply]) -> None:
        self._commands = commands
        self._socket, self._key = paths.socket, _key_file(paths)
        try:
            self._listener = _listen(paths)
        except OSError as error:
            raise StoreError(
                f"The socket {paths.socket} cannot be made: {error}.",
                "Set COMPANION_HOME to a shorter path that you may write to.",
            ) from error
        threading.Thread(target=self._serve, daemon=True, name="control").start()

    def __enter__(self) -> ControlServer:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.close()
        self._socket.unlink(missing_ok=True)
        self._key.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue  # somebody without the key, or who left at once
            except OSError:
                return  # the listener is closed
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Connection) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            if not _is_own(connection):
                _logger.warning("another user's process was turned away")
                return
            connection.send_bytes(json.dumps(self._reply(connection.recv_bytes())).encode())

    def _reply(self, question: bytes) -> dict[str, Any]:
        command = self._find(question)
        if command is None:
            return {"problem": "The agent does not know this command.", "remedy": UPDATE}
        try:
            return {"answer": command()}
        except CompanionError as error:
            return {"problem": str(error), "remedy": error.remedy}
        except Exception as error:
            _logger.exception("a command failed")
            problem = f"The agent failed: {type(error).__name__}: {error}."
            return {"problem": problem, "remedy": CompanionError.remedy}

    def _find(self, question: bytes) -> Reply | None:
        try:
            return self._commands[json.loads(question)["command"]]
        except (ValueError, KeyError, TypeError):
            return None


UPDATE = "Start the agent again: it is of another version."


def ask(paths: Paths, command: str, patience: float = PATIENCE) -> Any:
    """What the running agent answers.

    Args:
        paths: where the socket and the key lie.
        command: its name.
        patience: how many seconds to wait.

    Raises:
        AgentNotRunning: there is none, or it does not answer.
        CompanionError: it cannot do what it is asked.
    """
    try:
        with _call(paths) as connection:
            connection.send_bytes(json.dumps({"command": command}).encode())
            if not connection.poll(patience):
                raise AgentNotRunning(f"The agent did not answer within {patience:.0f} s.")
            answer = json.loads(connection.recv_bytes())
    except (OSError, EOFError, AuthenticationError) as error:
        raise AgentNotRunning("The agent is not running.") from error
    if "problem" in answer:
        raise CompanionError(answer["problem"], answer["remedy"])
    return answer["answer"]


def _call(paths: Paths) -> Connection:
    key = _key_file(paths).read_bytes()
    return Client(_address(paths), authkey=key)


def _listen(paths: Paths) -> Listener:
    key = secrets.token_bytes(KEY_BYTES)
    _write_private(_key_file(paths), key)
    paths.socket.unlink(missing_ok=True)  # of an agent that was killed: the lock is ours now
    with _umask(0o177):
        return Listener(_address(paths), authkey=key)


def _address(paths: Paths) -> str:
    if sys.platform == "win32":
        return rf"\\.\pipe\companion-{paths.state.as_posix().replace('/', '-').replace(':', '')}"
    return str(paths.socket)


def _key_file(paths: Paths) -> Path:
    return paths.socket.with_suffix(".key")


def _write_private(file: Path, content: bytes) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _is_own(connection: Connection) -> bool:
    """Whether this user's process is at the other end, where the system tells: on Linux."""
    if sys.platform != "linux":
        return True
    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        credentials = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return bool(struct.unpack("3i", credentials)[1] == os.getuid())
