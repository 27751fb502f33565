"""The one formula that decides: fit, times taste, times freshness.

    closeness = exp(-DECAY * distance / tolerance)
    fit       = closeness * confidence ** SURENESS
    score     = fit * taste * freshness

Closeness decays exponentially, as likeness does with distance in a space of percepts (R. N.
Shepard, "Toward a universal law of generalization for psychological science", Science 237,
1987). Fit is what mood alone says.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from companion.choose.strategy import Target
from companion.track import TaggedTrack

DECAY = 3.0
SURENESS = 4.0
"""The exponent of the confidence, by which a sure tag counts more; chosen on a third of the
labelled artists, see models/picks."""
RECOVERY = timedelta(days=3)
"""The half-life of the freshness that a track lost by being played."""
STALEST = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track with the numbers that decide.

    Attributes:
        distance: from the target, in [0, 2 * sqrt(2)].
        closeness: the worth of the distance, in (0, 1].
        fit: closeness times the worth of the tag's confidence, in [0, 1].
        taste: above 1 for what was liked in such a mood, below for what was not.
        freshness: below 1 for what was played lately.
    """

    tagged: TaggedTrack
    distance: float
    closeness: float
    fit: float
    taste: float = 1.0
    freshness: float = 1.0

    @property
    def score(self) -> float:
        """The weight in the draw."""
        return self.fit * self.taste * self.freshness


def closeness(distance: float, tolerance: float) -> float:
    """Return the worth of a distance from the target, in (0, 1]."""
    return math.exp(-DECAY * distance / tolerance)


def fit(distance: float, tolerance: float, confidence: float) -> float:
    """Return the fit by mood alone, in [0, 1]; never less for a nearer or surer track."""
    return closeness(distance, tolerance) * math.pow(confidence, SURENESS)


def weigh(tagged: TaggedTrack, target: Target) -> Candidate:
    """The numbers of one track, before taste and freshness."""
    distance = tagged.affect.distance(target.affect)
    near = closeness(distance, target.tolerance)
    return Candidate(tagged, distance, near, fit(distance, target.tolerance, tagged.confidence))


def freshness(since_played: timedelta | None) -> float:
    """Return the worth of the time since a track was last queued, in [STALEST, 1]; 1 if never."""
    if since_played is None:
        return 1.0
    return 1 - (1 - STALEST) * math.pow(0.5, max(since_played, timedelta(0)) / RECOVERY)
