"""Shared by the tests of the command line: a home, the Spotify simulator, made-up tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from companion.affect import Affect, PitchRange, Quadrant, TrackMood
from companion.demo.simulator.library import Track as CatalogueTrack
from companion.demo.simulator.library import make_tracks
from companion.demo.simulator.server import Simulator
from companion.spotify.auth.credentials import SCOPES, Consent, CredentialStore
from companion.store.database import open_database
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.track import Track

CLIENT_ID = "0123456789abcdef"
SAVED = 4
ADD = ("POST", "/v1/me/player/queue")
HAPPY, SAD = Affect(0.8, 0.5), Affect(-0.7, -0.6)


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


@dataclass(frozen=True, slots=True)
class Stage:
    """A user's home with the Spotify simulator, whose library is small.

    What plays is no track of the library, so that all of it may be picked.
    """

    home: Path
    spotify: Simulator

    @property
    def database(self) -> Path:
        return self.home / "state" / "companion.db"

    def sign_in(self) -> None:
        tokens = self.spotify.accounts.sign_in(client_id=CLIENT_ID)
        today = datetime.now(UTC).date()
        CredentialStore().save(Consent(CLIENT_ID, tokens.refresh, " ".join(SCOPES), today))

    def play(self) -> None:
        self.spotify.player.play(make_tracks(SAVED + 1)[SAVED:])

    def tag_all(self, place: Affect) -> None:
        """Put the library into the store, every track tagged with the same place."""
        self.database.parent.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        with open_database(self.database) as db:
            tracks = [saved(track) for track in self.spotify.library.tracks]
            save_tracks(db, tracks, now)
            for track in tracks:
                save_tag(db, track.id, tag_at(place), Origin("deezer", "1", 1.0), now)

    def rows(self, table: str) -> int:
        """Count the rows of a table; 0 without a database."""
        if not self.database.exists():
            return 0
        with open_database(self.database) as db:
            number: int = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a test's own word
        return number


def saved(track: CatalogueTrack) -> Track:
    artists = tuple(artist.name for artist in track.artists)
    return Track(
        track.id, track.uri, track.name, artists, duration_ms=track.duration_ms, isrc=track.isrc
    )


def tag_at(place: Affect, sure: float = 0.9) -> TrackMood:
    shares = dict.fromkeys(Quadrant, (1 - sure) / 3) | {place.quadrant: sure}
    return TrackMood(shares, place, sure, 120.0, PitchRange(100.0, 400.0, 0.5), "track_mood/1")
