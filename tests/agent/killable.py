"""A process that can die between any two steps, and a simulator that is asked without a socket.

A step is a request, or a statement of the store. Once dead, nothing more is asked or
written, whatever the code that is being left still tries.
"""

from __future__ import annotations

import asyncio
import io
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.app import make_app

LONGEST_ANSWER_SECONDS = 10.0  # an answer that is later does not come


class Killed(BaseException):
    """The process is killed here."""


class KillSwitch:
    """Counts steps, and kills at one of them."""

    def __init__(self) -> None:
        self.left: int | None = None

    def step(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            raise Killed
        self.left -= 1


def killable_connection(kill_switch: KillSwitch) -> type[sqlite3.Connection]:
    """A connection on which each statement is a step."""

    class Killable(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:
            if args[0] == "ROLLBACK":  # what SQLite finds undone when it opens the file again
                return super().execute(*args)
            kill_switch.step()
            cursor = super().execute(*args)
            kill_switch.step()
            return cursor

        def executemany(self, sql: str, rows: Iterable[Any]) -> sqlite3.Cursor:
            kill_switch.step()
            cursor = super().executemany(sql, rows)
            kill_switch.step()
            return cursor

    return Killable


class Late(Exception):
    """The client has hung up before the answer."""


async def sleep_or_hang_up(seconds: float) -> None:
    """Replace the simulator's delay: return at once, or raise `Late` after a client's timeout."""
    if seconds > LONGEST_ANSWER_SECONDS:
        raise Late


class InProcessHttp:
    """Takes the place of `requests.Session.send`: asks the simulator in this thread.

    Attributes:
        before: told each request before it goes out.
        after: told each request and its answer once it has arrived.
    """

    def __init__(
        self, sim: Simulator, kill_switch: KillSwitch, now: Callable[[], datetime]
    ) -> None:
        self._app = make_app(sim.world, sim.requests, sim.faults)
        self._kill_switch = kill_switch
        self._loop = asyncio.new_event_loop()
        self.before: Callable[[requests.PreparedRequest], object] = lambda _: None
        self.after: Callable[[requests.PreparedRequest, requests.Response], object] = lambda *_: (
            None
        )

    def close(self) -> None:
        self._loop.close()

    def send(
        self, _: requests.Session, request: requests.PreparedRequest, **__: object
    ) -> requests.Response:
        self._kill_switch.step()
        self.before(request)
        try:
            response = self._loop.run_until_complete(self._ask(request))
        except Late as error:
            raise requests.ReadTimeout(request=request) from error
        self._kill_switch.step()
        self.after(request, response)
        return response

    async def _ask(self, request: requests.PreparedRequest) -> requests.Response:
        response = requests.Response()
        response.request = request
        response.url = request.url or ""
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else bytes(body)
        told = iter([{"type": "http.request", "body": body, "more_body": False}])
        parts: list[bytes] = []

        async def receive() -> Any:
            message = next(told, None)
            return message if message else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                response.status_code = message["status"]
                headers = ((k.decode(), v.decode()) for k, v in message["headers"])
                response.headers = CaseInsensitiveDict(headers)
            else:
                parts.append(message.get("body", b""))

        await self._app(_scope(request), receive, send)
        content = b"".join(parts)
        response.raw = HTTPResponse(io.BytesIO(content), preload_content=False)
        return response


def _scope(request: requests.PreparedRequest) -> dict[str, Any]:
    address = urlsplit(request.url or "")
    headers = [(k.lower().encode(), str(v).encode()) for k, v in request.headers.items()]
    host = (b"host", address.netloc.encode())
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": address.scheme,
        "path": address.path,
        "raw_path": address.path.encode(),
        "query_string": address.query.encode(),
        "headers": [host, *headers],
        "client": ("127.0.0.1", 1),
        "server": (address.hostname, address.port),
    }
