"""What a webcam does to a face: views of a still, and stills made into sequences."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.face_data import SIDE, Images

Floats = NDArray[np.float32]
CENTRE = (SIDE - 1) / 2
HALF = 0.5
OFTEN = (0.5, 0.2, 0.3, 0.2)  # how often a face is lit, blurred, noisy, covered
BAD = 1 / 24  # how often a frame is bad, by each of three kinds
GAPS = 0.1  # the share of frames without a face, in sequences that have gaps
_ROWS, _COLUMNS = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j].astype(np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """How one frame shows a face.

    Attributes:
        angle: degrees; zoom: factor; right, down: pixels of 48.
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
    mirrored: bool = False
    gain: float = 1
    bias: float = 0
    tilt: tuple[float, float] = (0, 0)
    blur: float = 0
    noise: float = 0
    cover: tuple[int, int, int, int] = (0, 0, 0, 0)


def random_view(random: np.random.Generator) -> View:
    """One view as the training draws it: always moved, sometimes lit, blurred, covered."""
    lit, blurred, noisy, covered = random.random(4) < OFTEN
    return View(
        angle=random.normal(0, 8),
        zoom=float(np.exp(random.normal(0, 0.09))),
        right=random.normal(0, 2),
        down=random.normal(0, 2),
        mirrored=random.random() < HALF,
        gain=random.uniform(0.4, 1.3) if lit else 1,
        bias=random.normal(0, 25) if lit else 0,
        tilt=(random.normal(0, 20), random.normal(0, 12)) if lit else (0, 0),
        blur=random.uniform(0.3, 1.2) if blurred else 0,
        noise=random.uniform(1, 12) if noisy else 0,
        cover=_random_cover(random) if covered else (0, 0, 0, 0),
    )


def show(image: Images, view: View, random: np.random.Generator) -> Images:
    """The face (48, 48) in that view; `random` draws the noise and the patch's grey."""
    turn = cv2.getRotationMatrix2D((CENTRE, CENTRE), view.angle, view.zoom)
    turn[:, 2] += np.array([view.right, view.down])
    turned = cv2.warpAffine(
        image, turn, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    seen = np.asarray(turned, np.float32)
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


def _light(seen: Floats, view: View) -> Floats:
    mean = seen.mean()
    lit: Floats = (seen - mean) * view.gain + mean + view.bias
    if any(view.tilt):
        lit = lit + view.tilt[0] * _COLUMNS + view.tilt[1] * _ROWS
    return lit


def _random_cover(random: np.random.Generator) -> tuple[int, int, int, int]:
    height, width = random.integers(6, 20, size=2)
    top, left = random.integers(0, SIDE - height), random.integers(0, SIDE - width)
    return int(top), int(left), int(height), int(width)


def random_path(length: int, random: np.random.Generator) -> list[View]:
    """The views of a sequence: a slow way from one view to another, with a little tremor.

    About one frame in eight is bad: badly blurred, dim or covered.
    """
    start = random_view(random)
    end = random_view(random)
    reach = random.uniform(0, 0.6)  # how far towards the other view it gets
    shares = np.linspace(0, reach, length) if length > 1 else np.zeros(1)
    return [_spoil(_between(start, end, share, random), random) for share in shares]


def random_course(length: int, random: np.random.Generator) -> Floats:
    """How far an expression has risen at each frame, (length,), in [0, 1].

    It rises from neutral and holds, falls back to neutral, or stays as it is: neutral or
    full. So both ends are learned as an end.
    """
    kind = random.choice(["rise", "fall", "neutral", "full"], p=[0.5, 0.2, 0.15, 0.15])
    if kind in ("neutral", "full"):
        return np.full(length, kind == "full", np.float32)
    begin = random.uniform(0, 0.5) * length
    lasting = random.uniform(0.1, 0.5) * length
    risen = np.clip((np.arange(1, length + 1) - begin) / lasting, 0, 1)
    return np.asarray(risen if kind == "rise" else 1 - risen, np.float32)


def random_mask(length: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """Which frames have a face, (length,): those up to a random end, but for a few gaps.

    Half of the sequences are whole; the first frame always has a face.
    """
    mask = np.ones(length, bool)
    if random.random() < HALF:
        mask[random.integers(1, length + 1) :] = False
        mask &= random.random(length) > GAPS
    mask[0] = True
    return mask


def _between(start: View, end: View, share: float, random: np.random.Generator) -> View:
    def mix(one: float, other: float) -> float:
        return one + share * (other - one)

    return replace(
        start,
        angle=mix(start.angle, end.angle) + random.normal(0, 0.7),
        zoom=mix(start.zoom, end.zoom) * float(np.exp(random.normal(0, 0.01))),
        right=mix(start.right, end.right) + random.normal(0, 0.3),
        down=mix(start.down, end.down) + random.normal(0, 0.3),
        gain=mix(start.gain, end.gain),
        bias=mix(start.bias, end.bias) + random.normal(0, 2),
        tilt=(mix(start.tilt[0], end.tilt[0]), mix(start.tilt[1], end.tilt[1])),
    )


def _spoil(view: View, random: np.random.Generator) -> View:
    blurred, dim, covered = random.random(3) < BAD
    if blurred:
        return replace(view, blur=random.uniform(1.5, 3))
    if dim:
        return replace(view, gain=random.uniform(0.1, 0.3), noise=random.uniform(5, 20))
    if covered:
        return replace(view, cover=(int(random.integers(0, 25)), 0, 24, SIDE))
    return view


def show_stills(images: Images, random: np.random.Generator) -> Images:
    """Each of the stills (n, 48, 48) in a random view."""
    return np.stack([show(image, random_view(random), random) for image in images])


def blend(onset: Images, apex: Images, course: Floats) -> Images:
    """The frames (length, 48, 48) between two faces framed alike."""
    shares = course[:, None, None]
    return ((1 - shares) * onset + shares * apex).astype(np.uint8)


def show_path(images: Images, random: np.random.Generator) -> Images:
    """The frames (length, 48, 48) of one face along a random path."""
    views = random_path(len(images), random)
    return np.stack([show(face, view, random) for face, view in zip(images, views, strict=True)])
