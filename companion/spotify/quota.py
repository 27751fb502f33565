"""The quota of calls to Spotify: a budget of our own, and the waits that Spotify asks for.

Spotify counts the calls of about 24 hours by groups of endpoints and shuts a group for
most of a day when they are too many; it does not say how many that is.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from companion.config.schema import Spotify

Clock = Callable[[], datetime]

WINDOW = timedelta(hours=24)


class Group(StrEnum):
    """Endpoints that Spotify counts together."""

    PLAYER = "player"
    LIBRARY = "library"


def budget_of(settings: Spotify) -> dict[Group, int]:
    """Return the calls of each group that 24 hours may have."""
    return {Group.PLAYER: settings.player_calls, Group.LIBRARY: settings.library_calls}


# The reports of shut groups go from about 100 calls to 2,600. An eight-hour day of listening
# takes about 300; the first pass through 20,000 tracks takes 400, over some days.
BUDGET: Mapping[Group, int] = budget_of(Spotify())


def utc_now() -> datetime:
    """Return the present time, in UTC."""
    return datetime.now(UTC)


class Quota(Protocol):
    """Counts calls and holds them back."""

    def count_call(self, group: Group) -> None:
        """Count one call.

        Raises:
            QuotaExceeded: it must not be made now; `retry_at` says when.
        """

    def wait_until(self, group: Group, retry_at: datetime) -> None:
        """Remember that Spotify wants no call of the group before `retry_at`."""
