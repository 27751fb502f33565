from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from companion.affect import Quadrant
from companion.music.model.place import AROUSAL_SPREAD, VALENCE_SPREAD, place

Shares = dict[Quadrant, float]


def shares(*values: float) -> Shares:
    return dict(zip(Quadrant, np.array(values) / sum(values), strict=True))


def test_who_knows_nothing_is_in_the_middle() -> None:
    where = place(shares(1, 1, 1, 1)).affect
    assert (where.valence, where.arousal) == pytest.approx((0, 0))


@pytest.mark.parametrize("quadrant", Quadrant)
@pytest.mark.parametrize("sure", [0.4, 0.7, 0.97, 1.0])
def test_it_lies_in_the_likeliest_quadrant(quadrant: Quadrant, sure: float) -> None:
    others = dict.fromkeys(Quadrant, (1 - sure) / 3)
    assert place(others | {quadrant: sure}).affect.quadrant is quadrant


def test_surer_is_further_out_beyond_any_corner() -> None:
    places = [place(shares(p, 1 - p, 0, 0)).affect.valence for p in (0.6, 0.9, 0.97, 0.99)]
    assert places == sorted(places)
    assert places[-1] > 0.6


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(lambda row: sum(row) > 0.01))
def test_the_spread_says_how_likely_the_sign_is(values: list[float]) -> None:
    probabilities = shares(*values)
    where = place(probabilities)
    aroused = probabilities[Quadrant.Q1] + probabilities[Quadrant.Q2]
    pleasant = probabilities[Quadrant.Q1] + probabilities[Quadrant.Q4]
    assert norm.cdf(where.affect.arousal / AROUSAL_SPREAD) == pytest.approx(aroused, abs=1.1e-3)
    assert norm.cdf(where.affect.valence / VALENCE_SPREAD) == pytest.approx(pleasant, abs=1.1e-3)
    assert (where.valence_spread, where.arousal_spread) == (VALENCE_SPREAD, AROUSAL_SPREAD)
