"""A webcam for the demo: a portrait that moves, and is lit and blurred, as a person is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from companion.demo.environment import demo_extra

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frame = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
FRAMES = 16
SEED = 1


def portrait_frames() -> list[Frame]:
    """Two seconds at eight frames a second, (480, 640, 3) RGB.

    The portrait is NASA's picture of Eileen Collins, in the public domain, from scikit-image.

    Raises:
        LibraryMissing: the extra `demo` is not installed.
    """
    with demo_extra():
        from skimage import data
    return list(move(data.astronaut()))


def move(picture: Frame, frames: int = FRAMES) -> Iterator[Frame]:
    """Views of a still picture (H, W, 3): it sways, nears, is lit unevenly, blurred and noisy."""
    import cv2
    import numpy as np

    rng = np.random.default_rng(SEED)
    height, width = picture.shape[:2]
    for time in np.linspace(0, 1, frames):
        sway = np.sin(2 * np.pi * time)
        scale = HEIGHT / height * (1 + 0.03 * sway)
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), 2.0 * sway, scale)
        turn[:, 2] += (WIDTH / 2 - width / 2 + 6 * sway, HEIGHT / 2 - height / 2)
        view = cv2.warpAffine(picture, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        light = 1 + 0.08 * np.cos(2 * np.pi * time)
        blurred = cv2.GaussianBlur(view, (0, 0), 0.8).astype(np.float32)
        noisy = blurred * light + rng.normal(0, 3, view.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)
