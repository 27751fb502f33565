"""The tracks in the order of their fit, without looking at most of them.

The affect plane is cut into cells of `CELL` by `CELL`; the store can read the tracks of a
cell from the surest to the least sure. No track of a cell fits better than one would at
the cell's nearest place with the confidence of the surest unread track. So the cells and
the tracks wait in one heap by what they can be at best, and a track that comes out of it
fits better than all that are still in it (the threshold algorithm: R. Fagin, A. Lotem and
M. Naor, "Optimal aggregation algorithms for middleware", Journal of Computer and System
Sciences 66(4), 2003).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from companion.affect import Affect
from companion.choose.score import Candidate, fit, weigh
from companion.choose.strategy import Target
from companion.track import TaggedTrack

ACROSS = 20  # cells along an axis, as in the store's column `cell`
CELL = 2 / ACROSS

ReadCell = Callable[[int], Iterator[TaggedTrack]]
"""The tracks of a cell, the surest first."""


def by_fit(cells: Iterable[int], read: ReadCell, target: Target) -> Iterator[Candidate]:
    """The tracks within the target's tolerance, best fit first; equal ones by their id."""
    turn = count()  # so that the heap never compares what it carries
    heap: list[tuple[float, str, int, Candidate | int, Iterator[TaggedTrack] | None]] = []
    for cell in cells:
        distance = nearest(cell, target.affect)
        if distance <= target.tolerance:
            best = fit(distance, target.tolerance, 1.0)
            heap.append((-best, "", next(turn), cell, None))
    heapq.heapify(heap)
    while heap:
        _, _, _, what, rest = heapq.heappop(heap)
        if isinstance(what, Candidate):
            yield what
            continue
        rest = rest or read(what)
        tagged = next(rest, None)
        if tagged is None:
            continue
        candidate = weigh(tagged, target)
        if candidate.distance <= target.tolerance:
            key = (-candidate.fit, tagged.track.id, next(turn), candidate, None)
            heapq.heappush(heap, key)
        best = fit(nearest(what, target.affect), target.tolerance, tagged.confidence)
        heapq.heappush(heap, (-best, "", next(turn), what, rest))


def cell_of(affect: Affect) -> int:
    """The cell that a place lies in."""
    column, row = (
        min(ACROSS - 1, int((axis + 1) * (ACROSS / 2))) for axis in (affect.valence, affect.arousal)
    )
    return column * ACROSS + row


def nearest(cell: int, place: Affect) -> float:
    """How near to the place a track of the cell can be."""
    column, row = divmod(cell, ACROSS)
    across = _gap(place.valence, column * CELL - 1)
    along = _gap(place.arousal, row * CELL - 1)
    return max(0.0, math.hypot(across, along) - ROUNDING)


ROUNDING = 1e-9  # a place on the border may be counted to the cell beside


def _gap(value: float, low: float) -> float:
    return max(low - value, value - low - CELL, 0.0)
