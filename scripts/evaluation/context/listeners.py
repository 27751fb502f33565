"""Kinds of simulated listeners and their habits: written down before anything was tuned on them.

A listener has a library, a mood that moves through the day, and ways to use the player. Every
number of a listener is drawn from a stated range. The mood at hour h of a day is

    mood = share * habit(h) + (1 - share) * own(t)

where habit(h) is a smooth curve of the hour that stays for weeks, and own(t) a place that jumps a
few times a day. The listener starts tracks near the mood, lets the player go on with what is like
the track that was started, and leaves early what is too far from the mood.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Range = tuple[float, float]
SLOT_MINUTES = 3.5
"""A track."""


class Kind(StrEnum):
    """Kinds of listeners."""

    MOOD_DRIVEN = "mood-driven"
    HABIT_DRIVEN = "habit-driven"
    ALBUMS = "album listener"
    SKIPPER = "skipper"
    SHARED_DESK = "shares the desk"
    TASTE_TURNS = "taste turns"
    NO_CAMERA = "no camera"


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges that a kind's numbers are drawn from.

    Attributes:
        habit_share: how much of the mood is habit, in [0, 1].
        starts: chance that the listener starts a track, at each track's end.
        album: chance that a start is an album, which is heard in order.
        jumps_a_day: how often the mood jumps.
        choice_scatter: how far from the mood started tracks lie, along an axis.
        patience: the distance from the mood at which half of the tracks are left early.
        restless: chance of leaving a track early for no reason.
        expressive: chance that the mood shows in the face at a look.
        others: chance that a look sees somebody else.
        turns: whether habits are drawn anew in the middle of the time.
        camera: whether there is one.
    """

    habit_share: Range = (0.3, 0.6)
    starts: Range = (0.15, 0.35)
    album: Range = (0.0, 0.1)
    jumps_a_day: Range = (2.0, 5.0)
    choice_scatter: Range = (0.2, 0.4)
    patience: Range = (0.6, 0.9)
    restless: Range = (0.02, 0.08)
    expressive: Range = (0.2, 0.7)
    others: Range = (0.0, 0.0)
    turns: bool = False
    camera: bool = True


KINDS: Mapping[Kind, Ranges] = {
    Kind.MOOD_DRIVEN: Ranges(habit_share=(0.1, 0.35), jumps_a_day=(3.0, 7.0)),
    Kind.HABIT_DRIVEN: Ranges(habit_share=(0.65, 0.9), jumps_a_day=(1.0, 3.0)),
    Kind.ALBUMS: Ranges(album=(0.4, 0.8), starts=(0.05, 0.15)),
    Kind.SKIPPER: Ranges(patience=(0.4, 0.55), restless=(0.1, 0.25), starts=(0.05, 0.2)),
    Kind.SHARED_DESK: Ranges(others=(0.25, 0.5)),
    Kind.TASTE_TURNS: Ranges(habit_share=(0.5, 0.8), turns=True),
    Kind.NO_CAMERA: Ranges(camera=False),
}


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener.

    Attributes:
        kind: which kind.
        numbers: by the name of the range they were drawn from.
        habits: two curves of the habit: (2, 24, 2), the second holds after the turn.
        places: where the library's tracks lie, as a person hears them: (tracks, 2).
        tags: where the tagger says they lie: (tracks, 2).
        confidence: of the tags, in [0, 1]: (tracks,).
        albums: the album of each track: (tracks,).
    """

    kind: Kind
    numbers: Mapping[str, float]
    habits: Floats
    places: Floats
    tags: Floats
    confidence: Floats
    albums: NDArray[np.int64]

    @property
    def ranges(self) -> Ranges:
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Tagger:
    """The errors of the tags, as published: how often the signs are right, on held-out artists.

    Attributes:
        valence, arousal: the share of right signs, in [0.5, 1].
    """

    valence: float
    arousal: float


LIBRARY = 400
ALBUM_TRACKS = 10
TRACK_SCATTER = 0.5
"""Of a library about the listener's middle, along an axis."""


def make_listener(kind: Kind, tagger: Tagger, seed: int) -> Listener:
    """Draw a listener of a kind."""
    rng = np.random.default_rng([seed, list(Kind).index(kind)])
    ranges = KINDS[kind]
    names = ("habit_share", "starts", "album", "jumps_a_day", "choice_scatter", "patience")
    numbers = {
        name: float(rng.uniform(*getattr(ranges, name)))
        for name in (*names, "restless", "expressive", "others")
    }
    centres = rng.normal(0, 0.2, 2) + rng.uniform(-0.85, 0.85, (LIBRARY // ALBUM_TRACKS, 2))
    places = np.repeat(centres, ALBUM_TRACKS, axis=0) + rng.normal(0, 0.2, (LIBRARY, 2))
    places = np.clip(places, -0.95, 0.95)
    tags, confidence = _tag(places, tagger, rng)
    albums = np.repeat(np.arange(LIBRARY // ALBUM_TRACKS), ALBUM_TRACKS)
    habits = np.stack([_habit(rng), _habit(rng)])
    return Listener(kind, numbers, habits, places, tags, confidence, albums)


def _habit(rng: np.random.Generator) -> Floats:
    """A smooth curve over the hours of a day: (24, 2)."""
    hours = np.arange(24)
    waves = [
        rng.uniform(0.2, 0.6) * np.sin(2 * math.pi * (hours / 24 * turns - rng.uniform()))
        for turns in (1, 1, 2, 2)
    ]
    valence = rng.normal(0.15, 0.25) + waves[0] + waves[2] / 2
    arousal = rng.normal(0.0, 0.25) + waves[1] + waves[3] / 2
    return np.clip(np.stack([valence, arousal], axis=1), -0.9, 0.9)


def _tag(places: Floats, tagger: Tagger, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Tags whose signs are as often right as published, the unsure ones less often."""
    tags = places.copy()
    doubt = rng.uniform(0, 1, len(places))  # of each tag
    for axis, right in enumerate((tagger.valence, tagger.arousal)):
        wrong_share = 2 * (1 - right) * doubt
        flips = rng.uniform(size=len(places)) < wrong_share
        tags[flips, axis] *= -rng.uniform(0.3, 1.0, int(flips.sum()))
    tags += rng.normal(0, 0.12, tags.shape)
    right_quadrant = (1 - (1 - tagger.valence) * 2 * doubt) * (1 - (1 - tagger.arousal) * 2 * doubt)
    return np.clip(tags, -1, 1), np.clip(right_quadrant, 0.25, 0.99)
