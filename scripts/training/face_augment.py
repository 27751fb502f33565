"""What a webcam does to a face: views of a still."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.face_data import SIDE, Images

Floats = NDArray[np.float32]
CENTRE = (SIDE - 1) / 2
HALF = 0.5
EDGE = cv2.BORDER_REPLICATE
DISTANCE = 2.5  # of the camera from the face, in half widths of a crop
_ROWS, _COLUMNS = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j].astype(np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """How one frame shows a face.

    Attributes:
        angle: degrees in the picture's plane; zoom: factor; right, down: pixels of 48.
        turn: degrees by which the head looks to the side, as of a flat face.
        mirrored: left and right exchanged.
        gain: contrast about the mean; bias: grey levels; tilt: grey levels from one edge
            to the middle, to the right and downwards (light from the side).
        blur: deviation in pixels; noise: deviation in grey levels.
        cover: top, left, height, width of a grey patch; empty where height is 0.
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


@dataclass(frozen=True, slots=True)
class Limits:
    """How rough a random view may be.

    Attributes:
        often: how often a face is lit, blurred, noisy, covered, turned.
        gain: the least; blur, noise: the largest; turn: its deviation in degrees.
        cover: the largest side; across: the share of covers that reach from edge to edge.
    """

    often: tuple[float, float, float, float, float]
    gain: float
    blur: float
    noise: float
    turn: float
    cover: int
    across: float


MILD = Limits((0.5, 0.2, 0.3, 0.2, 0), gain=0.4, blur=1.2, noise=12, turn=0, cover=19, across=0)
ROUGH = Limits(
    (0.5, 0.25, 0.3, 0.25, 0.3), gain=0.2, blur=2.0, noise=20, turn=12, cover=24, across=0.3
)


def random_view(random: np.random.Generator, limits: Limits) -> View:
    """One view as the training draws it: always moved, sometimes lit, blurred, covered."""
    lit, blurred, noisy, covered, turned = random.random(5) < limits.often
    return View(
        angle=random.normal(0, 8),
        zoom=float(np.exp(random.normal(0, 0.09))),
        right=random.normal(0, 2),
        down=random.normal(0, 2),
        turn=random.normal(0, limits.turn) if turned else 0,
        mirrored=random.random() < HALF,
        gain=random.uniform(limits.gain, 1.3) if lit else 1,
        bias=random.normal(0, 25) if lit else 0,
        tilt=(random.normal(0, 20), random.normal(0, 12)) if lit else (0, 0),
        blur=random.uniform(0.3, limits.blur) if blurred else 0,
        noise=random.uniform(1, limits.noise) if noisy else 0,
        cover=_random_cover(random, limits) if covered else (0, 0, 0, 0),
    )


def show(image: Images, view: View, random: np.random.Generator) -> Images:
    """The face (48, 48) in that view; `random` draws the noise and the patch's grey."""
    placed = cv2.warpPerspective(
        image, _placement(view), (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=EDGE
    )
    seen = np.asarray(placed, np.float32)
    if view.mirrored:
        seen = seen[:, ::-1]
    if view.blur:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), view.blur), np.float32)
    seen = _light(seen, view)
    if view.noise:
        seen = seen + random.normal(0, view.noise, seen.shape).astype(np.float32)
    top, left, height, width = view.cover
    if height:
        seen[top : top + height, left : left + width] = random.uniform(0, 255)
    return np.clip(seen, 0, 255).astype(np.uint8)


def _placement(view: View) -> NDArray[np.float64]:
    """The 3x3 matrix from the still to the view: the head turns, then the picture moves."""
    moved = np.eye(3)
    moved[:2] = cv2.getRotationMatrix2D((CENTRE, CENTRE), view.angle, view.zoom)
    moved[:2, 2] += (view.right, view.down)
    if not view.turn:
        return moved
    angle = np.radians(view.turn)
    turned = np.diag([np.cos(angle), 1, 1])
    turned[2, 0] = np.sin(angle) / (DISTANCE * CENTRE)  # the near side is larger
    centred = np.eye(3)
    centred[:2, 2] = CENTRE
    placed: NDArray[np.float64] = moved @ centred @ turned @ np.linalg.inv(centred)
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


def show_stills(images: Images, random: np.random.Generator) -> Images:
    """Each of the stills (n, 48, 48) in a random view, as rough as they come."""
    return np.stack([show(image, random_view(random, ROUGH), random) for image in images])
