"""What may be before a face: glasses and a hand."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from companion.face.crop import EYE_DISTANCE, EYE_LEVEL
from training.face.data import SIDE, Images

FINGERS = 4
GAP = 1.25  # from finger to finger, in widths of one
_SHARP = 4  # binary digits after the point of the places that are drawn to
_MIDDLE = SIDE / 2
_EYE = EYE_DISTANCE * SIDE / 2  # pixels from the middle to an eye
_TEMPLE = 22  # pixels from the middle to where the rims leave the face


@dataclass(frozen=True, slots=True)
class Glasses:
    """Two lenses where the eyes are, with a bridge and temples.

    Attributes:
        width, height: of a lens, in pixels; rim: its thickness in pixels.
        grey: of the rim; lens: of the lenses, both in [0, 255].
        dark: how much of the eyes the lenses hide, in [0, 1]: 0 as of clear ones.
    """

    width: float
    height: float
    rim: int
    grey: float
    lens: float
    dark: float


@dataclass(frozen=True, slots=True)
class Hand:
    """Fingers beside each other, of which the tips are seen.

    Attributes:
        across, down: where the middle of the tips is, in pixels.
        angle: radians, where the arm comes from: 0 from the right, a quarter turn from below.
        finger: the thickness of one in pixels; grey: of the skin, in [0, 255].
    """

    across: float
    down: float
    angle: float
    finger: int
    grey: float


def random_glasses(random: np.random.Generator) -> Glasses:
    """Mostly clear, sometimes dark or mirroring."""
    return Glasses(
        width=random.uniform(10, 16),
        height=random.uniform(8, 13),
        rim=int(random.choice([1, 2], p=[0.7, 0.3])),
        grey=random.uniform(0, 120),
        lens=random.uniform(0, 255),
        dark=random.choice([random.uniform(0, 0.3), random.uniform(0.5, 1)], p=[0.8, 0.2]),
    )


def random_hand(random: np.random.Generator) -> Hand:
    """From any side, mostly from below, as far as anywhere in the face."""
    return Hand(
        across=random.uniform(8, 40),
        down=random.uniform(14, 46),
        angle=random.normal(np.pi / 2, 0.9),
        finger=int(random.integers(4, 8)),
        grey=random.uniform(60, 220),
    )


def wear(image: Images, glasses: Glasses) -> Images:
    """The face (48, 48) with those glasses."""
    lenses, rims = np.zeros_like(image), np.zeros_like(image)
    half = _places(glasses.width / 2, glasses.height / 2)
    for side in (-1, 1):
        eye = _places(_MIDDLE + side * _EYE, EYE_LEVEL * SIDE)
        _ellipse(lenses, eye, half, cv2.FILLED)
        _ellipse(rims, eye, half, glasses.rim)
        near = _MIDDLE + side * (_EYE - glasses.width / 2)
        far = _MIDDLE + side * (_EYE + glasses.width / 2)
        _line(rims, (near, EYE_LEVEL * SIDE), (_MIDDLE, EYE_LEVEL * SIDE - 1), glasses.rim)
        end = _MIDDLE + side * _TEMPLE, EYE_LEVEL * SIDE - 1
        _line(rims, (far, EYE_LEVEL * SIDE), end, glasses.rim)
    return _over(_over(image, lenses, glasses.lens, glasses.dark), rims, glasses.grey)


def hide(image: Images, hand: Hand) -> Images:
    """The face (48, 48) behind the fingers of that hand; they shade each other."""
    arm = np.array([np.cos(hand.angle), np.sin(hand.angle)])
    beside = np.array([-arm[1], arm[0]])
    tips = np.array([hand.across, hand.down])
    for index in range(FINGERS):
        place = (index - (FINGERS - 1) / 2) * GAP * hand.finger
        tip = tips + place * beside + 0.15 * abs(place) * arm  # the middle ones are the longest
        finger, edge = np.zeros_like(image), np.zeros_like(image)
        _line(edge, tip, tip + 2 * SIDE * arm, hand.finger + 2)
        _line(finger, tip, tip + 2 * SIDE * arm, hand.finger)
        image = _over(_over(image, edge, 0.6 * hand.grey), finger, hand.grey)
    return image


def _over(image: Images, shape: Images, grey: float, share: float = 1) -> Images:
    """The image under a shape, (48, 48) in [0, 255], of one grey."""
    hidden = share * shape.astype(np.float32) / 255
    return np.asarray((1 - hidden) * image + hidden * grey, np.uint8)


def _ellipse(shape: Images, centre: tuple[int, int], half: tuple[int, int], rim: int) -> None:
    cv2.ellipse(shape, centre, half, 0, 0, 360, (255,), rim, cv2.LINE_AA, _SHARP)


def _line(shape: Images, start: object, end: object, width: int) -> None:
    ends = (_places(*np.asarray(start)), _places(*np.asarray(end)))
    cv2.line(shape, *ends, (255,), width, cv2.LINE_AA, _SHARP)


def _places(across: float, down: float) -> tuple[int, int]:
    return round(across * 2**_SHARP), round(down * 2**_SHARP)
