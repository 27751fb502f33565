"""A report of several days: what was queued, how it ended, and along which moods."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from companion.affect import Quadrant
from companion.agent.visit.history import Day, read_day
from companion.agent.visit.outcome import Outcome
from companion.store.history.queue import EntryState

MOST_ARTISTS = 5


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of a span of local days.

    Attributes:
        first, last: its days, both included.
        visits: how many visits were made.
        outcomes: how many visits ended so, by outcome.
        camera_uses: how often the camera was opened.
        endings: queued tracks by their state.
        moods: readings of the face by the quadrant that they lie in.
        strategies: queued tracks by the strategy that they were picked by.
        artists: the artists that were queued most, with how often.
        queued_by_day: how many tracks were queued on each day.
    """

    first: date
    last: date
    visits: int
    outcomes: Mapping[Outcome, int]
    camera_uses: int
    endings: Mapping[EntryState, int]
    moods: Mapping[Quadrant, int]
    strategies: Mapping[str, int]
    artists: Sequence[tuple[str, int]]
    queued_by_day: Mapping[date, int]

    @property
    def heard_out(self) -> float | None:
        """The share of finished among those finished or skipped; None where there are none."""
        finished, skipped = (
            self.endings.get(state, 0) for state in (EntryState.FINISHED, EntryState.SKIPPED)
        )
        return finished / (finished + skipped) if finished + skipped else None


def read_report(db: sqlite3.Connection, last: date, days: int) -> Report:
    """Report on so many local days, of which `last` is the last."""
    span = [last - timedelta(days=back) for back in reversed(range(days))]
    return summarise([read_day(db, day) for day in span])


def summarise(days: Sequence[Day]) -> Report:
    """Count what happened on the days, which follow each other."""
    visits = [record.visit for day in days for record in day.visits]
    entries = [entry for day in days for entry in day.entries]
    readings = [mood for day in days for _, mood in day.readings]
    artists = Counter(entry.track.artist for entry in entries if entry.track.artist)
    return Report(
        first=days[0].day,
        last=days[-1].day,
        visits=len(visits),
        outcomes=Counter(Outcome(visit.outcome) for visit in visits),
        camera_uses=sum(day.camera_uses for day in days),
        endings=Counter(entry.state for entry in entries),
        moods=Counter(mood.affect.quadrant for mood in readings),
        strategies=Counter(entry.why["strategy"] for entry in entries if "strategy" in entry.why),
        artists=sorted(artists.items(), key=lambda one: (-one[1], one[0]))[:MOST_ARTISTS],
        queued_by_day={day.day: len(day.entries) for day in days},
    )
