"""The server on 127.0.0.1 to which the browser returns from Spotify's sign-in page.

Anybody on the machine can send it requests, and browsers send some unasked. Only one with our
path and our `state` counts; the others are answered and change nothing.
"""

import hmac
import html
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATH = "/callback"
POLL_SECONDS = 0.1  # between two checks of the deadline

AGAIN = "You can close this tab; to try again, run companion login."
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>companion</title>
<style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto;
padding: 0 1rem; color-scheme: light dark }}</style>
<h1>{title}</h1><p>{words}</p></html>
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a sign-in: a code, or the name of an error."""

    code: str = field(default="", repr=False)
    error: str = ""


class CallbackServer(ThreadingHTTPServer):
    """Listens on a free port as soon as it is made; use it in a `with` block.

    The right request carries `state`, a secret. Each request has its thread, as browsers open
    connections on which they say nothing.
    """

    timeout = POLL_SECONDS

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state.encode()
        self.answer: Answer | None = None

    @property
    def redirect_uri(self) -> str:
        """The address that Spotify is to send the browser to."""
        return f"http://127.0.0.1:{self.server_port}{PATH}"

    def wait(self, seconds: float) -> Answer | None:
        """Return the first answer with our state; None if none comes in time."""
        deadline = time.monotonic() + seconds
        while self.answer is None and time.monotonic() < deadline:
            self.handle_request()
        return self.answer

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a browser that hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: CallbackServer
    server_version = "companion"
    sys_version = ""
    timeout = 5  # seconds that a connection may be silent

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != PATH:
            self._show(HTTPStatus.NOT_FOUND, "Nothing here", "Spotify's answer goes elsewhere.")
            return
        answer = read_answer(parse_qs(parts.query), self.server.state)
        if answer is None:
            self._show(
                HTTPStatus.BAD_REQUEST,
                "Not this sign-in",
                "This answer does not belong to the sign-in that is waiting. "
                "Use the page that was opened last, or run companion login again.",
            )
            return
        self._show(HTTPStatus.OK, *_say(answer))
        self.server.answer = self.server.answer or answer

    def _show(self, status: HTTPStatus, title: str, words: str) -> None:
        page = PAGE.format(title=html.escape(title), words=html.escape(words)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overridden
        """Say nothing: the request line holds the code."""


def read_answer(query: dict[str, list[str]], state: bytes) -> Answer | None:
    """Read the answer in a query; None without our state, or with neither code nor error."""
    given = query.get("state", [])
    if len(given) != 1 or not hmac.compare_digest(given[0].encode(), state):
        return None
    if error := query.get("error"):
        return Answer(error=error[0])
    if code := query.get("code"):
        return Answer(code=code[0])
    return None


def _say(answer: Answer) -> tuple[str, str]:
    if answer.error == "access_denied":
        return "Not signed in", f"You said no, so nothing is connected. {AGAIN}"
    if answer.error:
        return "Not signed in", f"Spotify says: {answer.error}. {AGAIN}"
    return (
        "Spotify has answered",
        "You can close this tab. Go back to the terminal: it says whether the sign-in worked.",
    )
