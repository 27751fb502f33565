"""Visits, looks and syncs with faults, kills and a user in any order: nothing is queued twice.

The simulator, the store and everything between them are the real ones; the clock is the
stand-in's, so that a day passes at once.
"""

from __future__ import annotations

import copy
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from companion.affect import Affect
from companion.agent.library.sync import sync_library
from companion.agent.playback.follow import observe
from companion.agent.quota import StoreQuota
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import Dependencies, visit
from companion.config.schema import Config
from companion.demo.simulator.faults import FAULTS
from companion.demo.simulator.library import Track, library, make_track, make_tracks
from companion.demo.simulator.player import Device
from companion.demo.simulator.server import Simulator
from companion.errors import SpotifyError
from companion.playback import PlayerSnapshot
from companion.spotify.client import SpotifySession, connect
from companion.spotify.quota import WINDOW, Group
from companion.store.database import open_database
from companion.store.history.queue import EntryState
from companion.store.tracks.library import count_tracks
from companion.store.tracks.tags import Origin, save_tag
from tests.agent.killable import (
    InProcessHttp,
    Killed,
    KillSwitch,
    killable_connection,
    sleep_or_hang_up,
)
from tests.agent.visitor import HAPPY, now_at, to_track
from tests.choose.makers import seeded, track_mood
from tests.spotify.fakes import MemoryKeyring, signed_in_keyring
from tests.spotify.fakes import settings as spotify_settings

pytestmark = pytest.mark.slow

