from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.limits import Limit, Situation, make_limits
from companion.choose.pick import (
    BEST_FEW,
    FAIR,
    SHORTLIST,
    Past,
    Pick,
    Shortlist,
    draw,
    emptied_by,
    pick,
    rank,
    shortlist,
)
from companion.choose.strategy import Target
from companion.choose.taste import EXPLORATION, Counts, Evidence
from companion.config.schema import Choose
from companion.track import TaggedTrack
from tests.choose.makers import best_first, libraries, seeded, seeds, tagged, targets

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
CENTRE = Target(Affect(0.0, 0.0), tolerance=0.9, strategy="match")
NOTHING_KNOWN = Past(NOW)
LOVED, HATED = Evidence(Counts(50, 0)), Evidence(Counts(0, 50))

temperatures = st.floats(0.01, 2)
evidences = st.dictionaries(
    st.integers(0, 39).map(lambda n: f"{n:02}"),
    st.builds(Evidence, st.builds(Counts, st.integers(0, 9), st.integers(0, 9))),
)


def short_of(library: list[TaggedTrack], *recent: str, target: Target = CENTRE) -> Shortlist:
    return shortlist(
        best_first(library, target), make_limits(Choose(), Situation(NOW, queued=recent))
    )


def chosen(library: list[TaggedTrack], past: Past = NOTHING_KNOWN, seed: int = 0) -> Pick:
    return pick(short_of(library), past, 0.25, seeded(seed))


def near(count: int) -> list[TaggedTrack]:
    return [tagged(f"{n:02}", 0.004 * n) for n in range(count)]


@given(libraries, targets, evidences, temperatures, seeds)
def test_the_same_seed_draws_the_same(
    library: list[TaggedTrack],
    target: Target,
    evidence: dict[str, Evidence],
    temperature: float,
    seed: int,
) -> None:
    past = Past(NOW, {}, evidence)
    drawn = []
    for order in (library, library[::-1]):
        short = short_of(order, target=target)
        if short.fitting:
            drawn.append(pick(short, past, temperature, seeded(seed)))
    assert drawn[1:] == drawn[:1] * (len(drawn) - 1)


@given(libraries, targets, temperatures, seeds)
def test_at_a_cold_start_taste_and_freshness_are_nothing(
    library: list[TaggedTrack], target: Target, temperature: float, seed: int
) -> None:
    short = short_of(library, target=target)
    assert rank(short, NOTHING_KNOWN) == list(short.fitting)
    if short.fitting:
        picked = pick(short, NOTHING_KNOWN, temperature, seeded(seed))
        assert picked.best == tuple(short.fitting[:BEST_FEW])


@given(libraries, targets, evidences)
def test_what_is_not_known_changes_nothing(
    library: list[TaggedTrack], target: Target, evidence: dict[str, Evidence]
) -> None:
    short = short_of(library, target=target)
    unknown = dict.fromkeys(evidence, Evidence())
    assert rank(short, Past(NOW, {}, unknown)) == rank(short, NOTHING_KNOWN)


@given(libraries, targets, evidences, temperatures, seeds)
def test_no_taste_brings_in_a_track_whose_mood_is_wrong(
    library: list[TaggedTrack],
    target: Target,
    evidence: dict[str, Evidence],
    temperature: float,
    seed: int,
) -> None:
    short = short_of(library, target=target)
    if not short.fitting:
        return
    best = max(one.fit for one in best_first(library, target))
    picked = pick(short, Past(NOW, {}, evidence), temperature, seeded(seed)).chosen
    assert picked.distance <= target.tolerance
    assert picked.fit >= FAIR * best > 0


@given(libraries, targets)
def test_the_shortlist_is_the_best_by_mood(library: list[TaggedTrack], target: Target) -> None:
    plain = best_first(library, target)
    short = short_of(library, target=target).fitting
    assert list(short) == plain[: len(short)]
    for left_out in plain[len(short) : SHORTLIST]:
        assert left_out.fit < FAIR * plain[0].fit or not left_out.fit


