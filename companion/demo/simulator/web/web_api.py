"""The Web API under /v1: what a client in development mode may ask, and Spotify's errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from companion.demo.simulator.library import Episode, Playlist, Track
from companion.demo.simulator.web.spotify_json import JSON, USER_ID, JsonWriter, device
from companion.demo.simulator.world import World

MAX_LIMIT = 50
DEFAULT_LIMIT = 20

T = TypeVar("T")
Handler = Callable[[Request], Response]


class ApiError(Exception):
    """An error in the shape of the Web API."""

    def __init__(self, status: int, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason

    def response(self) -> Response:
        error: JSON = {"status": self.status, "message": str(self)}
        if self.reason:
            error["reason"] = self.reason
        return JSONResponse({"error": error}, self.status)


class WebApi:
    """The endpoints. Each asks for a valid token with its scope first."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        listening = "user-read-playback-state"
        rows: list[tuple[str, str, Handler, str]] = [
            ("GET", "/me", self._me, ""),
            ("GET", "/me/", self._me, ""),
            ("GET", "/me/tracks", self._saved_tracks, "user-library-read"),
            ("GET", "/me/playlists", self._playlists, "playlist-read-private"),
            ("GET", "/playlists/{id}", self._playlist, "playlist-read-private"),
            ("GET", "/playlists/{id}/items", self._playlist_items, "playlist-read-private"),
            ("GET", "/me/player", self._player, listening),
            ("GET", "/me/player/devices", self._devices, listening),
            ("GET", "/me/player/currently-playing", self._playing, "user-read-currently-playing"),
            ("GET", "/me/player/queue", self._queue, listening),
            ("POST", "/me/player/queue", self._add, "user-modify-playback-state"),
            ("GET", "/me/player/recently-played", self._recent, "user-read-recently-played"),
            ("GET", "/me/top/tracks", self._top, "user-top-read"),
        ]
        return [
            Route(f"/v1{path}", self._guarded(handler, scope), methods=[method])
            for method, path, handler, scope in rows
        ]

    def _guarded(self, handler: Handler, scope: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                self._check_token(request, scope)
                return handler(request)
            except ApiError as error:
                return error.response()

        return endpoint

    def _check_token(self, request: Request, needed: str) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise ApiError(401, "No token provided")
        scope = self._world.accounts.scope_of(token)
        if scope is None:
            known = self._world.accounts.issued(token)
            raise ApiError(401, "The access token expired" if known else "Invalid access token")
        if needed and needed not in scope:
            raise ApiError(403, "Insufficient client scope")

    def _writer(self, request: Request) -> JsonWriter:
        return JsonWriter(_origin(request), self._world.full)

    def _me(self, request: Request) -> Response:
        return JSONResponse(self._writer(request).me(premium=self._world.premium))

    def _saved_tracks(self, request: Request) -> Response:
        return _page_of(request, self._world.library.saved, self._writer(request).saved)

    def _playlists(self, request: Request) -> Response:
        playlists = self._world.library.playlists
        return _page_of(request, playlists, self._writer(request).playlist)

    def _playlist(self, request: Request) -> Response:
        """The playlist; its first items only where it is the user's own."""
        playlist = self._find_playlist(request)
        shown = self._writer(request).playlist(playlist)
        if playlist.owner == USER_ID:
            items = self._items(request, playlist, f"{request.url.path}/items")
            shown |= {"items": items, "tracks": items}
        else:
            del shown["items"], shown["tracks"]
        return JSONResponse(shown | {"followers": {"href": None, "total": 0}})

    def _playlist_items(self, request: Request) -> Response:
        playlist = self._find_playlist(request)
        if playlist.owner != USER_ID:
            raise ApiError(403, "Forbidden")
        return JSONResponse(self._items(request, playlist, request.url.path))

    def _items(self, request: Request, playlist: Playlist, path: str) -> JSON:
        writer, now = self._writer(request), self._world.clock.now()
        return _page(request, path, playlist.tracks, lambda track: writer.playlist_item(track, now))

    def _find_playlist(self, request: Request) -> Playlist:
        for playlist in self._world.library.playlists:
            if playlist.id == request.path_params["id"]:
                return playlist
        raise ApiError(404, "Resource not found")

    def _player(self, request: Request) -> Response:
        state = self._world.player.now()
        if state is None:
            return Response(status_code=204)
        return JSONResponse(self._writer(request).player(state, episodes=_wants_episodes(request)))

    def _playing(self, request: Request) -> Response:
        state = self._world.player.now()
        if state is None:
            return Response(status_code=204)
        return JSONResponse(self._writer(request).playing(state, episodes=_wants_episodes(request)))

    def _devices(self, _: Request) -> Response:
        active = self._world.player.device
        return JSONResponse({"devices": [device(active)] if active else []})

    def _queue(self, request: Request) -> Response:
        writer, player = self._writer(request), self._world.player
        state = player.now()
        if state is None:
            return JSONResponse({"currently_playing": None, "queue": []})
        shown = (writer.item(item) for item in player.upcoming())
        return JSONResponse(
            {"currently_playing": writer.item(state.item), "queue": [s for s in shown if s]}
        )

    def _add(self, request: Request) -> Response:
        item = self._to_queue(request.query_params.get("uri"))
        active = self._world.player.device
        if not self._world.premium:
            raise ApiError(403, "Player command failed: Premium required", "PREMIUM_REQUIRED")
        if active is None:
            raise ApiError(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE")
        if request.query_params.get("device_id", active.id) != active.id:
            raise ApiError(404, "Device not found")
        if active.is_restricted:
            raise ApiError(403, "Player command failed: Restriction violated", "UNKNOWN")
        self._world.player.add(item)
        return Response(status_code=204)

    def _to_queue(self, uri: str | None) -> Track | Episode:
        if uri is None:
            raise ApiError(400, "Required parameter uri missing")
        if not uri.startswith(("spotify:track:", "spotify:episode:")):
            raise ApiError(400, "Invalid track uri")
        if uri not in self._world.library.catalogue:
            raise ApiError(404, "Resource not found")
        return self._world.library.catalogue[uri]

    def _recent(self, request: Request) -> Response:
        """The newest first. A track left with Next is not told, as reported of Spotify."""
        limit = _number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
        after = _number(request, "after", 0, 0, None) / 1000
        writer = self._writer(request)
        plays = [
            writer.play(play, play.item)
            for play in reversed(self._world.player.plays())
            if play.finished and play.ended_at > after and isinstance(play.item, Track)
        ]
        return JSONResponse(
            {
                "cursors": None,
                "href": str(request.url),
                "items": plays[:limit],
                "limit": limit,
                "next": None,
            }
        )

    def _top(self, request: Request) -> Response:
        times = Counter(play.item.uri for play in self._world.player.plays())
        tracks = sorted(self._world.library.tracks, key=lambda track: -times[track.uri])
        return _page_of(request, tracks, self._writer(request).track)


def _page_of(request: Request, things: Sequence[T], write: Callable[[T], JSON]) -> Response:
    return JSONResponse(_page(request, request.url.path, things, write))


def _page(request: Request, path: str, things: Sequence[T], write: Callable[[T], JSON]) -> JSON:
    limit = _number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    offset = _number(request, "offset", 0, 0, None)
    total = len(things)

    def address(start: int) -> str:
        return f"{_origin(request)}{path}?" + urlencode({"offset": start, "limit": limit})

    return {
        "href": address(offset),
        "items": [write(thing) for thing in things[offset : offset + limit]],
        "limit": limit,
        "next": address(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": address(max(0, offset - limit)) if offset else None,
        "total": total,
    }


def _number(request: Request, name: str, default: int, low: int, high: int | None) -> int:
    text = request.query_params.get(name, str(default))
    value = int(text) if text.isascii() and text.isdigit() else -1
    if value < low or (high is not None and value > high):
        raise ApiError(400, f"Invalid {name}")
    return value


def _wants_episodes(request: Request) -> bool:
    return "episode" in request.query_params.get("additional_types", "").split(",")


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
