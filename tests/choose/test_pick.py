from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect, TrackMood
from companion.choose.pick import BEST_FEW, NothingFits, Pick, pick, weigh
from companion.choose.strategy import Target
from companion.track import Track
from tests.choose.makers import affects, seeded, track, track_mood

Tagged = list[tuple[Track, TrackMood]]

CENTRE = Target(Affect(0.0, 0.0), tolerance=0.9, strategy="match")

confidences = st.just(0.0) | st.floats(0, 1)
libraries = st.lists(st.tuples(affects, confidences), min_size=1, max_size=30).map(
    lambda rows: [(track(f"{n:02}"), track_mood(*row)) for n, row in enumerate(rows)]
)
targets = st.builds(Target, affects, st.floats(0.1, 1.5), st.just("match"))
recents = st.sets(st.integers(0, 29).map(lambda n: f"{n:02}"))
seeds = st.integers(0, 2**32)


def tagged(name: str, valence: float, confidence: float = 0.8) -> tuple[Track, TrackMood]:
    return track(name), track_mood(Affect(valence, 0.0), confidence)


def chosen(library: Tagged, *recent: str, seed: int = 0) -> Pick:
    picked = pick(library, CENTRE, recent=set(recent), rng=seeded(seed))
    assert isinstance(picked, Pick)
    return picked


@given(libraries, targets, recents, seeds)
def test_keeps_to_the_limits(library: Tagged, target: Target, recent: set[str], seed: int) -> None:
    picked = pick(library, target, recent=recent, rng=seeded(seed))
    fits = [
        one.id
        for one, mood in library
        if one.id not in recent
        and weigh(one, mood, target).score > 0
        and mood.affect.distance(target.affect) <= target.tolerance
    ]
    if isinstance(picked, NothingFits):
        assert not fits
        return
    assert picked.chosen in picked.best
    assert len(picked.best) == min(BEST_FEW, len(fits))
    assert {candidate.track.id for candidate in picked.best} <= set(fits)
    scores = [candidate.score for candidate in picked.best]
    assert scores == sorted(scores, reverse=True)
    left_out = set(fits) - {candidate.track.id for candidate in picked.best}
    others = (weigh(*row, target).score for row in library if row[0].id in left_out)
    assert all(score <= scores[-1] for score in others)


@given(libraries, targets, seeds)
def test_the_same_seed_draws_the_same(library: Tagged, target: Target, seed: int) -> None:
    first = pick(library, target, recent=(), rng=seeded(seed))
    assert first == pick(reversed(library), target, recent=(), rng=seeded(seed))


@given(affects, affects, st.floats(0, 1), targets)
def test_the_numbers_of_a_candidate(
    affect: Affect, other: Affect, confidence: float, target: Target
) -> None:
    candidate = weigh(track("a"), track_mood(affect, confidence), target)
    assert 0 <= candidate.distance <= 2 * math.sqrt(2)
    assert 0 <= candidate.closeness <= 1
    assert candidate.score == candidate.closeness * confidence
    rival = weigh(track("b"), track_mood(other, confidence), target)
    if rival.distance < candidate.distance:
        assert rival.closeness >= candidate.closeness


def test_closeness_is_one_at_the_target_and_a_gaussian_half_the_tolerance_wide() -> None:
    at = [weigh(*tagged("a", valence), CENTRE).closeness for valence in (0.0, 0.45, 0.9)]
    assert at == pytest.approx([1.0, math.exp(-0.5), math.exp(-2)])


@given(affects, st.floats(0.01, 0.99), st.floats(0.01, 0.5))
def test_at_the_same_place_the_surer_tag_scores_higher(
    affect: Affect, confidence: float, more: float
) -> None:
    surer = min(1.0, confidence + more)
    low, high = (weigh(track("a"), track_mood(affect, c), CENTRE) for c in (confidence, surer))
    assert low.closeness == high.closeness
    assert low.score < high.score


@pytest.mark.parametrize(
    ("library", "recent", "limit"),
    [
        pytest.param([], (), "tagged", id="nothing tagged"),
        pytest.param([], ("a",), "tagged", id="nothing tagged, something recent"),
        pytest.param([tagged("a", 0.0)], ("a",), "a short while ago", id="all recent"),
        pytest.param([tagged("a", 0.901)], (), "near enough", id="just too far"),
        pytest.param([tagged("a", 1.0), tagged("b", -1.0)], (), "near enough", id="all too far"),
        pytest.param([tagged("a", 0.0, 0.0)], (), "near enough", id="a tag sure of nothing"),
        pytest.param([tagged("a", 0.0), tagged("b", 1.0)], ("a",), "near enough", id="one of each"),
    ],
)
def test_where_nothing_fits_it_names_the_limit(
    library: Tagged, recent: tuple[str, ...], limit: str
) -> None:
    picked = pick(library, CENTRE, recent=recent, rng=seeded(0))
    assert isinstance(picked, NothingFits)
    assert limit in picked.limit


def test_the_tolerance_itself_is_still_near_enough() -> None:
    assert chosen([tagged("a", 0.9)]).chosen.distance == CENTRE.tolerance


def test_recent_ids_that_the_library_lacks_do_no_harm() -> None:
    assert chosen([tagged("a", 0.0)], "gone", "").chosen.track.id == "a"


def test_closeness_and_confidence_trade_against_each_other() -> None:
    near_unsure, far_sure = tagged("near", 0.0, 0.3), tagged("far", 0.45, 0.9)
    best = chosen([near_unsure, far_sure]).best
    assert [candidate.track.id for candidate in best] == ["far", "near"]


def test_draws_among_the_best_few_and_the_better_more_often() -> None:
    library = [tagged(f"{n}", 0.09 * n) for n in range(8)]
    draws = [chosen(library, seed=seed).chosen.track.id for seed in range(400)]
    times = [draws.count(f"{n}") for n in range(8)]
    assert times[:BEST_FEW] == sorted(times[:BEST_FEW], reverse=True)
    assert all(times[:BEST_FEW])
    assert times[BEST_FEW:] == [0, 0, 0]


def test_a_much_better_one_is_nearly_always_drawn() -> None:
    library = [tagged("good", 0.0, 0.9), tagged("poor", 0.85, 0.3)]
    draws = [chosen(library, seed=seed).chosen.track.id for seed in range(100)]
    assert draws.count("good") >= 99
