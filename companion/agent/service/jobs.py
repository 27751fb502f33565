"""What the agent's jobs do. All of it runs in one thread, one thing after the other."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol

from companion.affect import FaceReading, TrackMood
from companion.agent.clock import Clock
from companion.agent.library.clip_sources import make_providers
from companion.agent.library.sync import sync_library
from companion.agent.library.tagging import tag_tracks
from companion.agent.models.codec import Look
from companion.agent.playback.follow import Listening, heard, observe, polled
from companion.agent.service.connections import Holdings
from companion.agent.service.housekeeping import keep_house
from companion.agent.service.notices import Notify, tell
from companion.agent.service.schedule import HOUSE_EVERY, SYNC_EVERY, is_due
from companion.agent.service.sign_in import note_sign_in
from companion.agent.visit.conditions import Obstacle, Presence, check_desk
from companion.agent.visit.outcome import Outcome
from companion.agent.visit.visit import Rooms, VisitResult, visit
from companion.config.schema import Config
from companion.errors import ClipDamaged, WorkerLost
from companion.music.clips.search import find_clip
from companion.playback import PlayerSignal
from companion.store.face import read_baseline
from companion.store.listening import read_player_snapshot
from companion.store.metadata import HOUSEKEPT_AT, LIBRARY_SYNCED_AT, read_time
from companion.store.tags import due_tracks
from companion.weights import open_model

HELPING = 5  # tracks tagged in a row, so that a visit never waits long
_logger = logging.getLogger(__name__)


class Models(Protocol):
    """The worker, or what stands in for it."""

    @property
    def pid(self) -> int | None: ...

    def look(self, question: Look) -> FaceReading: ...

    def tag(self, audio: bytes | Path) -> TrackMood: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What is around the agent; a test puts its own there.

    Attributes:
        clock: the machine's clocks.
        models: the worker.
        presence: what the desktop tells of the user.
        signal: what the desktop tells of the player; None: Spotify is asked instead.
        notify: shows a notice.
        rng: where the draw among the best comes from.
        source: looked at in place of the configured camera.
    """

    clock: Clock
    models: Models
    presence: Presence
    signal: PlayerSignal | None
    notify: Notify
    rng: Random
    source: int | Path | None = None

    def now(self) -> datetime:
        """The present time, in UTC."""
        return self.clock().wall


class Duties:
    """The jobs, on the store and Spotify.

    Raises (each of them):
        CompanionError: it cannot be done now.
        sqlite3.Error: the store fails.
    """

    def __init__(self, config: Config, database: Path, holdings: Holdings, around: Around) -> None:
        self.config = config
        self._database = database
        self._held = holdings
        self._around = around

    def obstacle(self) -> Obstacle | None:
        """What on this side of Spotify speaks against a visit."""
        now = self._around.now()
        return check_desk(self._held.db, self._around.presence, self.config, now)

    def visit(self, *, asked: bool = False) -> VisitResult:
        """Make a visit. One that the user asked for just now needs no look at the desk."""
        rooms = Rooms(
            db=self._held.db,
            spotify=self._held,
            look=self._look,
            face_model=open_model("face_mood").label,
            settings=self.config.choose,
            rng=self._around.rng,
            clock=self._around.now,
            may_look=self.config.camera.enabled,
        )
        result = visit(rooms if asked else replace(rooms, obstacle=self.obstacle))
        if result.outcome is Outcome.LOGIN_NEEDED:
            note_sign_in(self._held.db)
        if result.outcome:
            now, wanted = self._around.now(), self.config.agent.notices
            tell(self._held.db, result.outcome, now, self._around.notify, wanted=wanted)
        return result

    def hear(self) -> Listening | None:
        """What the desktop tells of what plays; None where it cannot tell."""
        playback = self._around.signal.playback() if self._around.signal else None
        if playback is None:
            return None
        return observe(self._held.db, heard(playback), self._around.now())

    def ask(self) -> Listening:
        """What Spotify tells of what plays, which costs a call."""
        return observe(self._held.db, polled(self._held.player()), self._around.now())

    def ends_at(self) -> datetime | None:
        """When the track that was seen last ends; None where none plays any more."""
        last = read_player_snapshot(self._held.db)
        if last is None or last.snapshot.remaining is None:
            return None
        ends = last.at + last.snapshot.remaining
        return ends if last.at <= self._around.now() < ends else None

    def sync(self) -> None:
        """Read what is new in the library, where that is due."""
        now = self._around.now()
        if is_due(read_time(self._held.db, LIBRARY_SYNCED_AT), SYNC_EVERY, now):
            done = sync_library(
                self._held.db,
                self._held.session(),
                now,
                lambda *_: None,
                playlists=self.config.spotify.playlists,
            )
            _logger.info("sync: %d tracks, %d new", done.tracks, done.added)

    def tag(self) -> None:
        """Tag a few tracks, where a source of clips is chosen and the machine is fed."""
        if not self.config.clips.providers or self._around.presence.on_battery():
            return
        label = open_model("track_mood").label
        due = due_tracks(self._held.db, label, self._around.now(), again=False)[:HELPING]
        if not due:
            return
        providers = make_providers(self.config.clips, self._held.db)
        done = tag_tracks(
            self._held.db,
            due,
            lambda query: find_clip(providers, query),
            _Careful(self._around.models),
            self._around.now,
            lambda *_: None,
        )
        _logger.info("tagging: %d tagged, %s", done.tagged, done.reasons or "none failed")

    def note_sign_in(self) -> None:
        """Keep when the sign-in ends."""
        note_sign_in(self._held.db)

    def keep_house(self) -> None:
        """Throw away what is old, once a day."""
        now = self._around.now()
        if is_due(read_time(self._held.db, HOUSEKEPT_AT), HOUSE_EVERY, now):
            keep = timedelta(days=self.config.agent.keep_days)
            keep_house(self._held.db, self._database, keep, now)
            note_sign_in(self._held.db)

    def _look(self) -> FaceReading:
        camera = self.config.camera
        source = camera.index if self._around.source is None else self._around.source
        baseline = read_baseline(self._held.db)
        return self._around.models.look(
            Look(source, camera.seconds, baseline[0] if baseline else None)
        )


class _Careful:
    """The worker as a tagger: a clip that it dies of is damaged, and not tried again at once."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def tag(self, audio: bytes | Path) -> TrackMood:
        try:
            return self._models.tag(audio)
        except WorkerLost as error:
            raise ClipDamaged(str(error)) from error
