"""Properties of the inferred ending; its table is in test_follow.py, through the store."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from companion.agent.playback.ending import CROSSFADE_MS, infer_ending
from companion.playback import LastSnapshot
from tests.agent.playback.test_follow import (
    FINISHED,
    LENGTH_S,
    MINE,
    NEXT,
    NOON,
    SKIPPED,
    seconds,
    snapshot,
)


@given(
    first=st.floats(0, LENGTH_S - 1),
    gap=st.floats(0, 4000),
    into=st.none() | st.floats(0, 180),
    playing=st.booleans(),
    paused_before=st.booleans(),
)
def test_a_skip_is_only_what_was_left_early(
    first: float, gap: float, into: float | None, *, playing: bool, paused_before: bool
) -> None:
    seen = snapshot(MINE, first, playing=not paused_before)
    last = LastSnapshot(seen, NOON, first * 1000, None, NOON, NOON)
    ending = infer_ending(last, snapshot(NEXT, into, playing=playing), NOON + seconds(gap))
    could_have_ended = first + gap >= LENGTH_S - 12
    if ending is SKIPPED:
        assert playing
        assert not paused_before
        assert not could_have_ended or (into is not None and first + gap - into < LENGTH_S - 11.9)
    if ending is FINISHED:
        assert could_have_ended


@given(st.floats(0, LENGTH_S), st.floats(0, 4000))
def test_one_that_plays_on_to_its_end_is_never_called_skipped(first: float, later: float) -> None:
    """The next track begins when this one is over; looked at after some time of it."""
    last = LastSnapshot(snapshot(MINE, first), NOON, first * 1000, None, NOON, NOON)
    over = LENGTH_S - first
    ending = infer_ending(last, snapshot(NEXT, later), NOON + seconds(over + later))
    assert ending is FINISHED


@given(st.floats(0, LENGTH_S - 13), st.floats(0, 100), st.floats(0, 100))
def test_one_that_is_left_early_is_never_called_finished(
    first: float, played: float, later: float
) -> None:
    last = LastSnapshot(snapshot(MINE, first), NOON, first * 1000, None, NOON, NOON)
    left = min(first + played, LENGTH_S - CROSSFADE_MS / 1000 - 1)
    at = NOON + seconds(left - first + later)
    assert infer_ending(last, snapshot(NEXT, later), at) is SKIPPED
