"""Faults of Spotify and of a clip host: one mechanism, and a catalogue by name.

A fault waits for the next request that it matches, or comes with a request that names it
(`X-Fault: quota`). It may change the world first, may answer in place of the endpoint or
after it (the request is carried out, and the answer hides it), and may keep the answer back
for a while.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from starlette.responses import JSONResponse, Response

from companion.demo.simulator.library import (
    Advert,
    Episode,
    LocalFile,
    Track,
    make_track,
    spotify_id,
)
from companion.demo.simulator.player import Device
from companion.demo.simulator.world import World
from companion.errors import UsageError

HOURS = 3600  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes over the wire: a text is sent as text, all else as JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        if isinstance(self.body, str):
            return Response(self.body, self.status, self.headers, "text/plain")
        return JSONResponse(self.body, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        method, path: the requests it matches; `*` stands for any.
        answer: what is answered; None for the endpoint's own answer.
        carried_out: the endpoint acts all the same.
        delay_s: how long the answer is kept back, in real seconds.
        change: what happens to the world before.
    """

    method: str
    path: str
    answer: Answer | None = None
    carried_out: bool = False
    delay_s: float = 0.0
    change: Callable[[World], None] | None = None

    def matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    after: int
    times: int | None


class Faults:
    """The faults that wait for their request, in the order they were added."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()

    def add(self, fault: str | Fault, *, after: int = 0, times: int | None = 1) -> None:
        """Let something go wrong.

        Args:
            fault: one of the catalogue, or one of the caller's own.
            after: how many matching requests go well first.
            times: how many it hits; None for all from then on.

        Raises:
            UsageError: the catalogue has no fault of this name.
        """
        if isinstance(fault, str):
            if fault not in FAULTS:
                raise UsageError(f"no fault is called {fault}; there are {', '.join(FAULTS)}.")
            fault = FAULTS[fault]
        with self._lock:
            self._waiting.append(_Waiting(fault, after, times))

    def script(self, *steps: str | Fault) -> None:
        """Add faults one behind the other: of two that match a request, the first hits it."""
        for step in steps:
            self.add(step)

    def read(self, step: str) -> None:
        """Add the fault of a step in words: `quota`, `quota:5` or `quota:5:2`.

        The numbers are `after` and `times`; 0 times stands for all from then on.

        Raises:
            UsageError: there is no such fault, or what follows it are no such numbers.
        """
        parts = re.fullmatch("([a-z0-9_]+)(?::([0-9]{1,6}))?(?::([0-9]{1,6}))?", step)
        if parts is None:
            raise UsageError(f"a fault is NAME[:AFTER[:TIMES]], not {step}.")
        self.add(parts[1], after=int(parts[2] or 0), times=int(parts[3] or 1) or None)

    def take(self, method: str, path: str, named: str = "") -> Fault | None:
        """The fault that hits this request: the one it names itself, else one that is used up."""
        if named in FAULTS and FAULTS[named].matches(method, path):
            return FAULTS[named]
        with self._lock:
            for waiting in self._waiting:
                if not waiting.fault.matches(method, path):
                    continue
                if waiting.after:
                    waiting.after -= 1
                    continue
                if waiting.times is not None:
                    waiting.times -= 1
                    if waiting.times == 0:
                        self._waiting.remove(waiting)
                return waiting.fault
        return None

    def waiting(self) -> int:
        """Count the faults that have not been used up."""
        return len(self._waiting)

    def names(self) -> list[str]:
        """Those of the catalogue that have not been used up, in their order."""
        with self._lock:
            waiting = [entry.fault for entry in self._waiting]
        return [name for fault in waiting for name, known in FAULTS.items() if known is fault]

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()


def _error(status: int, message: str, reason: str | None = None, **headers: str) -> Answer:
    error: dict[str, Any] = {"status": status, "message": message}
    if reason:
        error["reason"] = reason
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"error": error}, names)


def _moves_to(device: Device | None) -> Callable[[World], None]:
    return lambda world: world.player.use_device(device)


def _now_plays(item: Advert | Episode | LocalFile) -> Callable[[World], None]:
    return lambda world: world.player.interrupt(item)


def _sets(part: str, name: str, value: Any) -> Callable[[World], None]:
    return lambda world: setattr(getattr(world, part), name, value)


def _relink(world: World) -> None:
    """From now on every track plays under another id."""
    world.player.relinks.update(
        {track.id: relinked(track) for track in world.library.catalogue.values()}
    )


def relinked(track: Track) -> Track:
    """The same recording as another release has it."""
    return replace(track, id=spotify_id("relinked", track.id))


def _grow(world: World) -> None:
    size = len(world.library.saved)
    track = make_track(90_000 + size, f"Newcomer {size}", "The Late Arrivals", 180_000)
    world.library.save(track, world.clock.now())


def _shrink(world: World) -> None:
    if world.library.saved:
        world.library.remove(world.library.saved[0].track.uri)


API, TOKEN, CLIPS = "/v1/*", "/api/token", "/deezer/*"
ADD = ("POST", "/v1/me/player/queue")
PODCAST = Episode(spotify_id("episode", 1), "On Teapots", "The Kitchen Hour", 1_500_000)
OWN_FILE = LocalFile("Rehearsal", "The Garage", "Tapes", 200_000)

FAULTS: Mapping[str, Fault] = {
    # POST queue
    "queue_text": Fault(*ADD, Answer(200, "AgAAAJKq1Wc"), carried_out=True),
    "queue_502": Fault(*ADD, Answer(502, "Bad gateway."), carried_out=True),
    "queue_lost": Fault(*ADD, Answer(502, "Bad gateway.")),
    "queue_slow": Fault(*ADD, delay_s=30),
    "queue_late": Fault("*", API, change=_sets("player", "queue_lag_s", 20.0)),
    "premium_required": Fault(
        *ADD, _error(403, "Player command failed: Premium required", "PREMIUM_REQUIRED")
    ),
    "restriction": Fault(
        *ADD, _error(403, "Player command failed: Restriction violated", "UNKNOWN")
    ),
    "no_active_device": Fault(
        *ADD, _error(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE")
    ),
    # any call of the Web API
    "owner_premium": Fault(
        "*",
        API,
        Answer(403, "Active premium subscription required for the owner of the app."),
    ),
    "not_registered": Fault(
        "*",
        API,
        Answer(403, "Check settings on the developer dashboard, the user may not be registered."),
    ),
    "expired": Fault("*", API, _error(401, "The access token expired")),
    "rate_limit": Fault("*", API, _error(429, "API rate limit exceeded", Retry_After="3")),
    "quota": Fault(
        "*",
        API,
        _error(429, "Quota exceeded", "QUOTA_EXCEEDED", Retry_After=str(17 * HOURS)),
    ),
    "server_error": Fault("*", API, Answer(503, "upstream connect error or reset before headers")),
    "text": Fault("GET", API, Answer(200, "Too many requests")),
    "slow": Fault("*", API, delay_s=30),
    # what plays, and where
    "no_device": Fault("*", API, change=_moves_to(None)),
    "restricted_device": Fault("*", API, change=_moves_to(Device(is_restricted=True))),
    "private_session": Fault("*", API, change=_moves_to(Device(is_private_session=True))),
    "advert": Fault("*", API, change=_now_plays(Advert())),
    "episode": Fault("*", API, change=_now_plays(PODCAST)),
    "local_file": Fault("*", API, change=_now_plays(OWN_FILE)),
    "relinked": Fault("*", API, change=_relink),
    # the library, while it is paged through
    "library_grows": Fault("GET", "/v1/me/tracks", change=_grow),
    "library_shrinks": Fault("GET", "/v1/me/tracks", change=_shrink),
    # sign-in
    "denied": Fault("GET", "/authorize", change=_sets("accounts", "denies", value=True)),
    "token_503": Fault("POST", TOKEN, Answer(503, "Service Unavailable")),
    "token_slow": Fault("POST", TOKEN, delay_s=30),
    "token_rotates": Fault("POST", TOKEN, change=_sets("accounts", "rotates", value=True)),
    "token_no_scope": Fault("POST", TOKEN, change=_sets("accounts", "tells_scope", value=False)),
    "invalid_grant": Fault(
        "POST",
        TOKEN,
        Answer(400, {"error": "invalid_grant", "error_description": "Refresh token revoked"}),
    ),
    # clips
    "clip_throttled": Fault(
        "GET",
        CLIPS,
        Answer(
            200,
            {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}},
        ),
    ),
    "clip_unknown": Fault(
        "GET",
        CLIPS,
        Answer(200, {"error": {"type": "DataException", "message": "no data", "code": 800}}),
    ),
    "clip_damaged": Fault("GET", "/clips/*", Answer(200, "no sound at all")),
    "clip_gone": Fault("GET", "/clips/*", Answer(403, "Forbidden")),
}
