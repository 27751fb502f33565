"""The calls to Spotify in a day of listening: the simulated day of the tests."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.row import Row
from companion.store.history.queue import EntryState
from tests.agent.listening_day import HOURS, Day, live_a_day


def rows() -> list[Row]:
    """All of the part."""
    with tempfile.TemporaryDirectory() as folder:
        polled = live_a_day(Path(folder) / "polled", signal=False)
        heard = live_a_day(Path(folder) / "heard", signal=True)
    day = f"calls in a day of {HOURS} h and {polled.tracks} tracks"
    return [
        Row(f"{day}, without a signal of the desktop", polled.total, "calls", limit=350),
        Row(f"{day}, with one", heard.total, "calls", limit=350),
        Row("  for each track", heard.total / heard.tracks, "calls a track", limit=2),
        Row("own tracks of which nobody saw the end, without", _unseen(polled), "tracks"),
    ]


def _unseen(day: Day) -> int:
    return sum(state is EntryState.UNKNOWN for state, _ in day.ends)
