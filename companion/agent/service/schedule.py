"""When what is due: the agent's jobs, and the time of the next visit.

Nothing here reads a clock. APScheduler keeps the jobs; these functions say when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from companion.agent.playback.follow import Listening
from companion.agent.visit.outcome import Outcome
from companion.config.schema import Agent


class Job(StrEnum):
    """What the agent does by itself."""

    VISIT = "visit"
    LISTEN = "listen"
    SYNC = "sync"
    TAG = "tag"
    KEEP_HOUSE = "keep_house"


@dataclass(frozen=True, slots=True)
class Pace:
    """How a job recurs.

    Attributes:
        every: between two runs, unless the one before asks for another time.
        grace: how late it may begin; later, this run is left out.
        jitter: up to how much later it begins by chance, so that not all begin together.
    """

    every: timedelta
    grace: timedelta
    jitter: timedelta


SYNC_EVERY = timedelta(hours=6)  # the pace of the job itself is that of looking whether it is due
HOUSE_EVERY = timedelta(days=1)
NEXT_TRACK = timedelta(seconds=30)  # into a track, its end is known
LONGEST_BACK_OFF = timedelta(hours=1)
HEAR_EVERY = timedelta(seconds=30)  # the desktop tells what plays, at little cost
BEGUN = timedelta(seconds=2)  # after the end of a track, the next one shows
ASK_AGAIN = timedelta(minutes=5)  # after Spotify did not tell what plays

# After these, the same would come out again soon.
_FRUITLESS = {
    Outcome.BY_USER,
    Outcome.CAMERA_BUSY,
    Outcome.CAMERA_MISSING,
    Outcome.CAMERA_DENIED,
    Outcome.NOT_PLAYING,
    Outcome.NO_DEVICE,
    Outcome.PRIVATE_SESSION,
    Outcome.RESTRICTED,
    Outcome.LOGIN_NEEDED,
    Outcome.PREMIUM_NEEDED,
    Outcome.QUOTA,
    Outcome.NOTHING_FITS,
    Outcome.FAILED,
}


def paces(settings: Agent) -> dict[Job, Pace]:
    """How every job recurs."""
    minute = timedelta(minutes=1)
    return {
        Job.VISIT: Pace(period(settings), minute, timedelta(seconds=5)),
        Job.LISTEN: Pace(minute, minute / 2, timedelta(0)),
        Job.SYNC: Pace(30 * minute, 10 * minute, 2 * minute),
        Job.TAG: Pace(2 * minute, minute, timedelta(seconds=20)),
        Job.KEEP_HOUSE: Pace(60 * minute, 30 * minute, 5 * minute),
    }


def period(settings: Agent) -> timedelta:
    """The least time between two visits."""
    return timedelta(minutes=settings.period_minutes)


def next_visit(
    now: datetime,
    last: datetime,
    ends_at: datetime | None,
    fruitless: int,
    settings: Agent,
) -> datetime:
    """When to make the next visit: late in the present track, but not too soon after the last.

    Args:
        now: the present time.
        last: when the last visit was, or the agent began.
        ends_at: when the present track ends; None where nothing plays, or nobody knows.
        fruitless: how many visits in a row ended so that another one soon would be in vain.
        settings: the period, and how late in a track.
    """
    pause = period(settings)
    if fruitless:
        pause = max(pause, min(pause * 2 ** min(fruitless, 16), LONGEST_BACK_OFF))
    earliest = max(now, last + pause)
    if ends_at is None or earliest >= ends_at:
        return earliest
    late = ends_at - timedelta(seconds=settings.late_seconds)
    return late if late >= earliest else ends_at + NEXT_TRACK


def next_listen(now: datetime, heard: Listening | None, ask_at: datetime) -> datetime:
    """When to listen again.

    Args:
        now: the present time.
        heard: what was heard just now; None: nothing.
        ask_at: when Spotify may be asked, should the desktop tell nothing.
    """
    soon = now + HEAR_EVERY
    if heard and heard.remaining is not None:
        soon = min(soon, now + heard.remaining + BEGUN)
    return min(soon, ask_at) if ask_at > now else soon


def next_ask(now: datetime, told: Listening) -> datetime:
    """When to ask Spotify again what plays, after it has told, where the desktop does not.

    That is worth a call to see what becomes of an own track, and whether something begins
    to play; else the next visit asks anyway.
    """
    watched = told.own_track or told.remaining is None
    return told.look_at if watched else now + LONGEST_BACK_OFF


def count_fruitless(outcome: Outcome | None, before: int) -> int:
    """How many visits in a row were in vain, after one more."""
    return before + 1 if outcome in _FRUITLESS else 0


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether something that was last done then is due again; also where the clock went back."""
    return last is None or not last <= now < last + every
