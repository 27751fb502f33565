from __future__ import annotations

from pathlib import Path

import pytest

from companion.store.history.queue import EntryState
from tests.agent.listening_day import HOURS, live_a_day

pytestmark = pytest.mark.slow

MOST_CALLS = 350
MOST_A_TRACK = 2
FINISHED, SKIPPED = EntryState.FINISHED, EntryState.SKIPPED
NO_VERDICT = {EntryState.UNKNOWN, EntryState.PLAYING, EntryState.ACCEPTED}


@pytest.mark.parametrize("signal", [True, False])
def test_a_day_costs_few_calls_and_every_verdict_on_a_track_is_right(
    tmp_path: Path, *, signal: bool
) -> None:
    day = live_a_day(tmp_path, signal=signal)
    assert day.tracks > 100
    assert len(day.ends) > 3 * HOURS
    assert day.total <= MOST_CALLS
    if signal:
        assert day.total <= MOST_A_TRACK * day.tracks
    verdicts = [(state, finished) for state, finished in day.ends if state not in NO_VERDICT]
    assert set(verdicts) == {(FINISHED, True), (SKIPPED, False)}
    assert len(day.ends) - len(verdicts) <= 2
