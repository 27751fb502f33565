from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.face.camera import Frame
from companion.face.crop import EYE_DISTANCE, EYE_LEVEL, SIDE, cut
from companion.face.detect import Detector, Face
from tests.face.fakes import grey
from tests.face.portrait import portrait


def two_dots(middle: tuple[float, float], distance: float, angle: float) -> tuple[Frame, Face]:
    """A white picture with a black dot for each eye."""
    x, y = middle
    dx, dy = distance / 2 * math.cos(angle), distance / 2 * math.sin(angle)
    right, left = (x - dx, y - dy), (x + dx, y + dy)
    frame = grey(255, (480, 640))
    for dot in (right, left):
        # Pixel k covers [k, k + 1); OpenCV counts from its centre, here in 1/16 of a pixel.
        centre = (round((dot[0] - 0.5) * 16), round((dot[1] - 0.5) * 16))
        cv2.circle(frame, centre, round(distance * 16 / 12), (0, 0, 0), -1, cv2.LINE_AA, 4)
    return frame, Face(2 * distance, right, left, 0.9)


def centre_of_darkness(half: np.ndarray) -> tuple[float, float]:
    """(x, y) from the corner, in pixels."""
    dark = 255.0 - half
    rows, columns = np.mgrid[: half.shape[0], : half.shape[1]] + 0.5
    return float((dark * columns).sum() / dark.sum()), float((dark * rows).sum() / dark.sum())


@settings(max_examples=60, deadline=None)
@given(
    middle=st.tuples(st.floats(250, 390), st.floats(200, 280)),
    distance=st.floats(20, 120),
    angle=st.floats(-0.8, 0.8),
)
def test_puts_the_eyes_where_they_were_in_training(
    middle: tuple[float, float], distance: float, angle: float
) -> None:
    crop = cut(*two_dots(middle, distance, angle))
    assert crop.shape == (SIDE, SIDE)
    assert crop.dtype == np.uint8
    right, left = centre_of_darkness(crop[:, : SIDE // 2]), centre_of_darkness(crop[:, SIDE // 2 :])
    half = EYE_DISTANCE * SIDE / 2
    assert right == pytest.approx((SIDE / 2 - half, EYE_LEVEL * SIDE), abs=0.4)
    assert left == pytest.approx((half, EYE_LEVEL * SIDE), abs=0.4)


def test_the_detector_sees_the_crop_as_it_was_cut() -> None:
    with Detector() as detector:
        crop = cut(portrait(), detector.find(portrait())[0])
        # As large again and with a margin, as the detector wants it.
        large = cv2.resize(crop, (192, 192), interpolation=cv2.INTER_CUBIC)
        framed = cv2.copyMakeBorder(large, 96, 96, 96, 96, cv2.BORDER_REPLICATE)
        (face,) = detector.find(np.repeat(np.asarray(framed, np.uint8)[..., None], 3, axis=2))
    right, left = ((np.array(eye) - 96) / 192 for eye in (face.right_eye, face.left_eye))
    assert left[0] - right[0] == pytest.approx(EYE_DISTANCE, abs=0.06)
    assert (left + right) / 2 == pytest.approx((0.5, EYE_LEVEL), abs=0.06)


@pytest.mark.parametrize(
    ("right", "left"),
    [
        ((0.0, 0.0), (5.0, 0.0)),
        ((-90.0, -90.0), (-50.0, -90.0)),
        ((630.0, 470.0), (700.0, 500.0)),
        ((100.0, 100.0), (100.0, 100.0)),
        ((0.0, 10.0), (5000.0, 10.0)),
    ],
)
def test_odd_places_give_a_crop(right: tuple[float, float], left: tuple[float, float]) -> None:
    crop = cut(grey(80, (480, 640)), Face(50, right, left, 0.6))
    assert crop.shape == (SIDE, SIDE)
    assert (crop == 80).all()
