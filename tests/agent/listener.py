"""A library and a past in the store, for tests of the choice."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from companion.affect import Affect, Emotion, FaceMood
from companion.agent.visit.choice import Choice, choose_track
from companion.agent.visit.explanation import make_why
from companion.agent.visit.outcome import Outcome
from companion.choose.pick import Pick
from companion.config.schema import Choose
from companion.store.history.queue import EntryState, move_entry, plan_entry
from companion.store.history.visits import Visit, save_visit
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.track import Track
from tests.choose.makers import face_mood, seeded, track_mood

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
MODEL = "face_mood/1"
HAPPY = Affect(0.6, 0.6)


def song(id_: str, artist: str = "") -> Track:
    artists = (artist or f"Artist {id_}",)
    return Track(id_, f"spotify:track:{id_}", f"Song {id_}", artists, duration_ms=200_000)


def add(
    db: sqlite3.Connection, id_: str, place: Affect = HAPPY, sure: float = 0.9, artist: str = ""
) -> Track:
    """Put a tagged track into the library."""
    track = song(id_, artist)
    save_tracks(db, [track], NOW)
    save_tag(db, id_, track_mood(place, sure), Origin("local", "a", 1.0), NOW)
    return track


def read(emotion: Emotion, place: Affect, sure: float = 0.9) -> FaceMood:
    """A reading that says the emotion."""
    shares = dict.fromkeys(Emotion, (1 - sure) / 7) | {emotion: sure}
    return replace(face_mood(place.valence, place.arousal, sure), probabilities=shares)


def queue(
    db: sqlite3.Connection,
    track: Track,
    state: EntryState,
    at: datetime = NOW,
    region: str = "Q1",
    strategy: str = "match",
) -> None:
    """Have a track queued and ended."""
    why = {"region": region, "strategy": strategy, "target": {"valence": 0.6, "arousal": 0.6}}
    entry = plan_entry(db, track, why, at)
    assert entry is not None
    move_entry(db, entry, EntryState.PLANNED, state, at)


def choose_and_keep(
    db: sqlite3.Connection, at: datetime = NOW, settings: Choose | None = None, seed: int = 0
) -> Pick:
    """Choose for a happy face, and keep the pick with its why as a visit would."""
    reading = read(Emotion.HAPPINESS, HAPPY)
    choice = choose_track(db, settings or Choose(), seeded(seed), at, reading=reading)
    return keep(db, choice, at)


def keep(db: sqlite3.Connection, choice: Choice, at: datetime) -> Pick:
    """Keep a visit and its pick, as a visit would; the track is heard to its end."""
    assert isinstance(choice.picked, Pick)
    track = choice.picked.chosen.tagged.track
    visit_id = save_visit(db, Visit(at, Outcome.QUEUED, track.byline, camera=True))
    entry = plan_entry(db, track, make_why(choice, choice.picked, at), at, visit_id)
    assert entry is not None
    move_entry(db, entry, EntryState.PLANNED, EntryState.FINISHED, at + timedelta(minutes=3))
    return choice.picked
