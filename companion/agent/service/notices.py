"""Tells the user, once, that nothing goes on without them."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from companion.agent.visit.outcome import Outcome
from companion.store.metadata import drop_notices, save_notice

Notify = Callable[[str, str], bool]
"""Shows a title and a text; False where the desktop did not take it."""

NEEDS_USER = {
    Outcome.LOGIN_NEEDED: "The sign-in to Spotify has ended. Run `companion login`.",
    Outcome.PREMIUM_NEEDED: "Spotify Premium has lapsed: nothing can be queued.",
    Outcome.CAMERA_DENIED: "The camera may not be opened. Allow it in the system's settings.",
}
TITLE = "companion needs you"


def notify_of(
    db: sqlite3.Connection, outcome: Outcome, now: datetime, notify: Notify | None
) -> None:
    """Tell of a state that needs the user when it begins; a queued track ends all of them.

    The state is kept where no notice is wanted (`notify` is None) too, so that turning them on
    tells nothing old.
    """
    if outcome is Outcome.QUEUED:
        drop_notices(db)
    elif outcome in NEEDS_USER and save_notice(db, outcome.value, now) and notify:
        notify(TITLE, NEEDS_USER[outcome])
