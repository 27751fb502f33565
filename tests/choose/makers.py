"""What the tests of this room choose from."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from companion.affect import Affect, Emotion, FaceMood, PitchRange, Quadrant, TrackMood
from companion.track import Track

EVEN = {emotion: 1 / len(Emotion) for emotion in Emotion}


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a draw that can be repeated is what the tests want


def face_mood(valence: float, arousal: float, confidence: float = 0.8) -> FaceMood:
    return FaceMood(EVEN, Affect(valence, arousal), confidence, frames=30)


def track(name: str) -> Track:
    return Track(name, f"spotify:track:{name}", f"Song {name}")


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
