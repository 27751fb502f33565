"""The process of the page: one for each user, found again by a file that only the user can read.

The file names port and key. It counts only while the lock beside it is held: so nobody is sent
to a stranger who listens on the port of a page that has ended.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import uvicorn

from companion.agent.service.instance import only_instance
from companion.errors import AgentRunning, CompanionError, StoreError
from companion.page.context import Context
from companion.page.live.events import Events
from companion.page.live.task_runner import TaskRunner
from companion.page.server.app import make_app
from companion.page.server.lifetime import Lifetime
from companion.page.server.security_middleware import ADMIT, ENTER, SecurityMiddleware
from companion.page.server.sessions import Sessions
from companion.page.tabs.versions import read_versions
from companion.paths import Paths

HOST = "127.0.0.1"
START_SECONDS = 30.0
CHECK_SECONDS = 0.5
ASK_SECONDS = 5.0
STOP_SECONDS = 3.0  # for tasks that are running
MOST_CONNECTIONS = 100


def serve(
    paths: Paths,
    started: Callable[[str], object] = lambda address: None,
    lifetime: Lifetime | None = None,
) -> None:
    """Serve the page until some minutes after its last tab was closed, or a signal.

    Args:
        paths: this user's folders, which are there.
        started: called with an address that works once, when the page answers.
        lifetime: says when it ends.

    Raises:
        AgentRunning: the page is served already.
        StoreError: its files cannot be made.
    """
    lifetime = lifetime or Lifetime()
    with only_instance(_lock(paths)), _listen() as listener:
        port: int = listener.getsockname()[1]
        tasks, sessions = TaskRunner(), Sessions()
        context = Context(paths, tasks)
        events = Events(lifetime, lambda: read_versions(context))
        tasks.publish = events.publish
        app = SecurityMiddleware(make_app(context, events), sessions, (HOST, port), lifetime.renew)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=1,
            )
        )
        with _written(paths, port, sessions.key):
            watch = threading.Thread(target=_watch, args=(server, lifetime, started, paths))
            watch.daemon = True
            watch.start()
            _take_signals()
            server.run(sockets=[listener])
            tasks.stop_all(STOP_SECONDS)


def _take_signals() -> None:
    """Let SIGTERM only end the server: uvicorn sends itself the signal once more at its end."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: None)


def _watch(
    server: uvicorn.Server, lifetime: Lifetime, started: Callable[[str], object], paths: Paths
) -> None:
    while not server.started:
        time.sleep(0.01)
    if address := fresh_address(paths):
        started(address)
    while not server.should_exit:
        time.sleep(CHECK_SECONDS)
        server.should_exit |= lifetime.is_over


def fresh_address(paths: Paths) -> str | None:
    """Ask the page that is served for an address that works once; None where none is."""
    if not _is_served(paths):
        return None
    try:
        known = json.loads(_state(paths).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    token = secrets.token_urlsafe(32)
    connection = http.client.HTTPConnection(HOST, known["port"], timeout=ASK_SECONDS)
    headers = {"Authorization": f"Bearer {known['key']}", "X-Token": token}
    try:
        with contextlib.closing(connection):
            connection.request("POST", ADMIT, headers=headers)
            if connection.getresponse().status != HTTPStatus.NO_CONTENT:
                return None
    except (OSError, http.client.HTTPException):
        return None
    return f"http://{HOST}:{known['port']}{ENTER}?token={token}"


def start_and_wait(paths: Paths) -> str:
    """Start the page in a process of its own, which outlives this one; return an address.

    Raises:
        CompanionError: it does not start.
    """
    python = Path(sys.executable)
    windowless = python.with_name("pythonw.exe")
    runner = str(windowless if windowless.exists() else python)
    child = subprocess.Popen(  # noqa: S603 - our own words
        (runner, "-P", "-m", "companion", "open", "--stay", "--no-browser"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if address := fresh_address(paths):
            return address
        if child.poll() is not None and not _is_served(paths):
            break
        time.sleep(0.05)
    raise CompanionError("The page did not start.", "See why: `companion open --stay`.")


def _is_served(paths: Paths) -> bool:
    try:
        with only_instance(_lock(paths)):
            return False
    except AgentRunning:
        return True


def _lock(paths: Paths) -> Path:
    return paths.runtime / "page.lock"


def _state(paths: Paths) -> Path:
    return paths.runtime / "page.json"


@contextlib.contextmanager
def _listen() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((HOST, 0))
        yield listener


@contextlib.contextmanager
def _written(paths: Paths, port: int, key: str) -> Iterator[None]:
    """Keep port and key in a file of this user's, for the time of a `with`."""
    file = _state(paths)
    try:
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump({"port": port, "key": key}, stream)
    except OSError as error:
        raise StoreError(f"The file {file} cannot be made: {error.strerror}.") from error
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
