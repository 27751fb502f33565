"""The tracks in the order of their fit, without looking at most of them.

The affect plane is cut into cells of `CELL` by `CELL`; the store can read the tracks of a
cell from the surest to the least sure. No track of a cell fits better than one would at
the cell's nearest place with the confidence of the surest unread track, as no track's sureness
is above its confidence. So the cells and
the tracks wait in one heap by what they can be at best, and a track that comes out of it
fits better than all that are still in it (the threshold algorithm: R. Fagin, A. Lotem and
M. Naor, "Optimal aggregation algorithms for middleware", Journal of Computer and System
Sciences 66(4), 2003).

A plain scan of 100,000 tags takes some 30 to 50 ms of CPU time as an SQL query with a sort, and
80 ms or more where numpy weighs them, beside the import of numpy; these cells take 4 to 10 ms for
a target in a quadrant. `scripts/bench choosing` prints the ratio.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from companion.affect import Affect
from companion.choose.score import fit, sureness
from companion.choose.strategy import Target

ACROSS = 20  # cells along an axis, as in the store's column `cell`
CELL = 2 / ACROSS
AT_ONCE = 16  # tags of a cell that are read together
ROUNDING = 1e-9  # a place on the border may be counted to the cell beside

Tag = tuple[str, float, float, float, float, float]
"""A track's id, valence, arousal, their spreads, and confidence: all that the search needs."""
ReadCell = Callable[[int], Iterator[Tag]]
"""The tags of a cell, the surest first."""


class _Waiting(NamedTuple):
    """An item of the heap: a tag, or a cell whose unread tags fit no better than this.

    Attributes:
        order: the negative fit, as a heap has its least on top.
        name: a tag's id; "" for a cell, which so comes before a tag that fits as well.
        cell: a cell's number, else -1.
        tag: None for a cell.
        unread: the rest of a cell that was begun.
    """

    order: float
    name: str
    cell: int
    tag: Tag | None = None
    unread: Iterator[Tag] | None = None


def by_fit(cells: Iterable[int], read: ReadCell, target: Target) -> Iterator[Tag]:
    """The tags within the target's tolerance, best fit first; equal ones by their id."""
    tolerance = target.tolerance
    gaps = {cell: nearest(cell, target.affect) for cell in cells}
    heap = [
        _Waiting(-fit(gap, tolerance, 1.0), "", cell)
        for cell, gap in gaps.items()
        if gap <= tolerance
    ]
    heapq.heapify(heap)
    while heap:
        best = heapq.heappop(heap)
        if best.tag:
            yield best.tag
            continue
        unread = best.unread or read(best.cell)
        tags = list(islice(unread, AT_ONCE))
        for tag in tags:
            name, valence, arousal, *spread, confidence = tag
            place = Affect(valence, arousal)
            distance = place.distance(target.affect)
            if distance <= tolerance:
                sure = sureness(place, (spread[0], spread[1]), confidence, target.affect)
                waiting = _Waiting(-fit(distance, tolerance, sure), name, -1, tag)
                heapq.heappush(heap, waiting)
        if tags:
            bound = fit(gaps[best.cell], tolerance, tags[-1][-1])
            heapq.heappush(heap, _Waiting(-bound, "", best.cell, None, unread))


def nearest(cell: int, place: Affect) -> float:
    """Return the least distance from the place to a track of the cell."""
    column, row = divmod(cell, ACROSS)
    across = _gap(place.valence, column * CELL - 1)
    along = _gap(place.arousal, row * CELL - 1)
    return max(0.0, math.hypot(across, along) - ROUNDING)


def _gap(value: float, low: float) -> float:
    return max(low - value, value - low - CELL, 0.0)
