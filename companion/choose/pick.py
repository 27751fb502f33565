"""Picking one track: hard limits first, then closeness times the tag's confidence."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from random import Random

from companion.affect import TrackMood
from companion.choose.strategy import Target
from companion.track import Track

BEST_FEW = 5
SHARPNESS = 4.0
"""How strongly the sampling prefers a higher score: its weight is score ** SHARPNESS."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track with the numbers that decide.

    Attributes:
        distance: from the target, in [0, 2 * sqrt(2)].
        closeness: what the distance is worth, in (0, 1].
        score: closeness times the tag's confidence, in [0, 1].
    """

    track: Track
    mood: TrackMood
    distance: float
    closeness: float
    score: float


@dataclass(frozen=True, slots=True)
class Pick:
    """The chosen one, and the best few it was drawn from, best first."""

    chosen: Candidate
    best: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class NothingFits:
    """No track is left, and the limit that emptied the list."""

    limit: str


def pick(
    tagged: Iterable[tuple[Track, TrackMood]],
    target: Target,
    *,
    recent: Collection[str],
    rng: Random,
) -> Pick | NothingFits:
    """Draw one of the best few that fit.

    Args:
        tagged: the library's tagged tracks.
        target: what the track should be like.
        recent: the ids of tracks that must not come again yet.
        rng: where the draw comes from.
    """
    library = list(tagged)
    if not library:
        return NothingFits("no track of the library is tagged")
    fresh = [(track, mood) for track, mood in library if track.id not in recent]
    if not fresh:
        return NothingFits("every tagged track plays, comes next or was queued a short while ago")
    fitting = [
        candidate
        for candidate in (weigh(track, mood, target) for track, mood in fresh)
        if candidate.distance <= target.tolerance and candidate.score > 0
    ]
    if not fitting:
        return NothingFits("no tagged track is near enough to the target")
    best = sorted(fitting, key=lambda candidate: (-candidate.score, candidate.track.id))[:BEST_FEW]
    weights = [(candidate.score / best[0].score) ** SHARPNESS for candidate in best]
    return Pick(rng.choices(best, weights)[0], tuple(best))


def weigh(track: Track, mood: TrackMood, target: Target) -> Candidate:
    """The numbers of one track: closeness is a Gaussian, half the tolerance wide."""
    distance = mood.affect.distance(target.affect)
    closeness = math.exp(-0.5 * (2 * distance / target.tolerance) ** 2)
    return Candidate(track, mood, distance, closeness, closeness * mood.confidence)