SAVED = 60
HITS_SPOTIFY = sorted(
    name
    for name, fault in FAULTS.items()
    if not name.startswith(("clip_", "denied", "library_shrinks"))
)
# What can happen to an add, alone or together with another trouble.
LATE = timedelta(seconds=45)
ADDS = [
    ["queue_502"],
    ["queue_lost"],
    ["queue_slow"],
    ["queue_text"],
    ["queue_late", "queue_502"],
    ["queue_late", "queue_slow"],
    ["queue_502", "relinked"],
    ["expired", "queue_502"],
]
BUDGETS = [
    {Group.PLAYER: 400, Group.LIBRARY: 150},
    {Group.PLAYER: 12, Group.LIBRARY: 12},
]
ADD = "/v1/me/player/queue"
# What the user plays and queues by hand is none of what the companion may pick.
FOREIGN = make_tracks(SAVED + 40)[SAVED:]


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = self.open.enter_context(tempfile.TemporaryDirectory())
        self.file = Path(folder) / "companion.db"
        self.sim = Simulator(library(SAVED))
        self.sim.url = "http://127.0.0.1:9"
        self.kill_switch = KillSwitch()
        self.http = InProcessHttp(self.sim, self.kill_switch, self.now)
        self.open.callback(self.http.close)
        self.http.before, self.http.after = self.before, self.after
        self.open.enter_context(patch.object(requests.Session, "send", self.wire_send()))
        self.open.enter_context(
            patch("companion.demo.simulator.web.app.asyncio.sleep", sleep_or_hang_up)
        )
        killable = partial(sqlite3.connect, factory=killable_connection(self.kill_switch))
        self.open.enter_context(patch("companion.store.database.sqlite3.connect", killable))
        self.backend = MemoryKeyring()
        self.running = ExitStack()
        self.calls: list[tuple[float, Group]] = []
        self.shut: dict[Group, float] = {}
        self.learnt: list[tuple[Group, float]] = []
        self.entries = 0
        self.stored = 0

    def wire_send(self) -> Callable[..., requests.Response]:
        http = self.http

        def send(
            session: requests.Session, request: requests.PreparedRequest, **kw: object
        ) -> requests.Response:
            return http.send(session, request, **kw)

        return send

    def now(self) -> datetime:
        return now_at(self.sim)

    def before(self, request: requests.PreparedRequest) -> None:
        group = group_of(request)
        if group is None:
            return
        now = self.sim.clock.now()
        assert now >= self.shut.get(group, 0), f"{request.url} was asked before its time"
        self.calls.append((now, group))
        recent = [one for at, one in self.calls if at > now - WINDOW.total_seconds()]
        assert Counter(recent)[group] <= self.budget[group]

    def after(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        group = group_of(request)
        if group and response.status_code == 429:
            wait = float(response.headers["Retry-After"])
            self.learnt.append((group, self.sim.clock.now() + wait))

    def start(self) -> None:
        """The process begins: with what the store and the keyring hold, and nothing else."""
        self.kill_switch.left = None
        self.db = self.running.enter_context(open_database(self.file))
        self.session = self.running.enter_context(self.connect())

    def connect(self) -> SpotifySession:
        return connect(
            spotify_settings(self.sim.url),
            StoreQuota(self.db, self.now, self.budget),
            self.backend,
            now=self.now,
            sleep=self.sim.clock.advance,
        )

    @contextmanager
    def living(self) -> Iterator[None]:
        """Run a step of the process; if it is killed, start it again."""
        try:
            yield
        except Killed:
            self.learnt.clear()  # what died before it was stored was never known
            self.restart()
        except SpotifyError:
            pass
        for group, until in self.learnt:
            self.shut[group] = max(until, self.shut.get(group, 0))
        self.learnt.clear()
        self.kill_switch.left = None

    @initialize(budget=st.sampled_from(BUDGETS))
    def begin(self, budget: dict[Group, int]) -> None:
        self.budget = budget
        self.backend = signed_in_keyring(self.sim.accounts.sign_in().refresh)
        self.start()
        sync_library(self.db, self.session, self.now(), lambda *_: None)
        for number, track in enumerate(self.sim.library.tracks):
            mood = track_mood(Affect(0.5, 0.4 - 0.005 * number))
            save_tag(self.db, track.id, mood, Origin("deezer", "1", 1.0), self.now())
        self.play()

    # What the process does.

    @rule(seed=st.integers(0, 5))
    def visit(self, seed: int) -> None:
        with self.living():
            result = self.make_visit(seed)
            assert result is not None

    @rule(troubles=st.sampled_from(ADDS), seed=st.integers(0, 5), again=st.integers(0, 3))
    def visit_in_trouble(self, troubles: list[str], seed: int, again: int) -> None:
        """The user listens, the add goes wrong, and the next visits come soon."""
        if self.sim.player.device is None:
            self.play()
        self.sim.player.resume()
        for trouble in troubles:
            self.sim.faults.add(trouble)
        for _ in range(1 + again):
            self.visit(seed)
            self.sim.clock.advance(7)

    def make_visit(self, seed: int) -> Outcome | None:
        needs = Dependencies(
            self.db, self.session, lambda: HAPPY, "face 1", Config(), seeded(seed), self.now
        )
        return visit(needs).outcome

    @rule()
    def poll(self) -> None:
        with self.living():
            observe(self.db, self.session.player(), self.now(), LATE)

    @rule()
    def read_signal(self) -> None:
        with self.living():
            observe(self.db, desktop_snapshot(self.sim), self.now(), LATE)

    @rule()
    def sync(self) -> None:
        with self.living():
            sync_library(self.db, self.session, self.now(), lambda *_: None)

    @rule()
    def restart(self) -> None:
        self.running.close()
        self.start()

    @rule(steps=st.integers(1, 60))
    def die_soon(self, steps: int) -> None:
        self.kill_switch.left = steps

    # What Spotify does.

    @rule(
        fault=st.sampled_from(HITS_SPOTIFY),
        after=st.integers(0, 3),
        times=st.integers(1, 4),
    )
    def go_wrong(self, fault: str, after: int, times: int) -> None:
        self.sim.faults.add(fault, after=after, times=times)

    @rule()
    def mend(self) -> None:
        self.sim.faults.clear()
        self.sim.player.queue_lag_s = 0.0

    # What the user does.

    @rule()
    def play(self) -> None:
        self.sim.player.use_device(Device())
        self.sim.player.play(FOREIGN[:30])

    @rule(button=st.sampled_from(["skip", "pause", "resume"]))
    def press(self, button: str) -> None:
        getattr(self.sim.player, button)()

    @rule(for_long=st.sampled_from([False, False, False, True]))
    def leave(self, *, for_long: bool) -> None:
        self.sim.player.use_device(None if for_long else Device("phone"))

    @precondition(lambda self: len(self.sim.player.queued()) < 8)
    @rule(number=st.integers(30, 39))
    def queue_by_hand(self, number: int) -> None:
        self.sim.player.add(copy.copy(FOREIGN[number]))

    @rule(number=st.integers(0, 99))
    def save(self, number: int) -> None:
        newcomer = make_track(9_000 + number, f"New {number}", "The Newcomers", 180_000)
        self.sim.library.remove(newcomer.uri)  # saved again, it is the newest
        self.sim.library.save(newcomer, self.sim.clock.now())

    @rule()
    def sign_in_again(self) -> None:
        self.backend.entries = signed_in_keyring(self.sim.accounts.sign_in().refresh).entries

    @rule(seconds=st.sampled_from([1, 5, 20, 60, 130, 200, 400, 3600, 20_000, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.sim.clock.advance(seconds)

    # What holds all the time.

    @invariant()
    def never_two_of_ours_wait(self) -> None:
        assert len(own(self.sim)) <= 1

    @invariant()
    def no_intent_is_posted_twice(self) -> None:
        """One that was refused for its old token was not posted."""
        posts = [
            dict(one.query).get("uri", "")
            for one in self.sim.requests
            if (one.method, one.path) == ("POST", ADD) and one.status != 401
        ]
        query = "SELECT json_extract(track, '$.uri') AS uri FROM queue_entries WHERE state != ?"
        rows = self.look_in(query, EntryState.PLANNED.value)
        sent = Counter(str(row["uri"]) for row in rows)
        assert Counter(posts) <= sent

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = self.look_in("SELECT state FROM queue_entries")
        assert len(rows) >= self.entries
        assert {row["state"] for row in rows} <= set(EntryState)
        self.entries = len(rows)
        tagged, kept = self.look_in(
            "SELECT (SELECT count(*) FROM tags) AS n UNION ALL SELECT count(*) FROM tracks"
        )
        assert tagged["n"] == SAVED
        assert kept["n"] >= self.stored
        self.stored = kept["n"]

    def look_in(self, query: str, *values: str) -> list[sqlite3.Row]:
        """Read the store as it is, beside the process."""
        if not self.file.exists():
            return []
        beside = sqlite3.Connection(self.file)
        beside.row_factory = sqlite3.Row
        try:
            return beside.execute(query, values).fetchall()
        finally:
            beside.close()

    def teardown(self) -> None:
        """Once all is well again, the next visits find their way to a track in the queue."""
        try:
            if self.look_in("SELECT name FROM sqlite_master"):
                self.recover()
        finally:
            self.running.close()
            self.open.close()

    def recover(self) -> None:
        self.mend()
        self.sign_in_again()
        self.restart()
        self.sim.clock.advance(2 * WINDOW.total_seconds())
        self.play()
        for _ in range(20):
            if own(self.sim):
                self.sim.player.skip()
                continue
            if self.make_visit(0) is Outcome.QUEUED:
                break
            self.sim.clock.advance(timedelta(minutes=3).total_seconds())
        assert len(own(self.sim)) == 1
        sync_library(self.db, self.session, self.now(), lambda *_: None)
        assert count_tracks(self.db) == len(self.sim.library.tracks)


def group_of(request: requests.PreparedRequest) -> Group | None:
    path = request.path_url
    if path.startswith("/v1/me/player"):
        return Group.PLAYER
    return Group.LIBRARY if path.startswith("/v1/") else None


def own(sim: Simulator) -> list[Track]:
    """The companion's tracks that still wait in Spotify's queue."""
    known = [id(track) for track in sim.library.catalogue.values()]
    return [item for item in sim.player.queued() if isinstance(item, Track) and id(item) in known]


def desktop_snapshot(sim: Simulator) -> PlayerSnapshot:
    """Return the snapshot that a desktop would report."""
    state = sim.player.now()
    if state is None or not isinstance(state.item, Track):
        return PlayerSnapshot(exact=False)
    track = to_track(state.item)
    return PlayerSnapshot(
        track, state.is_playing, state.progress_ms, track.duration_ms, exact=False
    )


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
