from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.music.model.standard import FURTHEST, Block, Standard

RANDOM = np.random.default_rng(3)
NUMBERS = RANDOM.normal(-40, 10, (200, 10)).astype(np.float32)
STANDARD = Standard.measure(NUMBERS, [Block((8, 2))])


def test_what_was_measured_has_mean_0_and_mean_square_1() -> None:
    scaled = STANDARD.apply(NUMBERS)
    assert np.allclose(scaled.mean(axis=0), 0, atol=0.1)
    assert np.mean(scaled**2) == pytest.approx(1, abs=0.1)


def test_a_member_of_a_large_group_counts_less_but_the_group_more() -> None:
    squares = (STANDARD.apply(NUMBERS) ** 2).mean(axis=0)
    assert squares[:8].max() < squares[8:].min()
    assert squares[:8].sum() > squares[8:].sum()


def test_an_outlier_is_brought_in() -> None:
    scaled = STANDARD.apply(np.full((1, 10), 1e6, np.float32))
    assert np.allclose(scaled, FURTHEST * STANDARD.weight)


def test_a_column_that_never_changes_gives_no_infinity() -> None:
    still = Standard.measure(np.ones((5, 3), np.float32), [Block((3,))])
    assert np.isfinite(still.apply(np.array([[1.0, 2.0, -5.0]], np.float32))).all()


@pytest.mark.parametrize("share", [0.5, 1.0, 2.0])
def test_a_block_counts_as_its_share_says(share: float) -> None:
    standard = Standard.measure(NUMBERS, [Block((6,)), Block((3, 1), share)])
    squares = (standard.apply(NUMBERS) ** 2).sum(axis=1).mean()
    second = (standard.apply(NUMBERS)[:, 6:] ** 2).sum(axis=1).mean()
    assert second / (squares - second) == pytest.approx(share**2, rel=0.1)


@given(st.integers(1, 4), st.integers(1, 3))
def test_any_leading_axes_are_kept(copies: int, clips: int) -> None:
    shape = (copies, clips, 10)
    assert STANDARD.apply(np.zeros(shape, np.float32)).shape == shape
