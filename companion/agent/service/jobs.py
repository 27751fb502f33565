"""The agent's jobs. All of them run in one thread, one after the other."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol

from companion.affect import FaceReading, KeptFeatures, TrackMood
from companion.agent.clock import Clock
from companion.agent.library.background import BackgroundTagging, Machine
from companion.agent.library.sync import sync_library
from companion.agent.models.messages import Look
from companion.agent.playback.follow import SnapshotResult, observe
from companion.agent.service.connections import Connections
from companion.agent.service.housekeeping import clean_up
from companion.agent.service.notices import Notify, notify_of, notify_of_track
from companion.agent.service.schedule import CLEAN_EVERY, SYNC_EVERY, is_due
from companion.agent.service.sign_in import note_sign_in
from companion.agent.visit.conditions import (
    LITTLE_KNOWN,
    Obstacle,
    Presence,
    check_local,
    may_look,
    reached_limit,
)
from companion.agent.visit.outcome import Outcome, outcome_of
from companion.agent.visit.visit import Dependencies, VisitResult, visit
from companion.config.schema import Config
from companion.playback import PlayerSignal, PlayerSnapshot
from companion.store.face.profile import read_profile
from companion.store.listening.snapshots import read_player_snapshot
from companion.store.metadata import HOUSEKEPT_AT, LIBRARY_SYNCED_AT, read_time
from companion.weights import open_model

_logger = logging.getLogger(__name__)


class Models(Protocol):
    """The worker, or a stand-in for it."""

    @property
    def pid(self) -> int | None: ...

    @property
    def cpu_seconds(self) -> float: ...

    def look(self, question: Look) -> FaceReading: ...

    def tag(self, audio: bytes | Path) -> TrackMood: ...

    def tag_features(self, kept: KeptFeatures) -> TrackMood: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine that the agent runs on; a test puts its own there.

    Attributes:
        signal: tells of the player; None: Spotify is asked instead.
        rng: where the draw among the best comes from.
        source: looked at in place of the configured camera.
        busy_seconds: the CPU time of all processes since the machine started; None: unknown.
    """

    clock: Clock
    models: Models
    presence: Presence
    signal: PlayerSignal | None
    notify: Notify
    rng: Random
    source: int | Path | None = None
    busy_seconds: Callable[[], float | None] = lambda: None

    def now(self) -> datetime:
        """The present time, in UTC."""
        return self.clock().wall


class Jobs:
    """The jobs, on the store and Spotify.

    Raises (each of them):
        CompanionError: it cannot be done now.
        sqlite3.Error: the store fails.
    """

    def __init__(
        self, config: Config, database: Path, connections: Connections, environment: Environment
    ) -> None:
        self.config, self._database, self._connections = config, database, connections
        self._environment = environment
        machine = Machine(
            environment.clock,
            environment.models,
            environment.presence.on_battery,
            environment.busy_seconds,
        )
        self._tagging = BackgroundTagging(machine)

    def obstacle(self) -> Obstacle | None:
        """The reason on this machine not to make a visit."""
        db, environment = self._connections.db, self._environment
        return check_local(db, environment.presence, self.config, environment.now())

    def visit(self, *, asked: bool = False) -> VisitResult:
        """Make a visit. One that the user asked for just now skips the conditions here."""
        db, environment = self._connections.db, self._environment
        shut = self._shut(asked=asked)
        needs = Dependencies(
            db=db,
            spotify=self._connections,
            look=self._look,
            face_model="" if shut else open_model("face_mood").label,
            config=self.config,
            rng=environment.rng,
            clock=environment.now,
            shut=shut,
        )
        result = visit(needs if asked else replace(needs, obstacle=self.obstacle))
        if result.outcome is Outcome.LOGIN_NEEDED:
            note_sign_in(db)
        if result.outcome:
            notice = environment.notify if self.config.agent.notices else None
            state = outcome_of(result.unseen) if result.unseen else result.outcome
            notify_of(db, state, environment.now(), notice)
        if result.outcome is Outcome.QUEUED and self.config.agent.queue_notices:
            notify_of_track(result, environment.notify)
        return result

    def _shut(self, *, asked: bool) -> Obstacle | None:
        """Return why a visit may not look; one that the user asked for is in no limit."""
        now = self._environment.now()
        if not may_look(self.config.camera, now):
            return LITTLE_KNOWN
        return None if asked else reached_limit(self._connections.db, self.config.agent, now)

    def read_signal(self) -> SnapshotResult | None:
        """The desktop's account of what plays; None where it cannot tell."""
        signal = self._environment.signal
        seen = signal.snapshot() if signal else None
        return self._observe(seen) if seen else None

    def poll(self) -> SnapshotResult:
        """Spotify's account of what plays, which costs a call."""
        return self._observe(self._connections.player())

    def ends_at(self) -> datetime | None:
        """The end of the track that was seen last; None where none plays any more."""
        last = read_player_snapshot(self._connections.db)
        if last is None or last.snapshot.remaining is None:
            return None
        ends = last.at + last.snapshot.remaining
        return ends if last.at <= self._environment.now() < ends else None

    def sync(self) -> bool:
        """Read what is new in the library, where that is due; True where it was read."""
        db, now = self._connections.db, self._environment.now()
        if not is_due(read_time(db, LIBRARY_SYNCED_AT), SYNC_EVERY, now):
            return False
        session, playlists = self._connections.session(), self.config.spotify.playlists
        done = sync_library(db, session, now, lambda *_: None, playlists=playlists)
        _logger.info("sync: %d tracks, %d new", done.tracks, done.added)
        return True

    def tag(self) -> timedelta:
        """Tag a few tracks; tells how long to rest."""
        return self._tagging.step(self._connections.db, self.config)

    def tagging(self) -> dict[str, Any] | None:
        """The progress of the tagging, as data; None while nothing is known to be left."""
        return self._tagging.report()

    def clean_up(self) -> None:
        """Throw away what is old, once a day."""
        db, now = self._connections.db, self._environment.now()
        if is_due(read_time(db, HOUSEKEPT_AT), CLEAN_EVERY, now):
            clean_up(db, self._database, timedelta(days=self.config.agent.keep_days), now)
            note_sign_in(db)

    def _observe(self, seen: PlayerSnapshot | None) -> SnapshotResult:
        late = timedelta(seconds=self.config.agent.late_seconds)
        return observe(self._connections.db, seen, self._environment.now(), late)

    def _look(self) -> FaceReading:
        camera, source = self.config.camera, self._environment.source
        profile = read_profile(self._connections.db, open_model("face_adaptation").label)
        where = camera.index if source is None else source
        return self._environment.models.look(Look(where, camera.seconds, profile))
