"""The simulator as one web application: all routes, behind the request log and the faults."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from companion.demo.simulator.faults import Fault, Faults
from companion.demo.simulator.web.clip_host import ClipHost
from companion.demo.simulator.web.controls import Controls
from companion.demo.simulator.web.page import StatusPage
from companion.demo.simulator.web.requests_log import RequestLog
from companion.demo.simulator.web.sign_in import SignIn
from companion.demo.simulator.web.web_api import ApiError, WebApi
from companion.demo.simulator.world import World

BAD_REQUEST = 400


def make_app(world: World, log: RequestLog, faults: Faults) -> Starlette:
    """The application that answers for this world, keeps this log and has these faults."""

    async def log_and_answer(request: Request, call_next: RequestResponseEndpoint) -> Response:
        method, path = request.method, request.url.path
        logged = log.add(world.clock.now(), method, path, request.query_params.multi_items())
        fault = faults.take(method, path, request.headers.get("x-fault", ""))
        response = await _answer(request, call_next, world, fault)
        logged.status = response.status_code
        return response

    parts = (
        WebApi(world),
        SignIn(world.accounts),
        ClipHost(world),
        StatusPage(world, log, faults),
        Controls(world, log, faults),
    )
    return Starlette(
        routes=[route for part in parts for route in part.routes()],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=log_and_answer)],
        exception_handlers={404: _not_found, 405: _not_found},
    )


async def _answer(
    request: Request, call_next: RequestResponseEndpoint, world: World, fault: Fault | None
) -> Response:
    if fault is None:
        return await call_next(request)
    if fault.change:
        fault.change(world)
    response = fault.answer.response() if fault.answer else None
    if response is None or fault.carried_out:
        real = await call_next(request)
        # What the endpoint refuses was not carried out, so there is nothing to hide.
        response = response if response and real.status_code < BAD_REQUEST else real
    await asyncio.sleep(fault.delay_s)
    return response


def _not_found(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return ApiError(status, "Service not found").response()
