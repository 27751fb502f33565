"""The cost of the first and the later syncs of a large library, in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.row import Row
from companion.demo.simulator.library import MAX_TRACKS, library
from companion.demo.simulator.server import Simulator

# The refresh token comes over stdin: an argument can be seen by others.
CLIENT = """
import json, sqlite3, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
import psutil
import companion.agent.service.agent
from companion.agent.quota import StoreQuota
from companion.agent.library.sync import sync_library
from companion.config.schema import Spotify
from companion.demo.environment import MemoryKeyring
from companion.spotify.auth.credentials import SCOPES, Consent, CredentialStore
from companion.spotify.quota import Group
from companion.spotify.client import connect
from companion.store.database import open_database

url, database = sys.argv[1:]
backend, me = MemoryKeyring(), psutil.Process()
CredentialStore(backend).save(Consent("0123456789abcdef", input(), " ".join(SCOPES), date.today()))
budget = {Group.PLAYER: 10, Group.LIBRARY: 1000}
found = {}
settings = Spotify("0123456789abcdef", url, url)
with open_database(Path(database)) as db, connect(
    settings, StoreQuota(db, budget=budget), backend, sleep=lambda _: None
) as spotify:
    spotify.player()
    idle = peak = me.memory_info().rss

    def watch(done, total):
        global peak
        peak = max(peak, me.memory_info().rss)

    for name in ("first", "later"):
        began = time.perf_counter()
        tracks = sync_library(db, spotify, datetime.now(UTC), watch).tracks
        found[name] = time.perf_counter() - began
    watch(0, 0)
print(json.dumps({"tracks": tracks, "above": (peak - idle) / 1e6, **found}))
"""


def rows() -> list[Row]:
    """All of the part."""
    with tempfile.TemporaryDirectory() as folder, Simulator(library(MAX_TRACKS)) as sim:
        database = Path(folder) / "companion.db"
        done = subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-c", CLIENT, sim.url, str(database)],
            input=sim.accounts.sign_in().refresh,
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout)
        pages = sim.count("GET", "/v1/me/tracks")
        size = database.stat().st_size / 1e6
    what = f"a first sync of {found['tracks']} tracks"
    return [
        Row(f"{what}: memory above idle", found["above"], "MB", limit=60),
        Row("  its time, without the pauses between the pages", found["first"], "s"),
        Row("  the requests of it and of the next one together", pages, "requests", limit=402),
        Row("  the next sync", 1000 * found["later"], "ms"),
        Row("  the database then", size, "MB"),
    ]
