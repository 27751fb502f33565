from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hypothesis import example, given

from companion.affect import Affect
from companion.choose.search import ACROSS, Tag, by_fit, nearest
from companion.choose.strategy import Target
from companion.track import TaggedTrack
from tests.choose.makers import affects, best_first, cell_of, libraries, seeded, tagged, targets


class Shelves:
    """A library in cells, which counts how many tags are read."""

    def __init__(self, library: list[TaggedTrack]) -> None:
        self.cells: dict[int, list[Tag]] = defaultdict(list)
        self.read_tags = 0
        for one in sorted(library, key=lambda one: -one.confidence):
            place = one.affect
            row = (one.track.id, place.valence, place.arousal, *one.spread, one.confidence)
            self.cells[cell_of(place)].append(row)

    def read(self, cell: int) -> Iterator[Tag]:
        for tag in self.cells[cell]:
            self.read_tags += 1
            yield tag


def found(library: list[TaggedTrack], target: Target) -> list[str]:
    shelves = Shelves(library)
    return [tag[0] for tag in by_fit(shelves.cells, shelves.read, target)]


@given(libraries, targets)
def test_finds_what_weighing_and_sorting_all_would(
    library: list[TaggedTrack], target: Target
) -> None:
    plain = best_first(library, target)
    order = found(library, target)
    fits = {one.tagged.track.id: one.fit for one in plain}
    assert sorted(order) == sorted(fits)
    assert [fits[name] for name in order] == [one.fit for one in plain]


def test_equal_tracks_come_by_their_id() -> None:
    library = [tagged(name, 0.5, 0.5) for name in "dbca"]
    assert found(library, Target(Affect(0.5, 0.5), 0.9, "match")) == ["a", "b", "c", "d"]


def test_most_of_a_large_library_is_not_read() -> None:
    draws = seeded(0)
    library = [
        tagged(str(n), draws.uniform(-1, 1), draws.uniform(-1, 1), draws.uniform(0.25, 1))
        for n in range(20_000)
    ]
    shelves = Shelves(library)
    best = by_fit(shelves.cells, shelves.read, Target(Affect(0.6, 0.6), 0.9, "match"))
    assert len([next(best) for _ in range(50)]) == 50
    assert shelves.read_tags < 1000


@given(affects, affects)
@example(Affect(1, 1), Affect(-1, -1))
@example(Affect(-0.7, 0.3), Affect(-0.7, 0.3))
def test_no_place_of_a_cell_is_nearer_than_the_cell(place: Affect, other: Affect) -> None:
    cell = cell_of(place)
    assert 0 <= cell < ACROSS**2
    assert nearest(cell, other) <= place.distance(other)
    assert nearest(cell, place) == 0
