"""The one formula that decides: fit, times taste, times freshness.

    closeness = exp(-DECAY * distance / tolerance)
    fit       = closeness * sureness ** SURENESS
    score     = fit * taste * freshness * voice

Closeness decays exponentially, as likeness does with distance in a space of percepts (R. N.
Shepard, "Toward a universal law of generalization for psychological science", Science 237,
1987). Sureness is the tag's confidence, or less: the probability that the true place, which is
normally distributed about the one that is told, lies on the target's side of the plane's axes.
Fit is what mood alone says.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from companion.affect import Affect
from companion.choose.strategy import Target
from companion.track import TaggedTrack

DECAY = 3.0
SURENESS = 8.0
"""The exponent of the sureness, by which a sure tag counts more. On a third of the labelled artists
it is the one of fewest skips among those with at least .87 of right picks; see models/picks. A
steeper one leaves the learning of a taste too few tracks to choose from."""
OFF_AXIS = 0.3
"""A target nearer to an axis is on neither side of it for sure."""
INSTRUMENTAL = "instrumental"
MAY_BE_SUNG, SUNG = 0.8, 0.2
"""The worth of a track where no voice is wanted, and nothing or the contrary was heard."""
RECOVERY = timedelta(days=3)
"""The half-life of the freshness that a track lost by being played."""
STALEST = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track with the numbers that decide.

    Attributes:
        distance: from the target, in [0, 2 * sqrt(2)].
        closeness: the worth of the distance, in (0, 1].
        sureness: how likely the track is of the mood that its tag says, and that is the target's.
        fit: closeness times the worth of the sureness, in [0, 1].
        taste: above 1 for what was liked in such a mood, below for what was not.
        freshness: below 1 for what was played lately.
        voice: below 1 for what may be sung, where the strategy wants no voices.
    """

    tagged: TaggedTrack
    distance: float
    closeness: float
    sureness: float
    fit: float
    taste: float = 1.0
    freshness: float = 1.0
    voice: float = 1.0

    @property
    def score(self) -> float:
        """The weight in the draw."""
        return self.fit * self.taste * self.freshness * self.voice


def closeness(distance: float, tolerance: float) -> float:
    """Return the worth of a distance from the target, in (0, 1]."""
    return math.exp(-DECAY * distance / tolerance)


def sureness(
    place: Affect, spread: tuple[float, float], confidence: float, target: Affect
) -> float:
    """Return how likely the track is of the mood that its tag says, and that is the target's."""
    valence, arousal = spread
    beside = _same_side(place.valence, valence, target.valence)
    above = _same_side(place.arousal, arousal, target.arousal)
    return min(confidence, beside * above)


def _same_side(coordinate: float, spread: float, target: float) -> float:
    """The probability that a true coordinate has the target's sign; 1 without a spread."""
    if not spread:
        return 1.0
    other = math.erfc(math.copysign(coordinate, coordinate * target) / (spread * math.sqrt(2))) / 2
    return 1 - min(1.0, abs(target) / OFF_AXIS) * other


def fit(distance: float, tolerance: float, sure: float) -> float:
    """Return the fit by mood alone, in [0, 1]; never less for a nearer or surer track."""
    return closeness(distance, tolerance) * math.pow(sure, SURENESS)


def weigh(tagged: TaggedTrack, target: Target) -> Candidate:
    """The numbers of one track, before taste and freshness."""
    distance = tagged.affect.distance(target.affect)
    near = closeness(distance, target.tolerance)
    sure = sureness(tagged.affect, tagged.spread, tagged.confidence, target.affect)
    return Candidate(tagged, distance, near, sure, fit(distance, target.tolerance, sure))


def voice_worth(heard: Collection[str]) -> float:
    """Return the worth of a track where no voice is wanted, by the words for what was heard."""
    if INSTRUMENTAL in heard:
        return 1.0
    return SUNG if any(word.startswith("sung ") for word in heard) else MAY_BE_SUNG


def freshness(since_played: timedelta | None) -> float:
    """Return the worth of the time since a track was last queued, in [STALEST, 1]; 1 if never."""
    if since_played is None:
        return 1.0
    return 1 - (1 - STALEST) * math.pow(0.5, max(since_played, timedelta(0)) / RECOVERY)
