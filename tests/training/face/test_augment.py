from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face.augment import (
    MILD,
    ROUGH,
    Limits,
    Shade,
    View,
    compress,
    random_view,
    show,
    show_stills,
)
from training.face.cover import random_glasses, random_hand, random_oval

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


def test_glasses_and_a_hand_move_with_the_face() -> None:
    even, glasses, hand = (
        np.full((48, 48), 100, np.uint8),
        random_glasses(rng()),
        random_hand(rng()),
    )
    for view in (View(glasses=glasses), View(hand=hand)):
        seen = show(even, view, rng())
        assert (seen != 100).any()
        moved = show(even, replace(view, down=3), rng())
        np.testing.assert_array_equal(moved[3:], seen[:-3])


def test_compression_loses_more_the_lower_its_quality() -> None:
    noise = rng().integers(0, 255, (48, 48), dtype=np.uint8)
    lost = [np.abs(compress(noise, q).astype(int) - noise).mean() for q in (95, 50, 10, 1)]
    assert lost == sorted(lost)
    assert lost[0] < 5 < lost[-1]
    np.testing.assert_array_equal(show(noise, View(quality=10), rng()), compress(noise, 10))


@pytest.mark.parametrize("limits", [MILD, ROUGH])
def test_views_are_as_rough_as_often_as_they_are_said_to_be(limits: Limits) -> None:
    random = rng()
    views = [random_view(random, limits) for _ in range(3000)]
    often = limits.often
    shares = [
        (often.lit, [view.gain != 1 for view in views]),
        (often.blurred, [view.blur > 0 for view in views]),
        (often.noisy, [view.noise > 0 for view in views]),
        (often.covered, [view.cover[2] > 0 for view in views]),
        (often.turned, [view.turn != 0 for view in views]),
        (often.glasses, [view.glasses is not None for view in views]),
        (often.hand, [view.hand is not None for view in views]),
        (often.compressed, [view.quality > 0 for view in views]),
        (often.masked, [view.oval is not None for view in views]),
        (often.refilled, [view.refilled for view in views]),
        (often.curved, [view.gamma != 1 for view in views]),
        (often.shaded, [view.shade is not None for view in views]),
        (often.small, [view.pixels > 0 for view in views]),
    ]
    for share, seen in shares:
        assert np.mean(seen) == pytest.approx(share, abs=0.03)
    assert max(view.blur for view in views) <= limits.blur
    assert min(view.quality for view in views if view.quality) >= limits.quality


@given(SEEDS, st.sampled_from([MILD, ROUGH]))
def test_any_view_gives_a_crop(seed: int, limits: Limits) -> None:
    random = rng(seed)
    seen = show(picture(), random_view(random, limits), random)
    assert seen.shape == (48, 48)
    assert seen.dtype == np.uint8


@pytest.mark.parametrize("turn", [-25.0, 25.0])
def test_a_turned_head_is_narrower_and_keeps_its_middle(turn: float) -> None:
    ramp = np.tile(np.linspace(0, 255, 48), (48, 1)).astype(np.uint8)
    seen = show(ramp, View(turn=turn), rng()).astype(float)
    assert seen[24, 23:25].mean() == pytest.approx(ramp[24, 23:25].mean(), abs=4)
    assert np.diff(seen[24, 16:32]).mean() > np.diff(ramp[24, 16:32].astype(float)).mean()


def test_the_two_turns_mirror_each_other() -> None:
    left = show(picture(), View(turn=30), rng())
    right = show(picture()[:, ::-1].copy(), View(turn=-30), rng())
    assert np.abs(left.astype(int) - right[:, ::-1].astype(int)).mean() < 1


def test_the_same_seed_gives_the_same_pictures() -> None:
    stills = np.stack([picture()] * 5)
    np.testing.assert_array_equal(show_stills(stills, rng(4)), show_stills(stills, rng(4)))
    assert not np.array_equal(show_stills(stills, rng(4)), show_stills(stills, rng(5)))


def test_a_wide_still_shows_its_middle_and_what_is_around_it() -> None:
    wide = np.full((64, 64), 30, np.uint8)
    wide[8:56, 8:56] = picture()
    np.testing.assert_array_equal(show(wide, View(), rng()), picture())
    moved = show(wide, View(right=6), rng())
    assert (moved[:, :6] == 30).all()


def test_side_light_leaves_the_lit_half_and_darkens_the_other() -> None:
    even = np.full((48, 48), 200, np.uint8)
    seen = show(even, View(shade=Shade(depth=0.9, angle=0, place=0, soft=0.1)), rng())
    assert seen[:, :20].min() > 190
    assert seen[:, 28:].max() < 40


@pytest.mark.parametrize(("gamma", "brighter"), [(0.5, True), (2.0, False)])
def test_a_tone_curve_keeps_black_and_white(gamma: float, brighter: bool) -> None:
    ramp = np.tile(np.linspace(0, 255, 48), (48, 1)).astype(np.uint8)
    seen = show(ramp, View(gamma=gamma, curve=0.5), rng())
    assert (seen[0, 0], seen[0, -1]) == (0, 255)
    assert (seen[0, 24] > ramp[0, 24]) == brighter
    assert (np.diff(seen[0].astype(int)) >= 0).all()


def test_a_small_face_loses_its_detail() -> None:
    noise = rng().integers(0, 255, (48, 48), dtype=np.uint8)
    assert show(noise, View(pixels=16), rng()).std() < 0.5 * noise.std()


def test_a_black_mask_gets_another_background() -> None:
    masked = np.zeros((64, 64), np.uint8)
    masked[16:48, 16:48] = 150
    seen = show(masked, View(refilled=True), rng())
    np.testing.assert_array_equal(seen[14:34, 14:34], 150)
    assert (seen[0] > 8).mean() > 0.5


def test_only_a_mask_is_filled() -> None:
    np.testing.assert_array_equal(show(picture(), View(refilled=True), rng()), picture())


def test_an_oval_mask_leaves_the_face() -> None:
    even = np.full((48, 48), 120, np.uint8)
    seen = show(even, View(oval=random_oval(rng())), rng())
    assert (seen[18:36, 16:32] == 120).all()
    assert (seen[:3, :3] != 120).all()
