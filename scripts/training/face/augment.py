"""Views of a still as a webcam may show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.face.cover import (
    BLACK,
    Glasses,
    Hand,
    Oval,
    fill_background,
    hide,
    mask_out,
    random_background,
    random_glasses,
    random_hand,
    random_oval,
    wear,
)
from training.face.data import SIDE, Images

Floats = NDArray[np.float32]
CENTRE = (SIDE - 1) / 2
HALF = 0.5
ROUGHLY = 0.4  # the share of rough views
EDGE = cv2.BORDER_REPLICATE
DISTANCE = 2.5  # of the camera from the face, in half widths of a crop
_ROWS, _COLUMNS = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Shade:
    """Light from one side: what is turned away from it lies in shadow.

    Attributes:
        depth: of the shadow, in [0, 1]: how much of the light is lost.
        angle: radians, where the shadow is: 0 to the right, a quarter turn below.
        place: of the shadow's edge, in half widths of a crop from its middle.
        soft: width of the edge, likewise.
    """

    depth: float
    angle: float
    place: float
    soft: float


@dataclass(frozen=True, slots=True)
class View:
    """The way in which one frame shows a face.

    Attributes:
        angle: degrees in the picture's plane; zoom: factor; right, down: pixels of 48.
        turn: degrees by which the head looks to the side, as of a flat face.
        mirrored: left and right exchanged.
        gain: contrast about the mean; bias: grey levels; tilt: grey levels from one edge
            to the middle, to the right and downwards (light from the side).
        blur: deviation in pixels; noise: deviation in grey levels.
        cover: top, left, height, width of a grey patch; empty where height is 0.
        glasses, hand: before the face, where there are any; oval: a mask around it.
        refilled: another background where the still has a black mask.
        gamma: exponent of the camera's tone curve; curve: how much steeper it is in the middle
            than at its ends, in [0, 1]; shade: light from the side.
        pixels: the width at which the camera saw the crop; 0 is its own.
        quality: of the JPEG that the camera sends, 1 to 100; 0 is not compressed.
    """

    angle: float = 0
    zoom: float = 1
    right: float = 0
    down: float = 0
    turn: float = 0
    mirrored: bool = False
    gain: float = 1
    bias: float = 0
    tilt: tuple[float, float] = (0, 0)
    blur: float = 0
    noise: float = 0
    cover: tuple[int, int, int, int] = (0, 0, 0, 0)
    glasses: Glasses | None = None
    hand: Hand | None = None
    oval: Oval | None = None
    refilled: bool = False
    gamma: float = 1
    curve: float = 0
    shade: Shade | None = None
    pixels: int = 0
    quality: int = 0


@dataclass(frozen=True, slots=True)
class Often:
    """The share of views of each kind, in [0, 1]."""

    lit: float
    blurred: float
    noisy: float
    covered: float
    turned: float
    glasses: float
    hand: float
    compressed: float
    masked: float = 0
    refilled: float = 0
    curved: float = 0
    shaded: float = 0
    small: float = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a random view.

    Attributes:
        often: how often it is rough in each way.
        gain: the least; blur, noise: the largest; turn: its deviation in degrees.
        cover: the largest side; across: the share of covers that reach from edge to edge.
        quality: the least of a JPEG.
    """

    often: Often
    gain: float
    blur: float
    noise: float
    turn: float
    cover: int
    across: float
    quality: int


MILD = Limits(
    often=Often(
        lit=0.5,
        blurred=0.2,
        noisy=0.3,
        covered=0.15,
        turned=0,
        glasses=0.1,
        hand=0.05,
        compressed=0.3,
        masked=0.2,
        refilled=0.6,
        curved=0.4,
        shaded=0.15,
        small=0.15,
    ),
    gain=0.4,
    blur=1.2,
    noise=12,
    turn=0,
    cover=19,
    across=0,
    quality=30,
)
ROUGH = Limits(
    often=replace(MILD.often, blurred=0.25, covered=0.2, turned=0.3, shaded=0.3, small=0.25),
    gain=0.2,
    blur=2.0,
    noise=20,
    turn=12,
    cover=24,
    across=0.3,
    quality=12,
)


def random_view(random: np.random.Generator, limits: Limits) -> View:
    """One view as the training draws it: always moved, sometimes lit, blurred, covered."""
    often = limits.often

    def happens(share: float) -> bool:
        return bool(random.random() < share)

    lit = happens(often.lit)
    return View(
        angle=random.normal(0, 8),
        zoom=float(np.exp(random.normal(0, 0.09))),
        right=random.normal(0, 2),
        down=random.normal(0, 2),
        turn=random.normal(0, limits.turn) if happens(often.turned) else 0,
        mirrored=happens(HALF),
        gain=random.uniform(limits.gain, 1.3) if lit else 1,
        bias=random.normal(0, 25) if lit else 0,
        tilt=(random.normal(0, 20), random.normal(0, 12)) if lit else (0, 0),
        blur=random.uniform(0.3, limits.blur) if happens(often.blurred) else 0,
        noise=random.uniform(1, limits.noise) if happens(often.noisy) else 0,
        cover=_random_cover(random, limits) if happens(often.covered) else (0, 0, 0, 0),
        glasses=random_glasses(random) if happens(often.glasses) else None,
        hand=random_hand(random) if happens(often.hand) else None,
        quality=int(random.integers(limits.quality, 80)) if happens(often.compressed) else 0,
        oval=random_oval(random) if happens(often.masked) else None,
        refilled=happens(often.refilled),
        gamma=float(np.exp(random.normal(0, 0.35))) if happens(often.curved) else 1,
        curve=random.uniform(0, 0.7) if happens(often.curved) else 0,
        shade=random_shade(random) if happens(often.shaded) else None,
        pixels=int(random.integers(16, 40)) if happens(often.small) else 0,
    )


