"""Desktop notices: once, that nothing goes on without the user; and of each queued track."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import VisitResult
from companion.store.metadata import drop_notices, save_notice

Notify = Callable[[str, str], bool]
"""Shows a title and a text; False where the desktop did not take it."""

NEEDS_USER = {
    Outcome.LOGIN_NEEDED: "The sign-in to Spotify has ended. Run `companion login`.",
    Outcome.PREMIUM_NEEDED: "Spotify Premium has lapsed: nothing can be queued.",
    Outcome.CAMERA_DENIED: "The camera may not be opened. Allow it in the system's settings.",
}
TITLE = "companion needs you"
QUEUED_TITLE = "companion queued a track"


def notify_of_track(result: VisitResult, notify: Notify) -> None:
    """Tell of the track that a visit queued, and why in a few words."""
    mood, target = result.mood, result.target
    if mood is None or target is None:
        return
    read = f"set by you: {mood.name}" if mood.name else f"read as {mood.affect.quadrant.words}"
    notify(QUEUED_TITLE, f"{result.detail}. Your mood, {read}; the strategy, {target.strategy}.")


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
