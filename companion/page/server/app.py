"""The addresses of the page: its files, the tabs' functions, and what streams."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from companion.errors import CompanionError
from companion.page.context import Context, Handler
from companion.page.live.audio_files import find_file, media_type
from companion.page.live.camera_stream import stream_camera
from companion.page.live.events import Events
from companion.page.server.security_middleware import IMPORT
from companion.page.tabs.data import export_archive, import_file
from companion.page.tabs.routes import ACTS, VIEWS

STATIC = Path(__file__).parent.parent / "static"
_logger = logging.getLogger(__name__)


def make_app(context: Context, events: Events) -> Starlette:
    """Make the app, without the checks of `SecurityMiddleware`."""

    async def follow(_: Request) -> Response:
        return StreamingResponse(events.follow(), media_type="text/event-stream")

    async def show_camera(_: Request) -> Response:
        return StreamingResponse(stream_camera(context), media_type="application/x-ndjson")

    async def play_clip(request: Request) -> Response:
        track = request.query_params.get("track", "")
        try:
            file = await run_in_threadpool(find_file, context, track)
        except CompanionError as error:
            return _problem(error)
        return FileResponse(file, media_type=media_type(file))

    async def export(_: Request) -> Response:
        try:
            name, content = await run_in_threadpool(export_archive, context)
        except CompanionError as error:
            return _problem(error)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type="application/zip", headers=headers)

    async def take_over(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(_answer, context, import_file, content)

    routes: list[BaseRoute] = [
        Route("/", lambda _: FileResponse(STATIC / "index.html")),
        Route("/api/events", follow),
        Route("/api/camera", show_camera),
        Route("/api/clip", play_clip),
        Route("/api/export", export),
        Route(IMPORT, take_over, methods=["POST"]),
        *(Route(f"/api/{name}", _view(context, view)) for name, view in VIEWS.items()),
        *(
            Route(f"/api/{name}", _act(context, act), methods=["POST"])
            for name, act in ACTS.items()
        ),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(routes=routes, lifespan=_watching(events))


def _watching(events: Events) -> Callable[[Starlette], Any]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watch = asyncio.create_task(events.watch())
        yield
        watch.cancel()

    return lifespan


def _view(context: Context, view: Handler) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, context, view, dict(request.query_params))

    return answer


def _act(context: Context, act: Handler) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            given = json.loads(await request.body() or b"{}")
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            return JSONResponse(
                {"problem": "The request is not a JSON object.", "remedy": ""},
                HTTPStatus.BAD_REQUEST,
            )
        return await run_in_threadpool(_answer, context, act, given)

    return answer


def _answer(context: Context, handler: Callable[[Context, Any], Any], given: object) -> Response:
    try:
        return JSONResponse(handler(context, given))
    except CompanionError as error:
        return _problem(error)
    except Exception as error:
        _logger.exception("a request failed")
        problem = f"Unexpected {type(error).__name__}."
        return JSONResponse(
            {"problem": problem, "remedy": CompanionError.remedy},
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )


def _problem(error: CompanionError) -> Response:
    content = {"problem": str(error), "remedy": error.remedy, "kind": type(error).__name__}
    return JSONResponse(content, HTTPStatus.CONFLICT)
