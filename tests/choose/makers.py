"""Tracks for this folder's tests to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from companion.affect import Affect, Emotion, FaceMood, PitchRange, Quadrant, TrackMood
from companion.choose.score import Candidate, weigh
from companion.choose.search import ACROSS
from companion.choose.strategy import Target
from companion.track import TaggedTrack, Track

EVEN = {emotion: 1 / len(Emotion) for emotion in Emotion}


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a draw that can be repeated is what the tests want


def face_mood(valence: float, arousal: float, confidence: float = 0.8) -> FaceMood:
    return FaceMood(EVEN, Affect(valence, arousal), confidence, frames=30)


def track(name: str, artist: str = "") -> Track:
    artists = (artist,) if artist else ()
    return Track(name, f"spotify:track:{name}", f"Song {name}", artists)


def tagged(
    name: str, valence: float = 0.0, arousal: float = 0.0, sure: float = 0.8, artist: str = ""
) -> TaggedTrack:
    return TaggedTrack(track(name, artist), Affect(valence, arousal), sure)


def best_first(library: Iterable[TaggedTrack], target: Target) -> list[Candidate]:
    """The plain way to what the search finds: weigh all, sort."""
    near = [one for one in library if one.affect.distance(target.affect) <= target.tolerance]
    weighed = [weigh(one, target) for one in near]
    return sorted(weighed, key=lambda one: (-one.fit, one.tagged.track.id))


def track_mood(affect: Affect, confidence: float = 0.8) -> TrackMood:
    return TrackMood(
        probabilities=dict.fromkeys(Quadrant, 0.25),
        affect=affect,
        confidence=confidence,
        tempo=120.0,
        pitch=PitchRange(80.0, 400.0, 0.5),
        model="track_mood 1",
    )


coordinates = st.floats(-1, 1)
affects = st.builds(Affect, coordinates, coordinates)
sure = st.just(0.0) | st.floats(0, 1)
spreads = st.tuples(st.just(0.0) | st.floats(0.01, 1), st.just(0.0) | st.floats(0.01, 1))
libraries = st.lists(
    st.tuples(coordinates, coordinates, sure, spreads), min_size=1, max_size=40
).map(
    lambda rows: [
        replace(tagged(f"{n:02}", valence, arousal, confidence), spread=spread)
        for n, (valence, arousal, confidence, spread) in enumerate(rows)
    ]
)
targets = st.builds(Target, affects, st.floats(0.1, 1.5), st.just("match"))
seeds = st.integers(0, 2**32)


def cell_of(affect: Affect) -> int:
    """The cell that a place lies in, as the store's column `cell` counts it."""
    column, row = (
        min(ACROSS - 1, int((axis + 1) * (ACROSS / 2))) for axis in (affect.valence, affect.arousal)
    )
    return column * ACROSS + row
