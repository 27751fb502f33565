"""The cost of the background tagging where every track of a large library has its tag."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.choosing import fill
from benchmarks.row import Row, cpu_ms
from companion.affect import KeptFeatures, TrackMood
from companion.agent.clock import Moment
from companion.agent.library.background import IDLE, SEARCH_EVERY, BackgroundTagging, Machine
from companion.config.schema import Clips, Config
from companion.desktop.load import busy_seconds
from companion.store.database import open_database
from companion.weights import open_model

TRACKS = 20_000
CONFIG = Config(clips=Clips(providers=("deezer",)))
BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)


class NoWorker:
    """A worker that has not to be started."""

    pid = None
    cpu_seconds = 0.0

    def tag(self, audio: bytes | Path) -> TrackMood:
        raise AssertionError

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        raise AssertionError


def rows() -> list[Row]:
    """A step of those every two minutes, and one of those that search the library."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "companion.db")
        fill(file, TRACKS)
        with open_database(file) as db:
            db.execute("UPDATE tags SET model = ?", (open_model("track_mood").label,))
            passed = [0.0]

            def now() -> Moment:
                return Moment(BEGIN + timedelta(seconds=passed[0]), passed[0], passed[0])

            tagging = BackgroundTagging(Machine(now, NoWorker(), lambda: None, busy_seconds))

            def step(pause: timedelta) -> None:
                passed[0] += pause.total_seconds()
                if tagging.step(db, CONFIG) != IDLE:
                    raise RuntimeError("there was something to tag")

            searching = cpu_ms(lambda: step(SEARCH_EVERY))
            steps = int(SEARCH_EVERY / IDLE) - 1  # until the next search
            resting = cpu_ms(lambda: step(IDLE), steps - 1)
    what = f"a step of tagging with nothing to do, {TRACKS:,} tracks"
    return [
        Row(what, resting, "ms CPU", limit=5, beyond=2),
        Row(f"  one that searches the library, every {_minutes(SEARCH_EVERY)}", searching,
            "ms CPU", limit=50, beyond=20),
    ]  # fmt: skip


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f} min"
