"""The program's chooser on a list in memory, and the simpler ones that it must beat."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random

from companion.affect import Quadrant
from companion.choose.limits import Situation, make_limits
from companion.choose.pick import BEST_FEW, Past, pick, shortlist
from companion.choose.score import Candidate, weigh
from companion.choose.strategy import Target
from companion.config.schema import Choose
from companion.track import TaggedTrack
from evaluation.library import Clip

REST = 20  # picks until a track may come again
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Chooser = Callable[[Sequence[Clip], Target, Quadrant, int, Random], list[Clip]]
"""Makes so many picks of a library for a target.

The quadrant is what a table that knows no affect plane would look up.
"""


def companion(
    library: Sequence[Clip], target: Target, quadrant: Quadrant, count: int, rng: Random
) -> list[Clip]:
    """The program's own: fit, shortlist, draw. Nothing is known of taste and freshness."""
    clips = {clip.tagged.track.id: clip for clip in library}
    candidates = best_first([clip.tagged for clip in library], target)
    recent: deque[str] = deque(maxlen=REST)
    picks = []
    for _ in range(count):
        short = shortlist(candidates, make_limits(Choose(), Situation(NOW, queued=set(recent))))
        if not short.fitting:
            continue
        chosen = pick(short, Past(NOW), Choose().temperature, rng).chosen.tagged.track.id
        recent.append(chosen)
        picks.append(clips[chosen])
    return picks


def nearest(
    library: Sequence[Clip], target: Target, quadrant: Quadrant, count: int, rng: Random
) -> list[Clip]:
    """One of the nearest few, however sure their tags are."""
    ranked = sorted(library, key=lambda clip: clip.tagged.affect.distance(target.affect))
    return _draw(count, rng, lambda fresh: rng.choice(fresh[:BEST_FEW]), ranked)


def by_table(
    library: Sequence[Clip], target: Target, quadrant: Quadrant, count: int, rng: Random
) -> list[Clip]:
    """Any track that is tagged with the quadrant, as a fixed table from emotion would have it."""
    tagged = [clip for clip in library if clip.tagged.affect.quadrant is quadrant]
    return _draw(count, rng, rng.choice, tagged)


def at_random(
    library: Sequence[Clip], target: Target, quadrant: Quadrant, count: int, rng: Random
) -> list[Clip]:
    """Any track."""
    return _draw(count, rng, rng.choice, list(library))


CHOOSERS: dict[str, Chooser] = {
    "companion": companion,
    "nearest, without confidence": nearest,
    "fixed table of quadrants": by_table,
    "random": at_random,
}


def best_first(tagged: Sequence[TaggedTrack], target: Target) -> list[Candidate]:
    """The tracks within the tolerance, best fit first."""
    weighed = [weigh(one, target) for one in tagged]
    near = [one for one in weighed if one.distance <= target.tolerance]
    return sorted(near, key=lambda one: (-one.fit, one.tagged.track.id))


def _draw(
    count: int, rng: Random, choose: Callable[[list[Clip]], Clip], ranked: Sequence[Clip]
) -> list[Clip]:
    recent: deque[str] = deque(maxlen=REST)
    picks = []
    for _ in range(count):
        picked = choose([clip for clip in ranked if clip.tagged.track.id not in recent])
        recent.append(picked.tagged.track.id)
        picks.append(picked)
    return picks
