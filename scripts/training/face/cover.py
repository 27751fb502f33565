"""Glasses, a hand, an oval mask or another background on a still."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from companion.face.crop import EYE_DISTANCE, EYE_LEVEL
from training.face.data import SIDE, Images

FINGERS = 4
GAP = 1.25  # from finger to finger, in widths of one
_SHARP = 4  # binary digits after the point of the places that are drawn to
_EYE = EYE_DISTANCE * SIDE / 2  # pixels from the middle to an eye
BLACK = 8  # grey levels up to which a pixel may belong to a black mask
EDGES = 0.4  # the share of backgrounds with an edge
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


@dataclass(frozen=True, slots=True)
class Oval:
    """An even mask around the face, as some data sets have it.

    Attributes:
        half_width, half_height: of the ellipse that is left open, in pixels.
        down: how much lower than the middle of the crop its centre is, in pixels.
        grey: of the mask, in [0, 255].
    """

    half_width: float
    half_height: float
    down: float
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


def random_oval(random: np.random.Generator) -> Oval:
    """About as AffectNet's masks are; mostly black."""
    return Oval(
        half_width=random.normal(20, 2.5),
        half_height=random.normal(23, 2),
        down=random.normal(3, 1.5),
        grey=random.choice([0, random.uniform(0, 255)], p=[0.8, 0.2]),
    )


def wear(image: Images, glasses: Glasses) -> Images:
    """The face (side, side) with those glasses; it stands in the middle 48x48 pixels."""
    middle, level = len(image) / 2, EYE_LEVEL * SIDE + _margin(image)
    lenses, rims = np.zeros_like(image), np.zeros_like(image)
    half = _places(glasses.width / 2, glasses.height / 2)
    for side in (-1, 1):
        eye = _places(middle + side * _EYE, level)
        _ellipse(lenses, eye, half, cv2.FILLED)
        _ellipse(rims, eye, half, glasses.rim)
        near = middle + side * (_EYE - glasses.width / 2)
        far = middle + side * (_EYE + glasses.width / 2)
        _line(rims, (near, level), (middle, level - 1), glasses.rim)
        end = middle + side * _TEMPLE, level - 1
        _line(rims, (far, level), end, glasses.rim)
    return _over(_over(image, lenses, glasses.lens, glasses.dark), rims, glasses.grey)


def hide(image: Images, hand: Hand) -> Images:
    """The face (side, side) behind the fingers of that hand; they shade each other."""
    arm = np.array([np.cos(hand.angle), np.sin(hand.angle)])
    beside = np.array([-arm[1], arm[0]])
    tips = np.array([hand.across, hand.down]) + _margin(image)
    for index in range(FINGERS):
        place = (index - (FINGERS - 1) / 2) * GAP * hand.finger
        tip = tips + place * beside + 0.15 * abs(place) * arm  # the middle ones are the longest
        finger, edge = np.zeros_like(image), np.zeros_like(image)
        _line(edge, tip, tip + 2 * SIDE * arm, hand.finger + 2)
        _line(finger, tip, tip + 2 * SIDE * arm, hand.finger)
        image = _over(_over(image, edge, 0.6 * hand.grey), finger, hand.grey)
    return image


def mask_out(image: Images, oval: Oval) -> Images:
    """The face (side, side) with all outside the oval in one grey."""
    outside = np.full_like(image, 255)
    centre = _places(len(image) / 2, len(image) / 2 + oval.down)
    half = _places(max(oval.half_width, 1), max(oval.half_height, 1))
    cv2.ellipse(outside, centre, half, 0, 0, 360, (0,), cv2.FILLED, cv2.LINE_AA, _SHARP)
    return _over(image, outside, oval.grey)


def fill_background(image: Images, background: Images) -> Images:
    """Put another background, of the same size, where a black mask reaches in from the corners."""
    reached = np.zeros((len(image) + 2, len(image) + 2), np.uint8)
    last = len(image) - 1
    for corner in ((0, 0), (last, 0), (0, last), (last, last)):
        if image[corner[1], corner[0]] <= BLACK:
            flags = 8 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
            level = int(image[corner[1], corner[0]])
            cv2.floodFill(image, reached, corner, 0, level, BLACK - level, flags)
    outside = cv2.blur(cv2.dilate(reached[1:-1, 1:-1], np.ones((3, 3), np.uint8)), (3, 3))
    hidden = np.asarray(outside, np.float32) / 255
    return np.asarray((1 - hidden) * image + hidden * background, np.uint8)


def random_background(side: int, random: np.random.Generator) -> Images:
    """Soft shapes of two sizes, sometimes with an upright edge as of a wall or a window."""
    level, contrast = random.uniform(10, 245), random.uniform(0, 60)
    seen = np.full((side, side), level, np.float32)
    for cells in (2, 7):
        shapes = random.normal(0, contrast, (cells, cells)).astype(np.float32)
        seen += cv2.resize(shapes, (side, side), interpolation=cv2.INTER_CUBIC)
        contrast /= 2
    if random.random() < EDGES:
        seen[:, int(random.integers(side)) :] += random.normal(0, 60)
    return np.clip(seen, 0, 255).astype(np.uint8)


def _margin(image: Images) -> float:
    """The pixels on each side of the crop's 48x48."""
    return (len(image) - SIDE) / 2


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
