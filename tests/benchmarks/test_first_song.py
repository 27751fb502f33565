from __future__ import annotations

import pytest
from benchmarks import first_song
from benchmarks.first_song import draw_library, share_right
from evaluation.library import Clip

from companion.affect import QUADRANT_AFFECT, Quadrant
from companion.agent.library.tagging_order import spread
from companion.track import TaggedTrack, Track
from tests.choose.makers import seeded


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_song, "LIBRARIES", 2)


def clips(*, right: bool) -> list[Clip]:
    """A clip of each quadrant, whose tags are all right, or say the opposite quadrant."""
    turned = list(Quadrant)[2:] + list(Quadrant)[:2]
    return [
        Clip(
            TaggedTrack(Track("x", "x", "x"), QUADRANT_AFFECT[one if right else other], 0.9),
            one,
        )
        for one, other in zip(Quadrant, turned, strict=True)
    ]


def test_the_library_is_of_one_phase_where_it_is_new() -> None:
    library = draw_library(clips(right=True), seeded(1))
    assert len(library) == 2_000
    assert len({one.tagged.track.id for one in library}) == 2_000
    shares = [
        max(sum(one.label is quadrant for one in part) for quadrant in Quadrant) / len(part)
        for part in (library[:300], library[300:])
    ]
    assert shares[0] > 0.6 > shares[1]


def test_tags_that_are_right_make_right_picks_and_wrong_ones_none() -> None:
    assert share_right(clips(right=True), 2_000, spread) == 1.0
    assert share_right(clips(right=False), 2_000, spread) == 0.0


def test_with_nothing_tagged_nothing_is_right() -> None:
    assert share_right(clips(right=True), 0, spread) == 0.0
