"""The real server of the page on loopback, and a browser's manners without a browser."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from evaluation.day import fill_library, live_day

from companion.config.schema import Choose
from companion.page.server.lifetime import Lifetime
from companion.page.server.process import fresh_address, serve
from companion.paths import Paths
from companion.store.database import open_database

START_SECONDS = 20.0
LAST_VISIT = timedelta(hours=17.6)  # after the simulated day's midnight, or a little before


def make_paths(home: Path) -> Paths:
    paths = Paths(home / "config.toml", home / "state", home / "cache", home / "run")
    paths.make()
    return paths


def fill(paths: Paths, now: datetime | None = None) -> None:
    """A library of some hundred tracks, and a day of visits that ends now."""
    now = now or datetime.now(UTC)
    draws = Random(4)  # noqa: S311 - a simulation
    with open_database(paths.database) as db:
        db.execute("PRAGMA synchronous = OFF")
        fill_library(db, now, draws)
        live_day(db, now - LAST_VISIT, Choose(), draws)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Asks as a browser with the page's own script would, unless it is told other headers."""

    port: int
    cookie: str = ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, /, **headers: str | None
    ) -> Answer:
        """Headers are named with _ for -; None leaves one out."""
        sent: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"companion_page={self.cookie}" if self.cookie else None,
        }
        if method == "POST":
            sent |= {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None and "Transfer-Encoding" not in sent:
                connection.putheader("Content-Length", str(len(body)))
            elif method == "POST" and body is None:
                connection.putheader("Content-Length", "0")
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, data: object = None, **headers: str | None) -> Answer:
        return self.ask("POST", path, json.dumps(data or {}).encode(), **headers)

    def open(self, address: str) -> Answer:
        """Open an address as the desktop does, and keep the cookie."""
        parts = urlsplit(address)
        answer = self.get(f"{parts.path}?{parts.query}", Sec_Fetch_Site="none")
        cookie = {name.lower(): value for name, value in answer.headers.items()}.get("set-cookie")
        if cookie:
            self.cookie = cookie.partition(";")[0].partition("=")[2]
        return answer


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is served."""

    paths: Paths
    address: str
    lifetime: Lifetime

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def fresh(self) -> str:
        address = fresh_address(self.paths)
        assert address is not None
        return address

    def browser(self) -> Browser:
        """One that is let in."""
        browser = Browser(self.port)
        browser.open(self.fresh())
        return browser


class Ended(Lifetime):
    """One that is over when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    @property
    def is_over(self) -> bool:
        return self.over.is_set()


@contextmanager
def serving(paths: Paths) -> Iterator[Served]:
    """Serve the page in a thread for the time of a `with`."""
    lifetime, started = Ended(), threading.Event()
    addresses: list[str] = []

    def note(address: str) -> None:
        addresses.append(address)
        started.set()

    thread = threading.Thread(target=serve, args=(paths, note, lifetime), daemon=True)
    thread.start()
    assert started.wait(START_SECONDS)
    try:
        yield Served(paths, addresses[0], lifetime)
    finally:
        lifetime.over.set()
        thread.join(START_SECONDS)
        assert not thread.is_alive()
