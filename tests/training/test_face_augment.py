from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face_augment import (
    View,
    blend,
    random_course,
    random_mask,
    random_path,
    random_view,
    show,
    show_path,
    show_stills,
)

SEEDS = st.integers(0, 2000)


def picture() -> np.ndarray:
    """Dark, with a bright square right of and above the middle."""
    image = np.full((48, 48), 60, np.uint8)
    image[10:16, 30:38] = 200
    return image


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_plain_view_changes_nothing() -> None:
    np.testing.assert_array_equal(show(picture(), View(), rng()), picture())


@pytest.mark.parametrize(
    ("view", "bright"),
    [
        (View(mirrored=True), (slice(10, 16), slice(10, 18))),
        (View(right=4, down=-2), (slice(8, 14), slice(34, 42))),
        (View(angle=180), (slice(32, 38), slice(10, 18))),
    ],
)
def test_moves_the_picture(view: View, bright: tuple[slice, slice]) -> None:
    seen = show(picture(), view, rng())
    assert seen[bright].min() > 190
    assert (seen > 130).sum() == 48


def test_zoom_makes_it_larger() -> None:
    assert (show(picture(), View(zoom=1.5), rng()) > 130).sum() > 90


def test_light() -> None:
    image = picture().astype(float)
    assert show(picture(), View(bias=30), rng()).mean() == pytest.approx(image.mean() + 30, abs=1)
    assert show(picture(), View(gain=0.5), rng()).std() == pytest.approx(image.std() / 2, abs=1)
    tilted = show(np.full((48, 48), 100, np.uint8), View(tilt=(20, 0)), rng())
    assert tilted[:, 0].mean() == 80
    assert tilted[:, -1].mean() == 120


def test_blur_noise_and_cover() -> None:
    even = np.full((48, 48), 100, np.uint8)
    assert show(picture(), View(blur=2), rng()).max() < 200
    assert show(even, View(noise=10), rng()).std() == pytest.approx(10, rel=0.1)
    covered = show(even, View(cover=(4, 6, 10, 20)), rng())
    assert (covered != 100).sum() == 200
    assert (covered[4:14, 6:26] != 100).all()


@given(SEEDS)
def test_any_view_gives_a_crop(seed: int) -> None:
    random = rng(seed)
    seen = show(picture(), random_view(random), random)
    assert seen.shape == (48, 48)
    assert seen.dtype == np.uint8


@given(SEEDS, st.integers(1, 30))
def test_a_path_is_slow(seed: int, length: int) -> None:
    views = random_path(length, rng(seed))
    assert len(views) == length
    assert len({view.mirrored for view in views}) == 1
    steps = [abs(b.angle - a.angle) for a, b in pairwise(views)]
    assert max(steps, default=0) < (2 + 60 / length) * 2


def test_some_frames_of_paths_are_bad() -> None:
    views = [view for seed in range(100) for view in random_path(10, rng(seed))]
    bad = np.mean([view.blur >= 1.5 or view.gain <= 0.3 or view.cover[3] == 48 for view in views])
    assert 0.08 < bad < 0.18


@given(SEEDS, st.integers(1, 40))
def test_a_course_goes_one_way_within_its_bounds(seed: int, length: int) -> None:
    course = random_course(length, rng(seed))
    assert course.shape == (length,)
    assert (course >= 0).all()
    assert (course <= 1).all()
    steps = np.diff(course)
    assert (steps >= 0).all() or (steps <= 0).all()


def test_both_ends_are_an_end() -> None:
    ends = np.array([random_course(12, rng(seed))[-1] for seed in range(400)])
    assert np.mean(ends == 1) > 0.5
    assert np.mean(ends == 0) > 0.25


@given(SEEDS, st.integers(1, 40))
def test_a_mask_starts_with_a_face(seed: int, length: int) -> None:
    mask = random_mask(length, rng(seed))
    assert mask.shape == (length,)
    assert mask[0]


def test_half_of_the_masks_are_whole() -> None:
    assert 0.45 < np.mean([random_mask(20, rng(seed)).all() for seed in range(500)]) < 0.6


def test_blend_goes_from_onset_to_apex() -> None:
    onset, apex = np.zeros((48, 48), np.uint8), np.full((48, 48), 200, np.uint8)
    frames = blend(onset, apex, np.array([0, 0.5, 1], np.float32))
    assert [int(frame.mean()) for frame in frames] == [0, 100, 200]


def test_the_same_seed_gives_the_same_pictures() -> None:
    stills = np.stack([picture()] * 5)
    for make in (show_stills, show_path):
        np.testing.assert_array_equal(make(stills, rng(4)), make(stills, rng(4)))
        assert not np.array_equal(make(stills, rng(4)), make(stills, rng(5)))
