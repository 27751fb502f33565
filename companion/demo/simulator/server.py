"""The simulator as a server on 127.0.0.1: in a thread beside the caller, or alone."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator

import uvicorn
from starlette.applications import Starlette

from companion.demo.simulator.clock import ManualClock, RealClock
from companion.demo.simulator.faults import Faults
from companion.demo.simulator.library import ALBUM_SIZE, Library, Playlist, library, spotify_id
from companion.demo.simulator.web.app import make_app
from companion.demo.simulator.web.requests_log import RequestLog
from companion.demo.simulator.web.spotify_json import USER_ID
from companion.demo.simulator.world import make_world
from companion.errors import UsageError

HOST = "127.0.0.1"
START_SECONDS = 10.0
DEMO_TRACKS = 28


class Simulator:
    """Spotify and a clip host on loopback, for the time of a `with`.

    Attributes:
        clock: its time; at rest until `clock.advance(seconds)`.
        library, player, accounts: the listener's, to look at and to act on.
        world: all of these, and whether the listener has Premium.
        faults: what is to go wrong.
        requests: what it was asked, oldest first.
        url: its address while it runs, for spotify.api_url and spotify.accounts_url.
    """

    def __init__(self, saved: Library | None = None, *, full: bool = False) -> None:
        self.clock = ManualClock()
        self.library = saved or library(DEMO_TRACKS)
        self.world = make_world(self.library, self.clock, full=full)
        self.player = self.world.player
        self.accounts = self.world.accounts
        self.faults = Faults()
        self.requests = RequestLog()
        self._running = contextlib.ExitStack()
        self.url = ""

    @property
    def deezer_url(self) -> str:
        """The clip host's address: clips.deezer_url."""
        return f"{self.url}/deezer"

    def count(self, method: str, path: str) -> int:
        """Count requests of this method and path."""
        return self.requests.count(method, path)

    def __enter__(self) -> Simulator:
        app = make_app(self.world, self.requests, self.faults)
        self.url = self._running.enter_context(_running(app))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()


@contextlib.contextmanager
def serve(
    size: int = DEMO_TRACKS,
    port: int = 0,
    *,
    faults: Iterable[str] = (),
    full: bool = False,
) -> Iterator[str]:
    """Run the simulator in real time, its listener playing an album round and round.

    Args:
        size: how many tracks are saved, 0 to 20,000.
        port: 0 picks a free one.
        faults: steps in words, see `Faults.read`.
        full: answers have the fields that development mode leaves out.

    Yields:
        The address.

    Raises:
        UsageError: the port is taken, or a fault is not known.
        ValueError: the size is out of range.
    """
    saved = library(size)
    saved.playlists += _playlists(saved)
    world = make_world(saved, RealClock(), full=full)
    world.player.repeat_state = "context"
    if world.library.tracks:
        world.player.play(world.library.tracks[:ALBUM_SIZE])
    to_come = Faults()
    for step in faults:
        to_come.read(step)
    with _running(make_app(world, RequestLog(), to_come), port) as url:
        yield url


def _playlists(saved: Library) -> list[Playlist]:
    """One of the listener's own, of saved tracks, and one of somebody else's."""
    own = Playlist(spotify_id("playlist", "own"), "Of mine", tuple(saved.tracks[:10]), USER_ID)
    others = Playlist(spotify_id("playlist", "other"), "Of theirs", (), "somebody-else")
    return [own, others]


@contextlib.contextmanager
def _running(app: Starlette, port: int = 0) -> Iterator[str]:
    server = _ServerThread(app, port)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


class _ServerThread:
    """uvicorn in a thread, on a socket that is bound before it starts."""

    def __init__(self, app: Starlette, port: int) -> None:
        self._socket = _bind(port)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
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
                raise TimeoutError("the simulator did not start")
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} is taken: {error.strerror}.", "Name another port."
        ) from error
    return listener