def test_a_long_list_is_cut() -> None:
    assert len(short_of(near(SHORTLIST + 1)).fitting) == SHORTLIST


@pytest.mark.parametrize("temperature", [0.01, 1.0])
def test_liked_and_disliked(temperature: float) -> None:
    library = near(10)
    past = Past(NOW, {}, {"09": LOVED, "00": HATED})
    ranked = rank(short_of(library), past)
    assert ranked[0].tagged.track.id == "09"
    assert ranked[-1].tagged.track.id == "00"
    drawn = [draw(ranked, temperature, seeded(n)).chosen.tagged.track.id for n in range(50)]
    assert drawn.count("09") > 10
    assert "00" not in drawn


def test_exploring_leaves_taste_out_now_and_then() -> None:
    past = Past(NOW, {}, {"00": HATED})
    library = [tagged("00"), *(tagged(f"{n:02}", 0.3) for n in range(1, 9))]
    picks = [chosen(library, past, seed) for seed in range(600)]
    explored = [one for one in picks if one.explored]
    assert EXPLORATION / 2 < len(explored) / len(picks) < 2 * EXPLORATION
    assert {one.best[0].tagged.track.id for one in explored} == {"00"}
    assert "00" in {one.chosen.tagged.track.id for one in explored}


def test_what_was_queued_lately_waits() -> None:
    past = Past(NOW, {"00": NOW - timedelta(hours=9)})
    ranked = rank(short_of(near(3)), past)
    assert [one.tagged.track.id for one in ranked] == ["01", "02", "00"]
    assert ranked[-1].freshness < 0.6


def test_the_lower_the_temperature_the_surer_the_best() -> None:
    ranked = rank(short_of([tagged("a"), tagged("b", 0.2)]), NOTHING_KNOWN)

    def share(temperature: float) -> float:
        drawn = [draw(ranked, temperature, seeded(seed)) for seed in range(200)]
        return sum(one.chosen.tagged.track.id == "a" for one in drawn) / 200

    assert share(0.01) == 1 > share(0.25) > share(2)


def test_draws_among_the_best_few_only() -> None:
    drawn = {chosen(near(20), seed=seed).chosen.tagged.track.id for seed in range(300)}
    assert drawn == {f"{n:02}" for n in range(BEST_FEW)}


def test_the_runner_up_is_the_best_of_the_others() -> None:
    for seed in range(20):
        picked = chosen(near(4), seed=seed)
        assert picked.runner_up is picked.best[picked.chosen is picked.best[0]]
    assert chosen(near(1)).runner_up is None


def refusing(name: str, *ids: str) -> Limit:
    return Limit(name, f"is {name}", lambda track: track.id not in ids)


@pytest.mark.parametrize(
    ("library", "limits", "told"),
    [
        pytest.param([], [], "no tagged track is near enough", id="nothing tagged"),
        pytest.param([tagged("a", 0.901)], [], "no tagged track is near enough", id="too far"),
        pytest.param([tagged("a", sure=0)], [], "no tagged track is near enough", id="unsure"),
        pytest.param(
            [tagged("a")], [refusing("x", "a")], "every fitting track is x", id="one limit"
        ),
        pytest.param(
            [tagged("a"), tagged("b")],
            [refusing("x", "a"), refusing("y", "a", "b")],
            "every fitting track that was left is y",
            id="the last that was needed",
        ),
        pytest.param(
            [tagged("a"), tagged("b")],
            [refusing("x", "a", "b"), refusing("y", "a", "b")],
            "every fitting track is x",
            id="what comes after an empty list is not to blame",
        ),
    ],
)
def test_where_nothing_fits_it_names_the_limit_that_emptied_the_list(
    library: list[TaggedTrack], limits: list[Limit], told: str
) -> None:
    short = shortlist(best_first(library, CENTRE), limits)
    assert not short.fitting
    assert emptied_by(short, limits).startswith(told)


def test_what_was_refused_is_counted() -> None:
    short = short_of(near(6), "00", "03")
    assert short.refused == {"no_repeat": 2}
    assert [one.tagged.track.id for one in short.fitting] == ["01", "02", "04", "05"]
