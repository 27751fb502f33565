"""The times at which the agent's jobs and the next visit are due.

Nothing here reads a clock. APScheduler keeps the jobs; these functions say when.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from companion.agent.playback.follow import SnapshotResult
from companion.agent.visit.outcome import Outcome
from companion.config.schema import Agent


class Job(StrEnum):
    """A thing that the agent does by itself."""

    VISIT = "visit"
    FOLLOW = "follow"
    SYNC = "sync"
    TAG = "tag"
    CLEAN_UP = "clean_up"


@dataclass(frozen=True, slots=True)
class Pace:
    """The recurrence of a job.

    Attributes:
        every: between two runs, unless the one before asks for another time.
        grace: how late it may begin; later, this run is left out.
        jitter: up to how much later it begins by chance, so that not all begin together.
    """

    every: timedelta
    grace: timedelta
    jitter: timedelta


SYNC_EVERY = timedelta(hours=6)
"""The job itself runs more often, and looks each time if this has passed."""
CLEAN_EVERY = timedelta(days=1)
INTO_NEXT_TRACK = timedelta(seconds=30)
"""So far into a track, its end is known."""
LONGEST_BACK_OFF = timedelta(hours=1)
SIGNAL_EVERY = timedelta(seconds=30)
"""The desktop tells what plays, at little cost."""
SIGNAL_SHOWS_AFTER = timedelta(seconds=2)
"""After the end of a track, the desktop shows the next one within this time."""
POLL_RETRY_EVERY = timedelta(minutes=5)
"""The wait after Spotify did not tell what plays."""

# Other ends than these, a queued track and an abstention would soon come again.
_PASSING = {Outcome.SCREEN_LOCKED, Outcome.AWAY, Outcome.OWN_TRACK_WAITING, Outcome.LIMIT_REACHED}


def paces(settings: Agent) -> dict[Job, Pace]:
    """The recurrence of every job."""
    minute = timedelta(minutes=1)
    return {
        Job.VISIT: Pace(period(settings), minute, timedelta(seconds=5)),
        Job.FOLLOW: Pace(minute, minute / 2, timedelta(0)),
        Job.SYNC: Pace(30 * minute, 10 * minute, 2 * minute),
        Job.TAG: Pace(2 * minute, minute, timedelta(seconds=20)),
        Job.CLEAN_UP: Pace(60 * minute, 30 * minute, 5 * minute),
    }


def period(settings: Agent) -> timedelta:
    """The least time between two visits."""
    return timedelta(minutes=settings.period_minutes)


def next_visit(
    now: datetime, last: datetime, ends_at: datetime | None, fruitless: int, settings: Agent
) -> datetime:
    """The time of the next visit: late in the present track, but not too soon after the last.

    `last` is the last visit or the begin of the agent. `ends_at` is the end of the track; None
    where nothing plays, or nobody knows. After `fruitless` visits in a row the wait grows.
    """
    pause = period(settings)
    if fruitless:
        pause = max(pause, min(pause * 2 ** min(fruitless, 16), LONGEST_BACK_OFF))
    earliest = max(now, last + pause)
    if ends_at is None or earliest >= ends_at:
        return earliest
    late = ends_at - timedelta(seconds=settings.late_seconds)
    return late if late >= earliest else ends_at + INTO_NEXT_TRACK


def next_reading(now: datetime, seen: SnapshotResult | None, poll_at: datetime) -> datetime:
    """The time at which to read the desktop's signal again, or to poll from `poll_at` on.

    `seen` is the observation that was just made; None where there was none.
    """
    soon = now + SIGNAL_EVERY
    if seen and seen.remaining is not None:
        soon = min(soon, now + seen.remaining + SIGNAL_SHOWS_AFTER)
    return min(soon, poll_at) if poll_at > now else soon


def next_poll(now: datetime, seen: SnapshotResult) -> datetime:
    """The time at which to ask Spotify again what plays, where the desktop does not tell.

    That is worth a call to see what becomes of an own track, and if something begins
    to play; else the next visit asks anyway.
    """
    watched = seen.own_track or seen.remaining is None
    return seen.next_at if watched else now + LONGEST_BACK_OFF


def count_fruitless(outcome: Outcome | None, before: int) -> int:
    """The number of visits in a row that were in vain, after one more."""
    if outcome is None or outcome in _PASSING or outcome.kind in ("queued", "abstained"):
        return 0
    return before + 1


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """True where something last done then is due again; also where the clock went back."""
    return last is None or not last <= now < last + every
