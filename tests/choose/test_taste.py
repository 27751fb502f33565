from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.choose.taste import BOUND, PRIOR, Counts, Evidence, gather, taste

counts = st.builds(Counts, st.integers(0, 500), st.integers(0, 500))
evidences = st.builds(Evidence, counts, counts)


def test_no_evidence_changes_nothing() -> None:
    assert taste(Evidence()) == 1


@given(evidences)
def test_taste_stays_within_its_bound(evidence: Evidence) -> None:
    assert 1 / BOUND <= taste(evidence) <= BOUND


@given(evidences)
def test_what_is_welcome_raises_and_what_is_not_lowers(evidence: Evidence) -> None:
    here = taste(evidence)
    assert taste(Evidence(evidence.track + Counts(1, 0), evidence.artist)) > here
    assert taste(Evidence(evidence.track + Counts(0, 1), evidence.artist)) < here
    assert taste(Evidence(evidence.track, evidence.artist + Counts(1, 0))) >= here
    assert taste(Evidence(evidence.track, evidence.artist + Counts(0, 1))) <= here


@given(st.integers(0, 300))
def test_as_much_for_as_against_changes_nothing(times: int) -> None:
    assert taste(Evidence(Counts(times, times))) == pytest.approx(1)
    assert taste(Evidence(Counts(), Counts(times, times))) == pytest.approx(1)


def test_the_posterior_mean_by_hand() -> None:
    mean = (2 + PRIOR * 0.5) / (3 + PRIOR)
    assert taste(Evidence(Counts(2, 1))) == pytest.approx(BOUND ** (2 * mean - 1))
    artist = (4 + PRIOR * 0.5) / (4 + PRIOR)
    mean = (0 + PRIOR * artist) / (1 + PRIOR)
    assert taste(Evidence(Counts(0, 1), Counts(4, 0))) == pytest.approx(BOUND ** (2 * mean - 1))


def test_a_track_leans_on_its_artist_until_it_speaks_for_itself() -> None:
    loved = Counts(20, 0)
    unknown, skipped = taste(Evidence(Counts(), loved)), taste(Evidence(Counts(0, 8), loved))
    assert unknown > 1 > skipped


@given(counts, counts)
def test_a_track_is_no_evidence_for_its_own_artist(own: Counts, others: Counts) -> None:
    assert gather(own, own + others) == Evidence(own, others)
