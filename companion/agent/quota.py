"""The quota of calls to Spotify, kept in the store so that it outlives the process."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from companion.config.schema import Spotify
from companion.errors import QuotaExceeded
from companion.spotify.quota import BUDGET, WINDOW, Clock, Group, budget_of, utc_now
from companion.store.metadata import CONSENT_ENDS, read_time
from companion.store.usage import LONGEST_RETRY_AFTER, count_call, count_calls, read_wait, save_wait

if TYPE_CHECKING:
    from companion.spotify.client import SpotifySession


class StoreQuota:
    """A `Quota` on the store, for every process of this user; the budget is of 24 hours."""

    def __init__(
        self, db: sqlite3.Connection, now: Clock = utc_now, budget: Mapping[Group, int] = BUDGET
    ) -> None:
        self._db, self._now, self._budget = db, now, budget

    def count_call(self, group: Group) -> None:
        now = self._now()
        until = read_wait(self._db, group, now)
        if until is not None:
            raise QuotaExceeded("Spotify asked us to wait.", retry_at=until)
        retry_at = count_call(self._db, group, self._budget[group], WINDOW, now)
        if retry_at is not None:
            raise QuotaExceeded(f"The {group} calls of one day are used up.", retry_at=retry_at)

    def wait_until(self, group: Group, retry_at: datetime) -> None:
        save_wait(self._db, group, min(retry_at, self._now() + LONGEST_RETRY_AFTER))


def calls_left(
    db: sqlite3.Connection, budget: Mapping[Group, int], now: datetime
) -> dict[Group, int]:
    """The number of calls of each group that may still be made within 24 hours."""
    return {
        group: max(0, calls - count_calls(db, group, WINDOW, now))
        for group, calls in budget.items()
    }


def open_spotify(db: sqlite3.Connection, settings: Spotify) -> SpotifySession:
    """A signed-in session whose calls are counted in the store; use it in a `with` block.

    A new database learns from the keyring when the sign-in ends.

    Raises:
        ConfigError: no Client ID is set.
        KeyringMissing: there is no keyring.
    """
    from companion.agent.service.sign_in import note_sign_in
    from companion.spotify.client import connect  # a tenth of a second, for requests

    if read_time(db, CONSENT_ENDS) is None:
        note_sign_in(db)
    return connect(settings, StoreQuota(db, budget=budget_of(settings)))
