"""The stand-in as one web application: every room's routes behind one log."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from companion.simulator.requests_log import RequestLog
from companion.simulator.sign_in import SignIn
from companion.simulator.web_api import ApiError, WebApi
from companion.simulator.world import World


def make_app(world: World, log: RequestLog) -> Starlette:
    """The application that answers for this world and keeps this log."""

    async def logged(request: Request, call_next: RequestResponseEndpoint) -> Response:
        at = world.clock.now()
        response = await call_next(request)
        query = request.query_params.multi_items()
        log.add(at, request.method, request.url.path, query, response.status_code)
        return response

    return Starlette(
        routes=[*WebApi(world).routes(), *SignIn(world.accounts).routes()],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=logged)],
        exception_handlers={404: _not_found, 405: _not_found},
    )


def _not_found(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return ApiError(status, "Service not found").response()
