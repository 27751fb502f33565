"""The simulator driven from another process: its faults, its clock and its log over HTTP."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from companion.demo.simulator.faults import Faults
from companion.demo.simulator.web.requests_log import RequestLog
from companion.demo.simulator.web.sign_in import read_form
from companion.demo.simulator.world import World
from companion.errors import UsageError


class Controls:
    """The controls that a test in Python has on the `Simulator` itself."""

    def __init__(self, world: World, log: RequestLog, faults: Faults) -> None:
        self._world = world
        self._log = log
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route("/requests", self._requests, methods=["GET"]),
            Route("/clock", self._advance, methods=["POST"]),
            Route("/faults", self._fault, methods=["POST"]),
            Route("/faults", self._clear, methods=["DELETE"]),
        ]

    async def _requests(self, _: Request) -> Response:
        return JSONResponse([asdict(request) for request in self._log])

    async def _advance(self, request: Request) -> Response:
        try:
            self._world.clock.advance(float((await read_form(request)).get("seconds", "")))
        except ValueError:
            return PlainTextResponse("seconds must be a number from 0 on", 400)
        return RedirectResponse("/", 303)

    async def _fault(self, request: Request) -> Response:
        try:
            self._faults.read((await read_form(request)).get("fault", ""))
        except UsageError as error:
            return PlainTextResponse(str(error), 400)
        return RedirectResponse("/", 303)

    async def _clear(self, _: Request) -> Response:
        self._faults.clear()
        return Response(status_code=204)
