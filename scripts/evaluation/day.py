"""A simulated day: a listener whose mood follows the music, and the choice that follows it.

The store is a real one, and the choice the program's own; only the clock, the listener's
mood and the library are made up. The listener begins the day sad; at two o'clock something
makes them angry. What they hear draws their mood a little; what is far from it they skip.
"""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from companion.affect import (
    EMOTION_AFFECT,
    Affect,
    Emotion,
    FaceMood,
    PitchRange,
    Quadrant,
    TrackMood,
)
from companion.agent.visit.choice import choose_track
from companion.agent.visit.explanation import make_why
from companion.agent.visit.outcome import Outcome
from companion.choose.pick import NothingFits, Pick
from companion.choose.strategy import towards
from companion.config.schema import Choose
from companion.music.model.place import place
from companion.store.face.readings import save_reading
from companion.store.history.queue import EntryState, move_entry, plan_entry
from companion.store.history.visits import Visit, save_visit
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.track import Track

TRACKS = 600
HOURS = ((9.0, 12.2), (13.0, 17.5))  # of listening
SET_BACK = 14.0
EVERY = timedelta(minutes=11)
PULL = 0.16  # how far a heard track draws the mood
WAVER = 0.05
SKIPPED_BEYOND = 1.2
MODEL = "face_mood/simulated"


@dataclass(frozen=True, slots=True)
class Listener:
    """The simulated listener."""

    mood: Affect


def fill_library(db: sqlite3.Connection, now: datetime, draws: Random) -> None:
    """Store a made-up library: tags as sure and as spread as a network's."""
    for number in range(TRACKS):
        weights = [draws.gammavariate(0.45, 1.0) + 1e-6 for _ in Quadrant]
        shares = {
            quadrant: weight / sum(weights)
            for quadrant, weight in zip(Quadrant, weights, strict=True)
        }
        track = Track(
            id=f"{number:022}",
            uri=f"spotify:track:{number:022}",
            title=f"Song {number}",
            artists=(f"Artist {number % 120}",),
            duration_ms=210_000,
        )
        where = place(shares)
        mood = TrackMood(
            shares,
            where.affect,
            max(shares.values()),
            120.0,
            PitchRange(80.0, 400.0, 0.5),
            "track_mood/simulated",
            valence_spread=where.valence_spread,
            arousal_spread=where.arousal_spread,
        )
        save_tracks(db, [track], now)
        save_tag(db, track.id, mood, Origin("local", "made up", 1.0), now)


def live_day(db: sqlite3.Connection, midnight: datetime, settings: Choose, draws: Random) -> None:
    """Let the listener live a day; all that the agent would keep of it is in the store then."""
    listener = Listener(Affect(-0.62, -0.4))
    upset = False
    for begin, end in HOURS:
        now = midnight + timedelta(hours=begin)
        while now < midnight + timedelta(hours=end):
            if not upset and now >= midnight + timedelta(hours=SET_BACK):
                listener, upset = Listener(Affect(-0.55, 0.6)), True
            listener = _visit(db, listener, now, settings, draws)
            now += EVERY * draws.uniform(0.7, 1.3)


def _visit(
    db: sqlite3.Connection, listener: Listener, now: datetime, settings: Choose, draws: Random
) -> Listener:
    reading = read_face(listener.mood, draws)
    choice = choose_track(db, settings, draws, now, reading=reading)
    picked = choice.picked
    if not isinstance(picked, Pick):
        reason = picked.limit if isinstance(picked, NothingFits) else ""
        visit_id = save_visit(db, Visit(now, Outcome.NOTHING_FITS, reason, camera=True))
        save_reading(db, reading, MODEL, now, visit_id)
        return listener
    tagged = picked.chosen.tagged
    visit_id = save_visit(db, Visit(now, Outcome.QUEUED, tagged.track.byline, camera=True))
    save_reading(db, reading, MODEL, now, visit_id)
    entry = plan_entry(db, tagged.track, make_why(choice, picked, now), now, visit_id)
    skipped = tagged.affect.distance(listener.mood) > SKIPPED_BEYOND
    if entry is not None:
        end = EntryState.SKIPPED if skipped else EntryState.FINISHED
        move_entry(db, entry, EntryState.PLANNED, end, now + timedelta(minutes=4))
    return listener if skipped else _hear(listener, tagged.affect, draws)


def _hear(listener: Listener, music: Affect, draws: Random) -> Listener:
    drawn = towards(listener.mood, music, PULL * listener.mood.distance(music))
    wavering = Affect.clipped(
        drawn.valence + draws.gauss(0, WAVER), drawn.arousal + draws.gauss(0, WAVER)
    )
    return replace(listener, mood=wavering)


def read_face(mood: Affect, draws: Random) -> FaceMood:
    """Simulate the reading of the mood: the nearer an emotion, the likelier; with noise."""
    seen = Affect.clipped(mood.valence + draws.gauss(0, 0.08), mood.arousal + draws.gauss(0, 0.08))
    weights = {
        emotion: math.exp(-((place.distance(seen) / 0.3) ** 2))
        for emotion, place in EMOTION_AFFECT.items()
    }
    total = sum(weights.values())
    shares = {emotion: weights[emotion] / total for emotion in Emotion}
    return FaceMood(shares, seen, max(0.5, *shares.values()), 30)
