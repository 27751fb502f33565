"""The gate that every call goes through: a budget of our own, and the waits Spotify asks for.

Spotify counts the calls of about 24 hours by groups of endpoints and shuts a group for
most of a day when they are too many; it does not say how many that is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from companion.config.schema import Spotify
from companion.errors import QuotaExceeded

Clock = Callable[[], datetime]

WINDOW = timedelta(hours=24)


class Group(StrEnum):
    """Endpoints that are counted together."""

    PLAYER = "player"
    LIBRARY = "library"


def budget_of(settings: Spotify) -> dict[Group, int]:
    """How many calls of each group 24 hours may have."""
    return {Group.PLAYER: settings.player_calls, Group.LIBRARY: settings.library_calls}


# The reports of shut groups go from about 100 calls to 2,600. An eight-hour day of listening
# takes about 300; the first pass through 20,000 tracks takes 400, over some days.
BUDGET: Mapping[Group, int] = budget_of(Spotify())


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class Gate(Protocol):
    """What a session asks before a call, and tells after a refusal."""

    def before(self, group: Group) -> None:
        """Count one call.

        Raises:
            QuotaExceeded: it must not be made now; `retry_at` says when.
        """

    def after(self, group: Group, retry_at: datetime) -> None:
        """Remember that Spotify wants no call of the group before `retry_at`."""


class MemoryGate:
    """A gate that lasts as long as the process."""

    def __init__(self, now: Clock = utc_now, budget: Mapping[Group, int] = BUDGET) -> None:
        self._now = now
        self._budget = budget
        self._calls: dict[Group, deque[datetime]] = {group: deque() for group in Group}
        self._not_before: dict[Group, datetime] = {}

    def before(self, group: Group) -> None:
        now = self._now()
        if group in self._not_before and now < self._not_before[group]:
            raise QuotaExceeded("Spotify asked us to wait.", retry_at=self._not_before[group])
        calls = self._calls[group]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= self._budget[group]:
            oldest = calls[0] if calls else now
            raise QuotaExceeded(
                f"The {group} calls of one day are used up.", retry_at=oldest + WINDOW
            )
        calls.append(now)

    def after(self, group: Group, retry_at: datetime) -> None:
        self._not_before[group] = retry_at