def random_refill(image: Images, random: np.random.Generator) -> Images:
    """The still, mostly with another background where it has a black mask."""
    if random.random() < MILD.often.refilled and image[0, 0] <= BLACK:
        return fill_background(image, random_background(len(image), random))
    return image


def random_shade(random: np.random.Generator) -> Shade:
    """From the left or the right more often than from above or below."""
    return Shade(
        depth=random.uniform(0.3, 0.9),
        angle=random.choice([0, np.pi]) + random.normal(0, 0.6),
        place=random.normal(0, 0.35),
        soft=random.uniform(0.05, 0.6),
    )


def show(image: Images, view: View, random: np.random.Generator) -> Images:
    """The face in that view, (48, 48).

    Args:
        image: (side, side), the face in its middle 48x48 pixels: what is around it comes into
            sight where the view is moved.
        view: how it is seen.
        random: draws the noise, the background and the patch's grey.
    """
    image = _dress(image, view, random)
    placed = cv2.warpPerspective(
        image, _placement(view, len(image)), (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=EDGE
    )
    if view.pixels:
        seen_at = (view.pixels, view.pixels)
        small = cv2.resize(placed, seen_at, interpolation=cv2.INTER_AREA)
        placed = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    seen = np.asarray(placed, np.float32)
    if view.mirrored:
        seen = seen[:, ::-1]
    if view.blur:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), view.blur), np.float32)
    seen = _light(_tone(seen, view), view)
    if view.noise:
        seen = seen + random.normal(0, view.noise, seen.shape).astype(np.float32)
    top, left, height, width = view.cover
    if height:
        seen[top : top + height, left : left + width] = random.uniform(0, 255)
    shown = np.clip(seen, 0, 255).astype(np.uint8)
    return compress(shown, view.quality) if view.quality else shown


def _dress(image: Images, view: View, random: np.random.Generator) -> Images:
    """The still with what the view puts around the face and before it."""
    if view.refilled and image[0, 0] <= BLACK:
        image = fill_background(image, random_background(len(image), random))
    if view.glasses:
        image = wear(image, view.glasses)
    if view.oval:
        image = mask_out(image, view.oval)
    return hide(image, view.hand) if view.hand else image


def _tone(seen: Floats, view: View) -> Floats:
    """The greys as that side light and that camera's tone curve give them."""
    if view.shade:
        seen = np.asarray(seen * _shadow(view.shade), np.float32)
    if view.gamma == 1 and not view.curve:
        return seen
    level = np.clip(seen / 255, 0, 1) ** np.float32(view.gamma)
    bent = level * level * (3 - 2 * level)
    return np.asarray(255 * (level + view.curve * (bent - level)), np.float32)


def _shadow(shade: Shade) -> Floats:
    """The share of the light that is left at each pixel, (48, 48)."""
    across = np.cos(shade.angle) * _COLUMNS + np.sin(shade.angle) * _ROWS - shade.place
    left: Floats = (1 - shade.depth / (1 + np.exp(-4 * across / shade.soft))).astype(np.float32)
    return left


def compress(image: Images, quality: int) -> Images:
    """The image as a JPEG of that quality, 1 to 100, shows it."""
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _placement(view: View, side: int) -> NDArray[np.float64]:
    """The 3x3 matrix from a still of that side to the view: the head turns, the picture moves."""
    moved = np.eye(3)
    moved[:2] = cv2.getRotationMatrix2D((CENTRE, CENTRE), view.angle, view.zoom)
    moved[:2, 2] += (view.right, view.down)
    inner = np.eye(3)
    inner[:2, 2] = (SIDE - side) / 2
    if not view.turn:
        return moved @ inner
    angle = np.radians(view.turn)
    turned = np.diag([np.cos(angle), 1, 1])
    turned[2, 0] = np.sin(angle) / (DISTANCE * CENTRE)  # the near side is larger
    centred = np.eye(3)
    centred[:2, 2] = CENTRE
    placed: NDArray[np.float64] = moved @ centred @ turned @ np.linalg.inv(centred) @ inner
    return placed


def _light(seen: Floats, view: View) -> Floats:
    mean = seen.mean()
    lit: Floats = (seen - mean) * view.gain + mean + view.bias
    if any(view.tilt):
        lit = lit + view.tilt[0] * _COLUMNS + view.tilt[1] * _ROWS
    return lit


def _random_cover(random: np.random.Generator, limits: Limits) -> tuple[int, int, int, int]:
    height, width = random.integers(6, limits.cover + 1, size=2)
    if random.random() < limits.across:
        height, width = (SIDE, width) if random.random() < HALF else (height, SIDE)
    top, left = random.integers(0, SIDE - height + 1), random.integers(0, SIDE - width + 1)
    return int(top), int(left), int(height), int(width)


def show_stills(images: Sequence[Images] | Images, random: np.random.Generator) -> Images:
    """Each of the stills in a random view, (n, 48, 48), some of them as rough as they come."""
    limits = [ROUGH if random.random() < ROUGHLY else MILD for _ in images]
    views = [random_view(random, limit) for limit in limits]
    return np.stack([show(*seen, random) for seen in zip(images, views, strict=True)])
