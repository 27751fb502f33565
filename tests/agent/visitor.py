"""A listener at the simulator with a camera and a store: where a test makes its visits."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from companion.affect import Abstention, Affect, FaceReading
from companion.agent.quota import StoreQuota
from companion.agent.visit.conditions import Obstacle
from companion.agent.visit.visit import Dependencies, Player, VisitResult, visit
from companion.config.schema import Config
from companion.demo.simulator.library import Track as CatalogueTrack
from companion.demo.simulator.server import Simulator
from companion.errors import CompanionError
from companion.playback import PlayerState, QueueView
from companion.spotify.auth.credentials import scopes_for
from companion.spotify.client import SpotifySession, connect
from companion.store.history.queue import EntryState
from companion.store.history.visits import Visit
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.track import Track
from tests.choose.makers import face_mood, seeded, track_mood
from tests.spotify.fakes import settings, signed_in_keyring

ADD = ("POST", "/v1/me/player/queue")
HAPPY = FaceReading(face_mood(0.5, 0.4))


class Camera:
    """Shows what it is told to, and counts how often it is opened."""

    def __init__(self) -> None:
        self.shows: FaceReading | CompanionError = HAPPY
        self.before: Callable[[], object] = lambda: None
        self.looks = 0

    def look(self) -> FaceReading:
        self.looks += 1
        self.before()
        if isinstance(self.shows, CompanionError):
            raise self.shows
        return self.shows

    def abstain(self, reason: Abstention) -> None:
        unsure = face_mood(0.1, 0.1, 0.2) if reason is Abstention.LOW_CONFIDENCE else None
        self.shows = FaceReading(unsure, reason, "a detail")


class KilledAtPost:
    """A player beside which the program is killed, before or after the POST."""

    def __init__(self, player: Player, *, sends: bool) -> None:
        self._player, self._sends = player, sends

    def player(self) -> PlayerState | None:
        return self._player.player()

    def queue(self) -> QueueView:
        return self._player.queue()

    def add(self, uri: str) -> None:
        if self._sends:
            self._player.add(uri)
        raise KeyboardInterrupt


class Visitor:
    """Signed in at a simulator, by its clock.

    Attributes:
        spotify: what the visits work with; the session unless a test puts something before it.
    """

    def __init__(self, sim: Simulator, db: sqlite3.Connection) -> None:
        self.sim, self.db = sim, db
        self.camera = Camera()
        self.session = sign_in(sim, db)
        self.spotify: Player = self.session
        self._open = ExitStack()
        self._open.enter_context(self.session)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def now(self) -> datetime:
        return now_at(self.sim)

    def tag(self, tracks: Iterable[CatalogueTrack]) -> None:
        """Put the tracks in the library, all of them near to the happy face."""
        for number, one in enumerate(tracks):
            save_tracks(self.db, [to_track(one)], self.now())
            mood = track_mood(Affect(0.5, 0.4 - 0.01 * number))
            save_tag(self.db, one.id, mood, Origin("deezer", "1", 1.0), self.now())

    def hear_nothing(self) -> None:
        """From now on no play is kept, so that only the face tells the mood."""
        self.db.execute(
            "CREATE TEMP TRIGGER unheard BEFORE INSERT ON main.plays "
            "BEGIN SELECT RAISE(IGNORE); END"
        )

    def visit(
        self, *, dry: bool = False, seed: int = 0, shut: Obstacle | None = None
    ) -> VisitResult:
        return visit(
            Dependencies(
                self.db,
                None if dry else self.spotify,
                self.camera.look,
                "face_mood 1",
                Config(),
                seeded(seed),
                self.now,
                shut=shut,
            )
        )

    @property
    def posts(self) -> int:
        return self.sim.count(*ADD)

    @property
    def queued(self) -> list[str]:
        """The truth at Spotify: the URIs that wait in the queue."""
        return [item.uri for item in self.sim.player.queued()]

    @property
    def states(self) -> list[EntryState]:
        rows = self.db.execute("SELECT state FROM queue_entries ORDER BY id")
        return [EntryState(row["state"]) for row in rows]

    @property
    def visits(self) -> list[Visit]:
        rows = self.db.execute("SELECT * FROM visits ORDER BY id")
        return [
            Visit(
                datetime.fromtimestamp(row["at"], UTC),
                row["outcome"],
                row["detail"],
                bool(row["camera"]),
            )
            for row in rows
        ]

    @property
    def readings(self) -> int:
        count: int = self.db.execute("SELECT count(*) FROM readings").fetchone()[0]
        return count


def now_at(sim: Simulator) -> datetime:
    return datetime.fromtimestamp(sim.clock.now(), UTC)


def sign_in(sim: Simulator, db: sqlite3.Connection, *, playlists: bool = False) -> SpotifySession:
    """A session by the simulator's clock, whose calls are counted in the store."""
    wanted = replace(settings(sim.url), playlists=playlists)
    return connect(
        wanted,
        StoreQuota(db, lambda: now_at(sim)),
        signed_in_keyring(sim.accounts.sign_in().refresh, " ".join(scopes_for(wanted))),
        now=lambda: now_at(sim),
        sleep=sim.clock.advance,
    )


def to_track(one: CatalogueTrack) -> Track:
    artists = tuple(artist.name for artist in one.artists)
    return Track(one.id, one.uri, one.name, artists, one.album.name, one.duration_ms, one.isrc)
