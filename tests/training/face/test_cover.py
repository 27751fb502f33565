from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.face.cover import Glasses, Hand, hide, random_glasses, random_hand, wear

from companion.face.crop import EYE_DISTANCE, EYE_LEVEL

SEEDS = st.integers(0, 2000)
CLEAR = Glasses(width=12, height=9, rim=1, grey=0, lens=255, dark=0)
HAND = Hand(across=24, down=30, angle=np.pi / 2, finger=6, grey=200)
LEVEL = round(EYE_LEVEL * 48)
EYES = [round(24 + side * EYE_DISTANCE * 24) for side in (-1, 1)]


def face() -> np.ndarray:
    return np.full((48, 48), 120, np.uint8)


def test_clear_glasses_show_the_eyes_in_their_rims() -> None:
    seen = wear(face(), CLEAR)
    for eye in EYES:
        assert (seen[LEVEL - 1 : LEVEL + 2, eye - 1 : eye + 2] == 120).all()
        assert seen[LEVEL, eye - 9 : eye].min() < 40
        assert seen[LEVEL, eye : eye + 9].min() < 40


def test_glasses_leave_the_mouth_free_and_are_alike_on_both_sides() -> None:
    seen = wear(face(), CLEAR)
    assert (seen[LEVEL + 10 :] == 120).all()
    assert np.abs(seen.astype(int) - np.roll(seen, -1, 1)[:, ::-1]).mean() < 3


def test_dark_lenses_hide_the_eyes() -> None:
    seen = wear(face(), replace(CLEAR, dark=1))
    assert all(seen[LEVEL, eye] == 255 for eye in EYES)
    half = wear(face(), replace(CLEAR, dark=0.5))
    assert half[LEVEL, EYES[0]] == pytest.approx((255 + 120) / 2, abs=1)


def test_a_hand_hides_what_lies_beyond_its_tips() -> None:
    seen = hide(face(), HAND)
    assert (seen[:20] == 120).all()
    assert (seen[40, 14:34] != 120).mean() > 0.9
    assert (seen[40, :6] == 120).all()


@pytest.mark.parametrize(("angle", "side"), [(0, np.s_[:, 44:]), (np.pi, np.s_[:, :4])])
def test_a_hand_comes_from_where_its_arm_is(angle: float, side: tuple[slice, slice]) -> None:
    seen = hide(face(), replace(HAND, angle=angle, down=24))
    assert (seen[side] != 120).mean() > 0.4
    assert (seen[:, ::-1][side] == 120).all()


@given(SEEDS)
def test_any_of_them_covers_a_part_and_not_the_whole(seed: int) -> None:
    random = np.random.default_rng(seed)
    glasses, hand = random_glasses(random), random_hand(random)
    worn, hidden = wear(face(), glasses), hide(face(), hand)
    assert worn.dtype == hidden.dtype == np.uint8
    assert 0.01 < (worn != 120).mean() < 0.5
    assert (hidden != 120).mean() < 0.85
