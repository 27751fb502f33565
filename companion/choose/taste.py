"""Taste: a factor of the score, learnt from what the user finishes, skips and likes in a mood.

The model is a Beta-Bernoulli one: whether a track is welcome in a mood region is a coin
of unknown bias with the prior Beta(PRIOR / 2, PRIOR / 2), and the posterior mean after
`welcome` good and `unwelcome` bad endings is

    (welcome + PRIOR * middle) / (welcome + unwelcome + PRIOR)

with middle = 1/2 (A. Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.4). A track
leans on its artist: the artist's posterior mean, by the artist's other tracks, is the
middle of the track's. The factor is BOUND ** (2 * mean - 1): 1 without evidence, never
outside [1 / BOUND, BOUND]. It orders tracks that fit the mood nearly as well as each other
(`companion.choose.pick`), so it cannot bring in one whose mood is wrong. A share
`EXPLORATION` of the picks leaves taste out, so that what was skipped once is tried again
(epsilon-greedy: R. S. Sutton and A. G. Barto, Reinforcement Learning, 2nd ed., section 2.2).
"""

from dataclasses import dataclass

PRIOR = 1.0
BOUND = 8.0
EXPLORATION = 0.05
LIKE = 2
"""A like says as much as so many tracks heard to their end."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The endings of tracks in one mood region, but for unknown ones.

    Finished ones are welcome, and `LIKE` for each like; skipped ones are unwelcome.
    """

    welcome: int = 0
    unwelcome: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.welcome + other.welcome, self.unwelcome + other.unwelcome)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The endings of a track in the present mood region, and those of its artist's other tracks."""

    track: Counts = Counts()
    artist: Counts = Counts()


def taste(evidence: Evidence) -> float:
    """The factor of the score, in [1 / BOUND, BOUND]; exactly 1 without evidence."""
    by_artist = _posterior(evidence.artist, 0.5)
    return float(BOUND ** (2 * _posterior(evidence.track, by_artist) - 1))


def gather(own: Counts, of_artist: Counts) -> Evidence:
    """The evidence of a track whose own endings are among those of its artist."""
    return Evidence(
        own, Counts(of_artist.welcome - own.welcome, of_artist.unwelcome - own.unwelcome)
    )


def _posterior(counts: Counts, middle: float) -> float:
    """The posterior mean, in (0, 1)."""
    total = counts.welcome + counts.unwelcome
    return (counts.welcome + PRIOR * middle) / (total + PRIOR)
