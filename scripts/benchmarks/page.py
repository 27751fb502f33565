"""Measure the page: its process's memory, and a day with 20,000 tracks in Debian's Chromium."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psutil
from evaluation import day

from benchmarks.row import Row
from companion.config.schema import Choose
from companion.page.server.process import fresh_address
from companion.store.database import open_database
from tests.page.chromium import PROGRAM, chromium
from tests.page.served import LAST_VISIT, make_paths

TRACKS = 20_000
REPEATS = 3
MEGABYTE = 1024 * 1024
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def rows() -> list[Row]:
    """All of the part; without Chromium, only what needs none."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        paths = make_paths(home)
        _fill(paths.database)
        command = (sys.executable, "-P", "-m", "companion", "open", "--stay", "--no-browser")
        environment = os.environ | {"COMPANION_HOME": str(home)}
        begin = time.perf_counter()
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:  # noqa: S603 - our own words
            server.stdout.readline()  # type: ignore[union-attr]  # it is a pipe
            started = time.perf_counter() - begin
            try:
                found = [Row("seconds until the page answers", started, "s", limit=10, beyond=3)]
                if PROGRAM is not None:
                    found += _browse(lambda: fresh_address(paths) or "")
                held = psutil.Process(server.pid).memory_info().rss / MEGABYTE
            finally:
                server.terminate()
        return [*found, Row("page's process, resident memory", held, "MB", limit=200, beyond=120)]


def _fill(database: Path) -> None:
    draws, now = Random(4), datetime.now(UTC)  # noqa: S311 - a simulation
    tracks, day.TRACKS = day.TRACKS, TRACKS
    try:
        with open_database(database) as db:
            db.execute("PRAGMA synchronous = OFF")
            day.fill_library(db, now, draws)
            day.live_day(db, now - LAST_VISIT, Choose(), draws)
    finally:
        day.TRACKS = tracks


def _browse(address: Callable[[], str]) -> Iterator[Row]:
    paints, maps = [], []
    with chromium() as browser:
        for _ in range(REPEATS):
            context = browser.new_context()
            tab = context.new_page()
            tab.goto(address())
            tab.wait_for_selector("main[data-tab=today]")
            paints.append(tab.evaluate(PAINT))
            begin = time.perf_counter()
            tab.evaluate("location.hash = '#/library'")
            tab.wait_for_selector("main[data-tab=library] canvas")
            maps.append(1000 * (time.perf_counter() - begin))
            context.close()
    yield Row(f"first paint of a day, {TRACKS:,} tracks", statistics.median(paints), "ms", 1000)
    yield Row(f"the map of {TRACKS:,} tracks", statistics.median(maps), "ms", 3000)
