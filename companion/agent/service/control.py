"""The control socket: commands to the running agent, by this user's processes only.

A Unix socket of mode 0600 in a folder of mode 0700, or a named pipe on Windows, with a key
that only this user can read. Each side sends one JSON object; nothing is unpickled. Every
connection has a thread and a deadline of its own, so none holds another up.
"""

import contextlib
import json
import logging
import os
import secrets
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any, Self

from companion.errors import AgentNotRunning, CompanionError, StoreError
from companion.paths import Paths, is_file
from companion.text import one_line

ANSWER_SECONDS = 5.0  # until an answer; a command that takes longer names its own time
CALLER_SECONDS = 5.0  # for each message of a caller
RETRY_SECONDS = 0.5  # after the system refused a connection, as for too many open files
MOST_BYTES = 4096  # of a command
MOST_WAITING = 16  # connections that are not accepted yet
KEY_BYTES = 32
LAST_EXIT_CODE = 255

Command = Callable[[], Any]
"""Does what is asked; its result is what JSON can hold."""

_logger = logging.getLogger(__name__)


class ControlServer:
    """Answers the commands, given by their names, while it is open; use it in a `with`.

    Raises:
        StoreError: the socket cannot be made.
    """

    def __init__(self, paths: Paths, commands: Mapping[str, Command]) -> None:
        self._paths, self._commands = paths, commands
        self._closing = False
        self._key = secrets.token_bytes(KEY_BYTES)
        try:
            self._listener = _listen(paths, self._key)
        except OSError as error:
            raise _cannot_listen(error, paths.socket) from error
        self._thread = threading.Thread(target=self._serve, daemon=True, name="control")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            _connect(self._paths, CALLER_SECONDS).close()  # so that `accept` returns
        self._thread.join(CALLER_SECONDS)
        with contextlib.suppress(OSError):
            self._listener.close()
        self._paths.socket.unlink(missing_ok=True)
        _key_file(self._paths).unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._closing:
            try:
                connection = self._listener.accept()
            except OSError as error:
                _logger.warning("a connection could not be accepted: %s", error)
                time.sleep(RETRY_SECONDS)
                continue
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Connection) -> None:
        """Answer one caller, whatever it sends: no failure escapes."""
        try:
            with connection:
                if self._closing or not _is_own(connection):
                    return
                _set_deadline(connection, CALLER_SECONDS)
                deliver_challenge(connection, self._key)
                answer_challenge(connection, self._key)
                question = connection.recv_bytes(MOST_BYTES)
                connection.send_bytes(json.dumps(self._reply(question)).encode())
        except Exception as error:  # noqa: BLE001 - a stranger, or one who left at once
            _logger.debug("a caller got no answer: %s: %s", type(error).__name__, error)

    def _reply(self, question: bytes) -> dict[str, Any]:
        command = self._find(question)
        if command is None:
            return {"problem": "The agent does not know this command.", "remedy": UPDATE}
        try:
            return {"answer": command()}
        except CompanionError as error:
            return {"problem": str(error), "remedy": error.remedy, "code": error.exit_code}
        except Exception as error:
            _logger.exception("a command failed")
            problem = f"The agent failed: {type(error).__name__}: {error}."
            return {"problem": problem, "remedy": CompanionError.remedy}

    def _find(self, question: bytes) -> Command | None:
        try:
            return self._commands[json.loads(question)["command"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


UPDATE = "Start the agent again: it is of another version."
SILENT = "It may be suspended or overloaded: see `companion logs`, or start it again."


def ask(paths: Paths, command: str, timeout: float = ANSWER_SECONDS) -> Any:
    """Send the running agent a command; returns its answer, waited for `timeout` seconds at most.

    Raises:
        AgentNotRunning: there is none, or it does not answer.
        CompanionError: it cannot do what it is asked.
    """
    try:
        body = _exchange(paths, json.dumps({"command": command}).encode(), timeout)
    except (BlockingIOError, TimeoutError) as error:
        problem = f"The agent did not answer within {timeout:.0f} s."
        raise AgentNotRunning(problem, SILENT) from error
    except (OSError, EOFError, AuthenticationError) as error:
        raise AgentNotRunning("The agent is not running.") from error
    return _read_answer(body)


def _read_answer(body: bytes) -> Any:
    """The answer in an agent's message.

    Raises:
        CompanionError: the agent cannot do it, or it says what only another version understands.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    match message:
        case {"problem": str(problem), "remedy": str(remedy)}:
            error = CompanionError(one_line(problem), one_line(remedy))
            error.exit_code = _exit_code(message.get("code"))
            raise error
        case {"answer": answer}:
            return answer
    raise CompanionError("The agent's answer is invalid.", UPDATE)


def _exit_code(said: Any) -> int:
    """The exit code that the agent gives to an error; 1 where it gives none."""
    good = isinstance(said, int) and 1 <= said <= LAST_EXIT_CODE
    return said if good else CompanionError.exit_code


def _exchange(paths: Paths, question: bytes, timeout: float) -> bytes:
    if not is_file(_key_file(paths)):  # a pipe would be waited for
        raise FileNotFoundError
    key = _key_file(paths).read_bytes()
    with _connect(paths, timeout) as connection:
        answer_challenge(connection, key)
        deliver_challenge(connection, key)
        connection.send_bytes(question)
        if not connection.poll(timeout):
            raise TimeoutError
        return connection.recv_bytes()


def _cannot_listen(error: OSError, socket_file: Path) -> StoreError:
    if error.filename:  # something else lies where the socket or its key is due
        problem = f"{error.filename} cannot be replaced: {error.strerror}."
        return StoreError(problem, "Remove it, or make it and its folder yours and writable.")
    return StoreError(
        f"The socket {socket_file} cannot be made: {error}.",
        "Set COMPANION_HOME to a shorter path that you may write to.",
    )


def _listen(paths: Paths, key: bytes) -> Listener:
    _write_private(_key_file(paths), key)
    paths.socket.unlink(missing_ok=True)  # of an agent that was killed: the lock is ours now
    before = os.umask(0o177)
    try:
        return Listener(_address(paths), backlog=MOST_WAITING)
    finally:
        os.umask(before)


def _key_file(paths: Paths) -> Path:
    return paths.socket.with_suffix(".key")


def _write_private(file: Path, content: bytes) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


if sys.platform == "win32":
    from multiprocessing.connection import Client

    def _address(paths: Paths) -> str:
        name = paths.state.as_posix().replace("/", "-").replace(":", "")
        return rf"\\.\pipe\companion-{name}"

    def _connect(paths: Paths, timeout: float) -> Connection:
        return Client(_address(paths))

    def _set_deadline(connection: Connection, seconds: float) -> None:
        """A pipe has none; a caller of this user's that is silent keeps its own thread only."""

else:

    def _address(paths: Paths) -> str:
        return str(paths.socket)

    def _connect(paths: Paths, timeout: float) -> Connection:
        with socket.socket(socket.AF_UNIX) as made:
            _set_timeouts(made, timeout)
            made.connect(_address(paths))
            return Connection(made.detach())

    def _set_deadline(connection: Connection, seconds: float) -> None:
        with socket.socket(fileno=os.dup(connection.fileno())) as end:
            _set_timeouts(end, seconds)

    def _set_timeouts(end: socket.socket, seconds: float) -> None:
        """Let each single connect, read and write end so late, with a BlockingIOError.

        Python's own timeout would make the socket non-blocking: such a one is refused at once
        where too many wait to be accepted.
        """
        whole, part = divmod(seconds, 1)
        span = struct.pack("@ll", int(whole), int(part * 1e6))
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, span)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, span)


def _is_own(connection: Connection) -> bool:
    """True where this user's process is at the other end, if the system tells: on Linux."""
    if sys.platform != "linux":
        return True
    with socket.socket(fileno=os.dup(connection.fileno())) as end:
        credentials = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    own = bool(struct.unpack("3i", credentials)[1] == os.getuid())
    if not own:
        _logger.warning("another user's process was turned away")
    return own
