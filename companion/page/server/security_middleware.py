"""The checks that each request to the page must pass, and the security headers of each answer.

Against another site in the browser: the Host (DNS rebinding), Origin and Sec-Fetch-Site
(cross-site requests), a SameSite cookie, a policy without inline script, no CORS. Against other
users of the machine: the owner of the connection, where the system tells it, and the session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from companion.page.server.peers import Address, is_own
from companion.page.server.sessions import Sessions

COOKIE = "companion_page"
ENTER = "/enter"
ADMIT = "/admit"
IMPORT = "/api/import"
MOST_BYTES = 64 * 1024  # of a request's body
MOST_IMPORTED = 64 * 1024 * 1024  # of the one that is a file
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
CLOSED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>companion</title>
<h1>companion</h1>
<p>This address works once. Open the page with the command <code>companion open</code>, or from
your desktop's menu.</p>
<p lang="de">Diese Adresse gilt nur einmal. Öffnen Sie die Seite mit dem Befehl
<code>companion open</code> oder im Menü Ihres Schreibtischs.</p></html>
"""


class Refused(HTTPException):
    """A request that is refused; while the app reads the body, the app answers with it."""


class SecurityMiddleware:
    """Lets only this user's own browser through to an app.

    Args:
        app: what lies behind.
        sessions: the valid key, tokens and sessions.
        address: host and port of the server.
        renew: called when a browser is about to come.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        address: Address,
        renew: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._address = address
        self._renew = renew
        self._host = "{}:{}".format(*address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":  # there are no web sockets here
            return
        answer = _Answer(send)
        try:
            most = MOST_IMPORTED if scope["path"] == IMPORT else MOST_BYTES
            body = _Body(receive, Headers(scope=scope), most)
            inner: ASGIApp = self._check(Request(scope))
            await inner(scope, body.receive, answer.send)
        except Refused as refusal:
            if not answer.begun:
                text = PlainTextResponse(f"{refusal.detail}\n", refusal.status_code)
                await text(scope, receive, answer.send)

    def _check(self, request: Request) -> ASGIApp:
        """Return what answers the request.

        Raises:
            Refused: nothing does.
        """
        headers, path = request.headers, request.url.path
        client = request.client
        if client is None or not is_own((client.host, client.port), self._address):
            raise Refused(HTTPStatus.FORBIDDEN, "This page is another user's.")
        if headers.getlist("host") != [self._host]:
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "This page has another address.")
        if request.method not in ("GET", "HEAD", "POST"):
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "The method is not known here.")
        if path == ADMIT:
            return self._admit(request)
        self._check_site(request)
        if path == ENTER:
            return self._enter(request.query_params.get("token", ""))
        if not any(map(self._sessions.knows, _sessions(headers.getlist("cookie")))):
            return HTMLResponse(CLOSED, HTTPStatus.UNAUTHORIZED)
        return self._app

    def _check_site(self, request: Request) -> None:
        """Refuse what another site's page asks; every present browser names the site."""
        site = request.headers.get("sec-fetch-site")
        opened = request.url.path in (ENTER, "/") and request.method == "GET"
        if site != "same-origin" and not (opened and site == "none"):
            raise Refused(HTTPStatus.FORBIDDEN, "Another site may not ask this page.")
        origin = request.headers.get("origin")
        if origin != f"http://{self._host}" and (origin or request.method == "POST"):
            raise Refused(HTTPStatus.FORBIDDEN, "Another site may not ask this page.")
        kind = "application/zip" if request.url.path == IMPORT else "application/json"
        if request.method == "POST" and not _is(kind, request.headers):
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The request must be {kind}.")

    def _enter(self, token: str) -> Response:
        session = self._sessions.exchange(token)
        if session is None:
            return HTMLResponse(CLOSED, HTTPStatus.UNAUTHORIZED)
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        response.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
        return response

    def _admit(self, request: Request) -> Response:
        """Take a one-time token from another process of this user; no browser may bring one."""
        headers = request.headers
        browser = any(name in headers for name in ("origin", "sec-fetch-site", "cookie"))
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if request.method != "POST" or browser or scheme != "Bearer":
            raise Refused(HTTPStatus.FORBIDDEN, "This is for `companion open`.")
        if not self._sessions.is_key(key) or not self._sessions.add_token(
            headers.get("x-token", "")
        ):
            raise Refused(HTTPStatus.FORBIDDEN, "This is for `companion open`.")
        self._renew()
        return Response(status_code=HTTPStatus.NO_CONTENT)


class _Body:
    """A request's body, up to its largest size, whatever its length claims to be."""

    def __init__(self, receive: Receive, headers: Headers, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
        return message


class _Answer:
    """Sends an answer, with the headers that each has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await self._send(message)


def _is(kind: str, headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == kind


def _sessions(cookies: Iterable[str]) -> Iterable[str]:
    for line in cookies:
        try:
            found = SimpleCookie(line).get(COOKIE)
        except CookieError:
            continue
        if found is not None:
            yield found.value
