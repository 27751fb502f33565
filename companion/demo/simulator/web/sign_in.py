"""The accounts service over HTTP: /authorize and /api/token."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from companion.demo.simulator.accounts import Accounts, AuthorizeRefused, TokenRefused


class SignIn:
    """The two endpoints of the accounts service."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def routes(self) -> list[Route]:
        return [
            Route("/authorize", self._authorize, methods=["GET"]),
            Route("/api/token", self._token, methods=["POST"]),
        ]

    async def _authorize(self, request: Request) -> Response:
        try:
            return RedirectResponse(self._accounts.authorize(request.query_params), 302)
        except AuthorizeRefused as error:
            return PlainTextResponse(str(error), 400)

    async def _token(self, request: Request) -> Response:
        form = await read_form(request)
        try:
            return JSONResponse(self._accounts.token(form))
        except TokenRefused as error:
            return JSONResponse({"error": error.error, "error_description": str(error)}, 400)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that was sent."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
