"""The player: what plays, the context it comes from, and the append-only queue."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from companion.demo.simulator.clock import Clock
from companion.demo.simulator.library import Item, Track

QUEUE_VIEW = 20  # entries at most in what GET queue tells


@dataclass(frozen=True, slots=True)
class Device:
    """A device that Spotify plays on."""

    id: str | None = "5fbb3ba6aa454b5534c4ba43a8c7e8e45a63ad0e"
    name: str = "Desk"
    type: str = "Computer"
    is_restricted: bool = False
    is_private_session: bool = False
    volume_percent: int | None = 64


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The player at one moment. Times in milliseconds."""

    device: Device
    item: Item
    progress_ms: int
    is_playing: bool
    repeat_state: str  # off, track, context
    context_uri: str | None
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Play:
    """An item that has left the player."""

    item: Item
    started_at: float  # seconds since 1970
    ended_at: float
    finished: bool


@dataclass(frozen=True, slots=True)
class _Queued:
    item: Item
    visible_at: float


P = ParamSpec("P")
R = TypeVar("R")


def _settled(
    method: Callable[Concatenate[Player, P], R],
) -> Callable[Concatenate[Player, P], R]:
    """Bring the player up to the present first, and let one thread in at a time."""

    @functools.wraps(method)
    def settle_first(self: Player, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            self._settle()
            return method(self, *args, **kwargs)

    return settle_first


class Player:
    """Spotify's player, moved by the clock. It is idle, without a device, until `play`.

    Attributes:
        relinks: by track id, the track that plays in its place.
        queue_lag_s: how long after an add the queue does not show it.
        repeat_state: off, track or context.
    """

    def __init__(self, clock: Clock) -> None:
        self.relinks: dict[str, Track] = {}
        self.queue_lag_s = 0.0
        self.repeat_state = "off"
        self._clock = clock
        self._lock = threading.RLock()
        self._device: Device | None = None
        self._item: Item | None = None
        self._is_playing = False
        self._progress_ms = 0.0
        self._settled_at = self._changed_at = self._started_at = clock.now()
        self._context: tuple[Item, ...] = ()
        self._context_uri: str | None = None
        self._place = 0
        self._queue: list[_Queued] = []
        self._plays: list[Play] = []

    @_settled
    def play(
        self, items: Sequence[Item], *, start: int = 0, context_uri: str | None = None
    ) -> None:
        """Play a context from one of its items on; wakes a device where none is active.

        Raises:
            ValueError: there is nothing to play.
        """
        if not items:
            raise ValueError("nothing to play")
        self._leave(self._settled_at, finished=False)
        self._device = self._device or Device()
        self._context, self._context_uri, self._place = tuple(items), context_uri, start
        self._begin(self._context[start], self._settled_at)
        self._is_playing = True

    @_settled
    def interrupt(self, item: Item) -> None:
        """Play something that is in neither queue nor context, such as an advert, now."""
        self._leave(self._settled_at, finished=False)
        self._begin(item, self._settled_at)

    @_settled
    def pause(self) -> None:
        self._is_playing, self._changed_at = False, self._settled_at

    @_settled
    def resume(self) -> None:
        self._is_playing, self._changed_at = self._item is not None, self._settled_at

    @_settled
    def skip(self) -> None:
        """The user presses Next."""
        self._leave(self._settled_at, finished=False)
        self._advance(self._settled_at)

    @_settled
    def seek(self, progress_ms: int) -> None:
        self._progress_ms, self._changed_at = float(progress_ms), self._settled_at

    @_settled
    def use_device(self, device: Device | None) -> None:
        """Go on on another device; None: no device is active any more."""
        self._device = device
        self._is_playing = self._is_playing and device is not None

    @_settled
    def add(self, item: Item) -> None:
        """Append to the user's queue. Nothing ever takes an entry back."""
        self._queue.append(_Queued(item, self._settled_at + self.queue_lag_s))

    @_settled
    def now(self) -> Snapshot | None:
        """The present state; None where no device is active or nothing was ever played."""
        if self._device is None or self._item is None:
            return None
        return Snapshot(
            self._device,
            self._item,
            round(self._progress_ms),
            self._is_playing,
            self.repeat_state,
            self._context_uri,
            int(self._changed_at * 1000),
        )

    @_settled
    def queued(self) -> list[Item]:
        """Return what the user queued and has not begun; GET queue never shows that alone."""
        return [entry.item for entry in self._queue]

    @_settled
    def upcoming(self) -> list[Item]:
        """Return what GET queue shows: queue and repeated context mixed, 20 at most."""
        shown = [entry.item for entry in self._queue if entry.visible_at <= self._settled_at]
        rounds = len(self._context)
        following = range(self._place + 1, self._place + 1 + QUEUE_VIEW if rounds else 0)
        return (shown + [self._context[place % rounds] for place in following])[:QUEUE_VIEW]

    @_settled
    def plays(self) -> list[Play]:
        """Return what has left the player, oldest first."""
        return list(self._plays)

    @property
    def device(self) -> Device | None:
        """The active device."""
        return self._device

    def _settle(self) -> None:
        now = self._clock.now()
        elapsed_ms, self._settled_at = (now - self._settled_at) * 1000, now
        if not self._is_playing:
            return
        self._progress_ms += elapsed_ms
        while self._is_playing and self._item and self._progress_ms >= self._item.duration_ms:
            over_ms = self._progress_ms - self._item.duration_ms
            self._finish(now - over_ms / 1000)
            self._progress_ms = over_ms if self._is_playing else 0.0

    def _finish(self, at: float) -> None:
        item = self._item
        self._leave(at, finished=True)
        if self.repeat_state == "track" and item is not None:
            self._begin(item, at)
        else:
            self._advance(at)

    def _leave(self, at: float, *, finished: bool) -> None:
        if self._item is not None:
            self._plays.append(Play(self._item, self._started_at, at, finished))

    def _advance(self, at: float) -> None:
        """Begin what comes next: the queue first, then the context; at its end, stop."""
        for entry in self._queue:
            if entry.visible_at <= at:
                self._queue.remove(entry)
                self._begin(entry.item, at)
                return
        if not self._context:
            self._item, self._is_playing = None, False
            return
        self._place += 1
        if self._place == len(self._context):
            self._place = 0
            self._is_playing = self._is_playing and self.repeat_state != "off"
        self._begin(self._context[self._place], at)

    def _begin(self, item: Item, at: float) -> None:
        self._item = self.relinks.get(item.id, item) if isinstance(item, Track) else item
        self._progress_ms = 0.0
        self._started_at = self._changed_at = at
