"""Fakes of the keyring, of time, and of a Spotify that misbehaves by script."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from companion.config.schema import Spotify
from companion.spotify.auth.credentials import SCOPES, Consent, CredentialStore

CLIENT_ID = "0123456789abcdef"
TODAY = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
REFRESH = "refresh-0-secret"


class MemoryKeyring(KeyringBackend):
    """A keyring that lasts as long as the test, and counts what it is asked."""

    priority = 1

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.reads = self.writes = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.reads += 1
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.writes += 1
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self, start: datetime = TODAY) -> None:
        self.present = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.present

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)


def consent(
    refresh_token: str = REFRESH, scope: str = " ".join(SCOPES), client_id: str = CLIENT_ID
) -> Consent:
    return Consent(client_id, refresh_token, scope, date(2026, 10, 1))


def signed_in_keyring(refresh_token: str = REFRESH, scope: str = " ".join(SCOPES)) -> MemoryKeyring:
    backend = MemoryKeyring()
    CredentialStore(backend).save(consent(refresh_token, scope))
    return backend


def settings(url: str) -> Spotify:
    return Spotify(client_id=CLIENT_ID, api_url=url, accounts_url=url)


@dataclass(frozen=True)
class Reply:
    """One answer; a dict is sent as JSON.

    Attributes:
        delay: seconds before it is sent.
        cut: the connection breaks in the middle of the body.
        hang_up: the connection breaks before any answer.
    """

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    hang_up: bool = False


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    token: str


class ScriptedServer:
    """Answers each path by its script, the last reply for ever.

    The token endpoint gives access-1-secret, access-2-secret, ... while it has no script.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._scripts: dict[str, deque[Reply]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._tokens = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def script(self, path: str, *replies: Reply) -> None:
        self._scripts[path] = deque(replies)

    def count(self, method: str, path: str) -> int:
        return sum((asked.method, asked.path) == (method, path) for asked in self.asked)

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            script = self._scripts[asked.path]
            if len(script) > 1:
                return script.popleft()
            if script:
                return script[0]
            if asked.path != "/api/token":
                return Reply(404, {"error": {"status": 404, "message": "Service not found"}})
            self._tokens += 1
            token = f"access-{self._tokens}-secret"
            return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(scripted: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            query = dict(parse_qsl(parts.query))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            asked = Asked(self.command, parts.path, query, form, token)
            self.write(scripted.answer(asked))

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def write(self, reply: Reply) -> None:
            time.sleep(reply.delay)
            self.close_connection = True
            if reply.hang_up:
                return
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            body = text.encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(body) + 100 * reply.cut))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overridden
            pass

    return Handler
