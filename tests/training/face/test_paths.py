from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face.augment import View, show
from training.face.paths import (
    BAD,
    Bad,
    blend,
    half_cover,
    random_course,
    random_mask,
    random_path,
    show_path,
    spoil,
)

SEEDS = st.integers(0, 2000)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(SEEDS, st.integers(1, 30))
def test_a_path_is_slow(seed: int, length: int) -> None:
    views = random_path(length, rng(seed), 0)
    assert len(views) == length
    assert len({view.mirrored for view in views}) == 1
    steps = [abs(b.angle - a.angle) for a, b in pairwise(views)]
    assert max(steps, default=0) < (2 + 60 / length) * 2


def is_bad(view: View) -> bool:
    rough = view.blur >= 1.5 or view.gain <= 0.25 or view.noise >= 15
    half = view.cover[2] * view.cover[3] == 24 * 48
    squeezed = 0 < view.quality < 12
    return rough or half or squeezed or view.turn != 0


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_as_many_frames_are_bad_as_asked_for(share: float) -> None:
    views = [view for seed in range(60) for view in random_path(10, rng(seed), share)]
    # A tilted frame, or one with a hand, may be so by the mild view: those are left out.
    assert np.mean([is_bad(view) for view in views]) == pytest.approx(share * 6 / 8, abs=0.05)


def test_some_sequences_have_many_bad_frames_and_some_none() -> None:
    shares = [np.mean([is_bad(v) for v in random_path(20, rng(seed))]) for seed in range(200)]
    assert 0.2 < np.mean([share < 0.01 for share in shares]) < 0.45
    assert max(shares) > 0.4


@pytest.mark.parametrize("kind", BAD)
def test_each_kind_spoils_the_picture(kind: Bad) -> None:
    rough = np.random.default_rng(0).integers(0, 255, (48, 48), dtype=np.uint8)
    image = np.asarray(cv2.GaussianBlur(rough, (0, 0), 1.5), np.uint8)
    seen = show(image, spoil(View(), kind, rng(1)), rng(1)).astype(float)
    like = np.corrcoef(seen.ravel(), image.astype(float).ravel())[0, 1]
    assert like < 0.9


@given(SEEDS)
def test_a_cover_takes_half_of_a_crop(seed: int) -> None:
    top, left, height, width = half_cover(rng(seed))
    assert height * width == 24 * 48
    assert top + height <= 48
    assert left + width <= 48


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


def test_the_same_seed_gives_the_same_sequence() -> None:
    stills = np.stack([np.arange(48 * 48, dtype=np.uint8).reshape(48, 48)] * 5)
    np.testing.assert_array_equal(show_path(stills, rng(4)), show_path(stills, rng(4)))
    assert not np.array_equal(show_path(stills, rng(4)), show_path(stills, rng(5)))
