"""Stills made into sequences: how a face moves, changes, is hidden and seen badly."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from training.face.augment import MILD, Floats, View, random_view, show
from training.face.cover import random_hand
from training.face.data import SIDE, Images

MIDDLE = SIDE // 2
HALF = 0.5
SPOILT = 0.7  # the share of sequences with bad frames
MOST_BAD = 0.6  # the largest share of bad frames in one of them
GAPS = 0.1  # the share of frames without a face, in sequences that have gaps

Bad = Literal["blur", "dark", "noise", "cover", "hand", "tilt", "turn", "compression"]
BAD: tuple[Bad, ...] = get_args(Bad)


def random_path(length: int, random: np.random.Generator, bad: float | None = None) -> list[View]:
    """The views of a sequence: a slow way from one view to another, with a little tremor.

    Args:
        length: in frames.
        random: what draws.
        bad: the share of bad frames; drawn where it is None.
    """
    # A background is put in once for a sequence, see `random_refill`.
    start, end = (replace(random_view(random, MILD), refilled=False) for _ in range(2))
    reach = random.uniform(0, 0.6)  # how far towards the other view it gets
    shares = np.linspace(0, reach, length) if length > 1 else np.zeros(1)
    if bad is None:
        bad = random.uniform(0, MOST_BAD) if random.random() < SPOILT else 0
    spoilt = random.permutation(length) < round(bad * length)
    views = [_between(start, end, share, random) for share in shares]
    return [
        spoil(view, random.choice(BAD), random) if bad_here else view
        for view, bad_here in zip(views, spoilt, strict=True)
    ]


def spoil(view: View, kind: Bad, random: np.random.Generator) -> View:
    """The same view, but hard to read in one way."""
    sign = random.choice([-1, 1])
    match kind:
        case "blur":
            return replace(view, blur=random.uniform(1.5, 3.5))
        case "dark":
            return replace(view, gain=random.uniform(0.08, 0.25), noise=random.uniform(4, 15))
        case "noise":
            return replace(view, noise=random.uniform(15, 45))
        case "cover":
            return replace(view, cover=half_cover(random))
        case "hand":
            return replace(view, hand=random_hand(random))
        case "compression":
            return replace(view, quality=int(random.integers(3, 12)))
        case "tilt":
            return replace(view, angle=sign * random.uniform(20, 45))
        case "turn":
            return replace(view, turn=sign * random.uniform(35, 65))


def half_cover(random: np.random.Generator) -> tuple[int, int, int, int]:
    """The upper, lower, left or right half of a crop: top, left, height, width."""
    start = int(random.choice([0, MIDDLE]))
    return (start, 0, MIDDLE, SIDE) if random.random() < HALF else (0, start, SIDE, MIDDLE)


def random_course(length: int, random: np.random.Generator) -> Floats:
    """The strength of an expression at each frame, (length,), in [0, 1].

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


def blend(onset: Images, apex: Images, course: Floats) -> Images:
    """The frames (length, 48, 48) between two faces framed alike."""
    shares = course[:, None, None]
    return ((1 - shares) * onset + shares * apex).astype(np.uint8)


def show_path(images: Images, random: np.random.Generator, bad: float | None = None) -> Images:
    """The frames (length, 48, 48) of one face along a random path."""
    views = random_path(len(images), random, bad)
    return np.stack([show(face, view, random) for face, view in zip(images, views, strict=True)])


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
