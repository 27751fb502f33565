"""The stand-in as a server on 127.0.0.1, in a thread beside the caller."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType

import uvicorn
from starlette.applications import Starlette

from companion.simulator.accounts import Accounts
from companion.simulator.app import make_app
from companion.simulator.clock import ManualClock
from companion.simulator.library import Library, library
from companion.simulator.player import Player
from companion.simulator.requests_log import RequestLog
from companion.simulator.world import World

HOST = "127.0.0.1"
START_SECONDS = 10.0
DEMO_TRACKS = 28


class Simulator:
    """Spotify and a clip host on loopback, for the time of a `with`.

    Attributes:
        world: the state behind it; `clock`, `library`, `player`, `accounts` are its parts.
        requests: what it was asked.
        url: its address, without a slash at the end.
    """

    def __init__(
        self,
        tracks: Library | None = None,
        *,
        clock: ManualClock | None = None,
        full: bool = False,
        port: int = 0,
    ) -> None:
        self.clock = clock or ManualClock()
        self.library = tracks or library(DEMO_TRACKS)
        self.player = Player(self.clock)
        self.accounts = Accounts(self.clock)
        self.world = World(self.clock, self.library, self.player, self.accounts, full=full)
        self.requests = RequestLog()
        self._thread = _ServerThread(make_app(self.world, self.requests), port)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._thread.port}"

    def count(self, method: str, path: str) -> int:
        """How often exactly this was asked."""
        return self.requests.count(method, path)

    def __enter__(self) -> Simulator:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._thread.stop()


class _ServerThread:
    """uvicorn in a thread, on a socket that is bound before it starts."""

    def __init__(self, app: Starlette, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def start(self) -> None:
        """Serve; returns once it answers.

        Raises:
            TimeoutError: it did not start.
        """
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise TimeoutError("the stand-in did not start")
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])
