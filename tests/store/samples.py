"""Tracks, moods and moments to store, and strategies for more of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from companion.affect import Affect, Emotion, FaceMood, PitchRange, Quadrant, TrackMood
from companion.store.tracks.tags import Origin
from companion.track import Track

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MODEL = "track_mood/1"
ORIGIN = Origin("local", "a.flac", 0.9)
MEMORY = Path(":memory:")


def make_track(id_: str = "1", added_at: datetime | None = NOON) -> Track:
    return Track(
        id=id_,
        uri=f"spotify:track:{id_}",
        title=f"Song {id_}",
        artists=("Who", "Whom"),
        album="Album",
        duration_ms=200_000,
        isrc=f"ZZAAA26{id_:0>5}",
        added_at=added_at,
    )


def make_mood(quadrant: Quadrant = Quadrant.Q1, model: str = MODEL) -> TrackMood:
    probabilities = dict.fromkeys(Quadrant, 0.1) | {quadrant: 0.7}
    return TrackMood(
        probabilities, Affect(0.3, -0.2), 0.65, 120.5, PitchRange(82.4, 440.0, 0.5), model
    )


texts = st.text(st.characters(exclude_categories=["Cs"]))
unit = st.floats(0, 1)
affects = st.builds(Affect, st.floats(-1, 1), st.floats(-1, 1))
moments = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
tracks = st.builds(
    Track,
    id=st.text("abcXYZ019", min_size=1),
    uri=texts,
    title=texts,
    artists=st.lists(texts, max_size=4).map(tuple),
    album=texts,
    duration_ms=st.integers(0, 2**40),
    isrc=texts,
    explicit=st.booleans(),
    added_at=st.none() | moments,
    is_playable=st.booleans(),
)
face_moods = st.builds(
    FaceMood,
    probabilities=st.fixed_dictionaries(dict.fromkeys(Emotion, unit)),
    affect=affects,
    confidence=unit,
    frames=st.integers(1, 300),
)
track_moods = st.builds(
    TrackMood,
    probabilities=st.fixed_dictionaries(dict.fromkeys(Quadrant, unit)),
    affect=affects,
    confidence=unit,
    tempo=st.floats(0, 400),
    pitch=st.builds(PitchRange, st.floats(0, 5000), st.floats(0, 5000), unit),
    model=texts,
    tags=st.lists(texts, max_size=4).map(tuple),
    instrumental=st.none() | unit,
    valence_spread=unit,
    arousal_spread=unit,
)
