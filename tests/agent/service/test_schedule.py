from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.agent.playback.follow import SnapshotResult
from companion.agent.service.schedule import (
    INTO_NEXT_TRACK,
    LONGEST_BACK_OFF,
    SIGNAL_EVERY,
    Job,
    count_fruitless,
    is_due,
    next_poll,
    next_reading,
    next_visit,
    paces,
    period,
)
from companion.agent.visit.outcome import Outcome
from companion.config.schema import Agent

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
SETTINGS = Agent(period_minutes=10, late_seconds=45)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("last", "ends", "due"),
    [
        (-10, None, 0),  # a period has passed, nothing plays
        (-60, None, 0),
        (-4, None, 6),
        (0, None, 10),
        (-10, 3, 2.25),  # late in the track
        (-4, 7, 6.25),  # late enough in it
        (-4, 6.5, 7),  # too late in it for a visit then: in the next one
        (-4, 3, 6),  # a track that ends before the period
        (-10, 0.5, 1),  # too near to its end
        (-10, -1, 0),  # it has ended
    ],
)
def test_the_next_visit(last: float, ends: float | None, due: float) -> None:
    ends_at = None if ends is None else NOW + minutes(ends)
    found = next_visit(NOW, NOW + minutes(last), ends_at, 0, SETTINGS)
    assert found == NOW + minutes(due)


@pytest.mark.parametrize(
    ("fruitless", "wait"), [(0, 10), (1, 20), (2, 40), (3, 60), (4, 60), (10**6, 60)]
)
def test_visits_in_vain_come_more_and_more_seldom(fruitless: int, wait: float) -> None:
    assert next_visit(NOW, NOW, None, fruitless, SETTINGS) == NOW + minutes(wait)


def test_a_long_period_is_not_shortened_by_the_back_off() -> None:
    seldom = replace(SETTINGS, period_minutes=120)
    assert next_visit(NOW, NOW, None, 5, seldom) == NOW + minutes(120)


@given(
    last=st.floats(-10_000, 0),
    ends=st.none() | st.floats(-100, 100),
    fruitless=st.integers(0, 50),
    length=st.floats(1, 1440),
    late=st.floats(10, 300),
)
def test_a_visit_is_never_past_nor_too_soon_nor_for_ever_away(
    last: float, ends: float | None, fruitless: int, length: float, late: float
) -> None:
    settings = Agent(period_minutes=length, late_seconds=late)
    ends_at = None if ends is None else NOW + minutes(ends)
    due = next_visit(NOW, NOW + minutes(last), ends_at, fruitless, settings)
    assert due >= NOW
    assert due >= NOW + minutes(last) + period(settings)
    most = max(minutes(length), LONGEST_BACK_OFF) + INTO_NEXT_TRACK
    assert due <= max(NOW + most, (ends_at or NOW) + INTO_NEXT_TRACK)


@given(
    ends=st.floats(0.1, 100),
    late=st.floats(10, 300),
)
def test_a_visit_within_a_track_is_as_late_as_asked_for(ends: float, late: float) -> None:
    settings = Agent(late_seconds=late)
    ends_at = NOW + minutes(ends)
    due = next_visit(NOW, NOW - minutes(1e4), ends_at, 0, settings)
    assert due == ends_at - timedelta(seconds=late) or due == ends_at + INTO_NEXT_TRACK


@pytest.mark.parametrize(
    "outcome",
    [Outcome.QUEUED, Outcome.NO_FACE, Outcome.AWAY, Outcome.SCREEN_LOCKED, Outcome.LIMIT_REACHED],
)
def test_what_may_change_soon_does_not_back_off(outcome: Outcome) -> None:
    assert count_fruitless(outcome, 3) == 0


@pytest.mark.parametrize(
    "outcome", [Outcome.NOT_PLAYING, Outcome.PREMIUM_NEEDED, Outcome.FAILED, Outcome.BY_USER]
)
def test_what_stays_so_backs_off(outcome: Outcome) -> None:
    assert count_fruitless(outcome, 3) == 4


def observed(remaining: float | None, *, own: bool = False, due: float = 5) -> SnapshotResult:
    return SnapshotResult(
        remaining=None if remaining is None else minutes(remaining),
        own_track=own,
        next_at=NOW + minutes(due),
        moved=(),
    )


@pytest.mark.parametrize(
    ("seen", "poll", "due"),
    [
        (None, -1, 0.5),
        (None, 0.2, 0.2),  # Spotify may be asked sooner
        (None, 9, 0.5),
        (observed(3), -1, 0.5),
        (observed(0.1), -1, 0.1 + 2 / 60),  # just after the track's end
        (observed(None), -1, 0.5),
    ],
)
def test_when_to_read_the_signal_again(
    seen: SnapshotResult | None, poll: float, due: float
) -> None:
    found = next_reading(NOW, seen, NOW + minutes(poll))
    assert found - NOW == minutes(due)
    assert found - NOW <= SIGNAL_EVERY


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (observed(3, own=True, due=2.5), 2.5),  # what becomes of the own track?
        (observed(None, due=7), 7),  # does anything begin to play?
        (observed(3, own=False, due=2.5), 60),  # the next visit asks anyway
    ],
)
def test_when_a_call_is_worth_it(seen: SnapshotResult, due: float) -> None:
    assert next_poll(NOW, seen) == NOW + minutes(due)


@pytest.mark.parametrize(
    ("last", "due"), [(None, True), (-5, False), (-6, True), (-60, True), (0, False), (1, True)]
)
def test_what_is_due_again(last: float | None, due: bool) -> None:
    done = None if last is None else NOW + timedelta(hours=last)
    assert is_due(done, timedelta(hours=6), NOW) is due


def test_every_job_has_its_pace() -> None:
    found = paces(SETTINGS)
    assert set(found) == set(Job)
    assert found[Job.VISIT].every == minutes(10)
    for pace in found.values():
        assert timedelta(0) < pace.grace <= pace.every
        assert timedelta(0) <= pace.jitter < pace.every
