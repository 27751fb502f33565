from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.face.crop import SIDE
from companion.face.describe import (
    CELL,
    DIRECTIONS,
    gradient_histograms,
    project_identity,
    project_shape,
)
from tests.face.people import make_population

seeds = st.integers(0, 2**32 - 1)
few = settings(deadline=None, max_examples=20)
BY = make_population().projections


def crops_of(seed: int, highest: int = 255) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, highest + 1, (2, SIDE, SIDE), np.uint8)


@few
@given(seeds, st.integers(0, 255))
def test_they_are_roots_of_shares(seed: int, highest: int) -> None:
    images = crops_of(seed, highest)
    found = gradient_histograms(images)
    assert found.shape == (2, (SIDE // CELL) ** 2 * DIRECTIONS)
    assert (found >= 0).all()
    sums = (found**2).sum(axis=1)
    assert (np.isclose(sums, 1, atol=1e-6) | (sums == 0)).all()


@few
@given(seeds, st.integers(0, 50))
def test_brightness_and_contrast_change_nothing(seed: int, bias: int) -> None:
    images = crops_of(seed, 100)
    brighter = (2 * images + bias).astype(np.uint8)
    np.testing.assert_allclose(
        gradient_histograms(images), gradient_histograms(brighter), atol=1e-4
    )


@pytest.mark.parametrize(("down", "across", "direction"), [(0, 5, 0), (5, 0, DIRECTIONS // 2)])
def test_a_slope_is_all_in_one_direction(down: int, across: int, direction: int) -> None:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    image = (down * rows + across * columns).astype(np.uint8)[None]
    found = gradient_histograms(image)[0].reshape(-1, DIRECTIONS)
    assert found.mean(axis=0).argmax() == direction


def test_a_black_crop_has_no_shape() -> None:
    black = gradient_histograms(np.zeros((1, SIDE, SIDE), np.uint8))
    assert (black == 0).all()
    assert np.isfinite(project_identity(black, BY)).all()


@few
@given(seeds)
def test_an_identity_has_length_1(seed: int) -> None:
    histograms = gradient_histograms(crops_of(seed))
    lengths = np.linalg.norm(project_identity(histograms, BY), axis=-1)
    assert (lengths <= 1 + 1e-9).all()
    assert project_shape(histograms, BY).shape == (2, 6)
