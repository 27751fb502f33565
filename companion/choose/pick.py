"""Picking one track: hard limits first, then fit, taste and freshness, then a draw.

Only the tracks that fit the mood best, and nearly as well as the best of them, are weighed by
taste and freshness. So neither can bring in a track whose mood is wrong, nor one that a limit
refuses.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from companion.choose.limits import Limit
from companion.choose.score import Candidate, freshness
from companion.choose.taste import EXPLORATION, Evidence, taste

SHORTLIST = 50
FAIR = 0.1
"""A track that fits less than this share as well as the best of the list is not on it."""
BEST_FEW = 5


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The tracks that fit best by mood and pass every limit.

    Attributes:
        fitting: best fit first.
        refused: the number of tracks that each limit refused, of those that were tried.
    """

    fitting: Sequence[Candidate]
    refused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """The past of the shortlisted tracks, by their id; what is absent is unknown.

    `queued` is when each was last queued, `evidence` its endings in the present mood region,
    `voices` its worth where the strategy wants no voices.
    """

    now: datetime
    queued: Mapping[str, datetime] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    voices: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """The chosen one, and the best few it was drawn from, best first.

    Attributes:
        explored: True where taste was left out, to try what it would not.
    """

    chosen: Candidate
    best: tuple[Candidate, ...]
    explored: bool = False

    @property
    def runner_up(self) -> Candidate | None:
        """The best of those that were not drawn."""
        return next((one for one in self.best if one is not self.chosen), None)


@dataclass(frozen=True, slots=True)
class NothingFits:
    """No track is left, and the limit that emptied the list."""

    limit: str


def shortlist(candidates: Iterable[Candidate], limits: Sequence[Limit]) -> Shortlist:
    """The first `SHORTLIST` that pass every limit and fit fairly as well as the first of them.

    The candidates come best fit first; the limits are asked in their order.
    """
    fitting: list[Candidate] = []
    refused: Counter[str] = Counter()
    for candidate in candidates:
        track = candidate.tagged.track
        refusing = next((limit for limit in limits if not limit.allows(track)), None)
        if refusing:
            refused[refusing.name] += 1
            continue
        if not candidate.fit or (fitting and candidate.fit < FAIR * fitting[0].fit):
            break
        fitting.append(candidate)
        if len(fitting) == SHORTLIST:
            break
    return Shortlist(fitting, refused)


def rank(short: Shortlist, past: Past, *, explored: bool = False) -> list[Candidate]:
    """The shortlist with taste and freshness, best score first; `explored` leaves taste out."""
    weighed = [_weigh_past(candidate, past, explored=explored) for candidate in short.fitting]
    return sorted(weighed, key=lambda one: (-one.score, one.tagged.track.id))


def draw(ranked: Sequence[Candidate], temperature: float, rng: Random) -> Pick:
    """Draw one of the best few: a track's weight is score ** (1 / temperature).

    `ranked` holds one or more, best score first. Near 0 the best is always drawn, at 1 by the
    scores themselves.
    """
    best = ranked[:BEST_FEW]
    weights = [(one.score / best[0].score) ** (1 / temperature) for one in best]
    return Pick(rng.choices(best, weights)[0], tuple(best))


def pick(short: Shortlist, past: Past, temperature: float, rng: Random) -> Pick:
    """Rank a shortlist that is not empty, and draw; now and then without taste."""
    explored = rng.random() < EXPLORATION
    picked = draw(rank(short, past, explored=explored), temperature, rng)
    return replace(picked, explored=explored)


def emptied_by(short: Shortlist, limits: Sequence[Limit]) -> str:
    """Say what left nothing: the last of the limits that refused a track."""
    last = next((limit for limit in reversed(limits) if short.refused.get(limit.name)), None)
    if last is None:
        return "no tagged track is near enough to the target"
    others = sum(short.refused.values()) - short.refused[last.name]
    return f"every fitting track {'that was left ' if others else ''}{last.words}"


def _weigh_past(candidate: Candidate, past: Past, *, explored: bool) -> Candidate:
    track = candidate.tagged.track.id
    evidence = Evidence() if explored else past.evidence.get(track, Evidence())
    queued = past.queued.get(track)
    return replace(
        candidate,
        taste=taste(evidence),
        freshness=freshness(None if queued is None else past.now - queued),
        voice=past.voices.get(track, 1.0),
    )
