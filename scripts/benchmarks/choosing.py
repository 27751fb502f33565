"""The cost of a pick from a library of 1,000, 10,000 and 100,000 tagged tracks.

`scripts/bench` calls `rows`. Each pick opens the store anew, so that loading is in it;
the store has a history of a year with 20 picks a day.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
from evaluation.draws import seeded

from benchmarks.row import Row, cpu_ms, wall_ms
from companion.affect import (
    EMOTION_AFFECT,
    QUADRANT_AFFECT,
    Emotion,
    FaceMood,
    Quadrant,
    expected_affect,
)
from companion.agent.visit.choice import choose_track
from companion.agent.visit.context import candidates
from companion.choose.pick import SHORTLIST, Pick
from companion.choose.score import DECAY, SURENESS
from companion.choose.strategy import WIDE, Target
from companion.config.schema import Choose
from companion.store.database import open_database, transaction
from companion.store.history.queue import EntryState, track_to_json
from companion.store.tracks.library import save_tracks
from companion.track import Track

LIBRARIES = {1_000: (5.0, 2.0), 10_000: (10.0, 4.0), 100_000: (40.0, 15.0)}  # limit, beyond; ms
TRACKS_OF_ARTIST = 12
PICKS = 20 * 365
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
REPEATS = 15
PLACE = {"valence": 0.0, "arousal": 0.0}


def rows() -> list[Row]:
    """One row for each size of library, and what the index saves in the largest."""
    picks = [_measure(size, *limits) for size, limits in LIBRARIES.items()]
    return [*picks, _compare(max(LIBRARIES))]


def _measure(size: int, limit: float, beyond: float) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "companion.db")
        fill(file, size)
        draws = seeded(1)

        def pick() -> None:
            with open_database(file) as db:
                pick_once(db, draws)

        return Row(
            f"a pick from {size:,} tagged tracks", wall_ms(pick, REPEATS), "ms", limit, beyond
        )


def _compare(size: int) -> Row:
    """The time of the candidates by the index of cells, as a share of that of a plain scan."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "companion.db")
        fill(file, size)
        target = Target(QUADRANT_AFFECT[Quadrant.Q4], WIDE, "match")
        with open_database(file) as db:
            by_index = cpu_ms(lambda: list(islice(candidates(db, target), SHORTLIST)), REPEATS)
            by_scan = cpu_ms(lambda: _scan(db, target), REPEATS)
        what = f"the candidates of {size:,} by the index, of {by_scan:.0f} ms CPU by a scan"
        return Row(what, by_index / by_scan, "times", limit=1.0)


def _scan(db: sqlite3.Connection, target: Target) -> np.ndarray:
    """The rows of the best candidates, by reading every tag."""
    tags = db.execute("SELECT valence, arousal, confidence FROM tags").fetchall()
    valence, arousal, confidence = np.array([tuple(tag) for tag in tags]).T
    distance = np.hypot(valence - target.affect.valence, arousal - target.affect.arousal)
    fits = np.exp(-DECAY * distance / target.tolerance) * confidence**SURENESS
    fits[distance > target.tolerance] = 0.0
    best = np.argpartition(-fits, min(SHORTLIST, len(fits) - 1))[:SHORTLIST]
    return best[np.argsort(-fits[best])]


def pick_once(db: sqlite3.Connection, draws: Random) -> None:
    """Choose for an emotion that is drawn."""
    emotion = draws.choice(list(Emotion))
    shares = dict.fromkeys(Emotion, 0.02) | {emotion: 0.86}
    reading = FaceMood(shares, expected_affect(shares, EMOTION_AFFECT), 0.86, 30)
    choice = choose_track(db, Choose(), draws, NOW, reading=reading)
    if not isinstance(choice.picked, Pick):
        raise SystemExit("The benchmark's library has nothing that fits.")


def fill(file: Path, size: int) -> None:
    """Store a library of that size with a year of picks."""
    draws = seeded(size)
    tracks = list(_tracks(size))
    with open_database(file) as db:
        save_tracks(db, tracks, NOW)
        _tag(db, tracks, draws)
        _queue(db, tracks, draws)


def _tracks(size: int) -> Iterator[Track]:
    for number in range(size):
        id_ = f"{number:022}"
        yield Track(
            id=id_,
            uri=f"spotify:track:{id_}",
            title=f"Song {number}",
            artists=(f"Artist {number // TRACKS_OF_ARTIST}",),
            album=f"Album {number // TRACKS_OF_ARTIST}",
            duration_ms=200_000 + number,
            isrc=f"ZZ{number:010}",
            added_at=NOW - timedelta(days=number % 3000),
        )


def _tag(db: sqlite3.Connection, tracks: list[Track], draws: Random) -> None:
    columns = "track_id, model, q1, q2, q3, q4, valence, arousal, confidence, tempo, pitch_low, "
    rest = "pitch_high, voiced, provider, reference, match, tagged_at"
    rows = []
    for track in tracks:
        shares = _shares(draws)
        place = expected_affect(dict(zip(Quadrant, shares, strict=True)), QUADRANT_AFFECT)
        numbers = (*shares, place.valence, place.arousal, max(shares), 120.0, 80.0, 400.0, 0.5)
        rows.append((track.id, "track_mood/1", *numbers, "local", "a", 1.0, NOW.timestamp()))
    with transaction(db):
        db.executemany(
            f"INSERT INTO tags ({columns}{rest}) VALUES ({', '.join('?' * 17)})",  # noqa: S608 - names from above
            rows,
        )


def _shares(draws: Random) -> list[float]:
    """Probabilities as sure as a network's: half of the tags are surer than two thirds."""
    weights = [draws.gammavariate(0.35, 1.0) + 1e-9 for _ in Quadrant]
    return [weight / sum(weights) for weight in weights]


def _queue(db: sqlite3.Connection, tracks: list[Track], draws: Random) -> None:
    ends = (EntryState.FINISHED, EntryState.FINISHED, EntryState.SKIPPED, EntryState.UNKNOWN)
    rows = []
    for number in range(PICKS):
        track = draws.choice(tracks)
        at = (NOW - timedelta(days=365) * (1 - number / PICKS)).timestamp()
        region = draws.choice(list(Quadrant)).value
        kept = json.dumps(track_to_json(track))
        why = json.dumps({"region": region, "strategy": "match", "target": PLACE})
        rows.append((track.id, kept, draws.choice(ends).value, at, at, why))
    with transaction(db):
        db.executemany(
            "INSERT INTO queue_entries (track_id, track, state, planned_at, changed_at, why) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
