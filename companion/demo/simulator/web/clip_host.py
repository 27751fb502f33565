"""A clip host in Deezer's writer. Every error is HTTP 200, as Deezer has it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from companion.demo.composer.compose import compose
from companion.demo.composer.render import render, to_mp3
from companion.demo.simulator.library import Track
from companion.demo.simulator.world import World

PREVIEW_SECONDS = 900  # how long the address of a clip is good
FIRST_ID = 7_000_000_000
CACHED = 64  # clips, of about 250 KB each
DEFAULT_LIMIT = 25
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}
BAD_QUERY = {"error": {"type": "ParameterException", "message": "Wrong parameter", "code": 500}}


class ClipHost:
    """Looks tracks up by ISRC, by id and by words, and serves their 30 s clips."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/deezer/track/{key}", self._track, methods=["GET"]),
            Route("/deezer/search", self._search, methods=["GET"]),
            Route("/clips/{piece:int}.mp3", self._clip, methods=["GET"]),
        ]

    async def _track(self, request: Request) -> Response:
        kind, _, isrc = request.path_params["key"].rpartition(":")
        for piece, track in self._known():
            if (track.isrc if kind == "isrc" else str(FIRST_ID + piece)) == isrc:
                return JSONResponse(self._shape(request, track, piece))
        return JSONResponse(NO_DATA)

    async def _search(self, request: Request) -> Response:
        words = request.query_params.get("q", "").replace('"', " ").casefold().split()
        if not words:
            return JSONResponse(BAD_QUERY)
        found = [
            self._shape(request, track, piece)
            for piece, track in self._known()
            if all(
                word.removeprefix("artist:").removeprefix("track:") in _text(track)
                for word in words
            )
        ]
        return JSONResponse({"data": found[:DEFAULT_LIMIT], "total": len(found)})

    async def _clip(self, request: Request) -> Response:
        expires = request.query_params.get("exp", "")
        if not expires.isdigit() or int(expires) <= self._world.clock.now():
            return PlainTextResponse("Forbidden", 403)
        mp3 = await run_in_threadpool(clip, request.path_params["piece"])
        return Response(mp3, media_type="audio/mpeg")

    def _known(self) -> Iterator[tuple[int, Track]]:
        for track in tuple(self._world.library.catalogue.values()):
            if track.piece is not None:
                yield track.piece, track

    def _shape(self, request: Request, track: Track, piece: int) -> dict[str, Any]:
        origin = f"{request.url.scheme}://{request.url.netloc}"
        expires = int(self._world.clock.now()) + PREVIEW_SECONDS
        return {
            "id": FIRST_ID + piece,
            "readable": True,
            "title": track.name,
            "title_short": track.name,
            "isrc": track.isrc,
            "link": f"{origin}/deezer/track/{FIRST_ID + piece}",
            "duration": round(track.duration_ms / 1000),
            "explicit_lyrics": False,
            "preview": f"{origin}/clips/{piece}.mp3?exp={expires}",
            "artist": {"id": FIRST_ID, "name": track.artists[0].name, "type": "artist"},
            "album": {"id": FIRST_ID, "title": track.album.name, "type": "album"},
            "type": "track",
        }


@functools.lru_cache(maxsize=CACHED)
def clip(piece: int) -> bytes:
    """The piece of that number as an MP3 of 30 s, the same bytes at each call."""
    return to_mp3(render(compose(piece)))


def _text(track: Track) -> str:
    return f"{track.artists[0].name} {track.name}".casefold()
